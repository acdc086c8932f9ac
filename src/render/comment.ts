import type { PullRequest } from '../model/pull-request.ts';
import type { Item, PracticeOutcome, Review } from '../model/review.ts';
import { box } from './boxes.ts';
import { code, plain } from './escape.ts';
import { fitParts, LIMITS, listPart, type Part, shrinking } from './fit.ts';
import {
  attestationOf,
  detailsForms,
  findingText,
  listName,
  missingText,
  placeOf,
  practiceLine,
  problemText,
  recipeForms,
  waiverLine,
} from './fragments.ts';
import { headline } from './headline.ts';
import { blocksOf, EMPTY, fold, join, type Markdown, md } from './markdown.ts';
import { openItems, reviewersTurn, type Standing, standingOf } from './standing.ts';
import { count, listing } from './wording.ts';

/** What our comment begins with. Found again by this and by its author, since anyone can write it. */
export const COMMENT_MARKER = md`<!-- composure -->`;

/** What a comment is rendered from. */
export interface CommentInput {
  review: Review;
  pullRequest: PullRequest;
  /** The attestations to keep, as `writeRecord` wrote them. */
  record?: Markdown;
}

/** Nobody reads a longer table in a conversation; the check has more of it. */
const MAX_DETAIL_ROWS = 10;
const MAX_FINDINGS = 10;
/** A sentence, not a page: the check has the whole. */
const MAX_MESSAGE = 700;

/** What gets shorter first when a comment is too long: the figures; the boxes are what the comment is there for. */
const WORTH = { details: 1, done: 2, remark: 3, finding: 4, item: 5, frame: 6 } as const;

/**
 * The one comment: what the merge waits for, who acts next, and the boxes. `null` where no person must act: then say
 * nothing, or `renderResolved` where a comment was posted before. A draft gets none; that is for the caller to know.
 */
export function renderComment({ review, pullRequest, record }: CommentInput): string | null {
  const standing = standingOf(review);
  if (review.problems.length > 0) return null;
  if (review.proposed.length + standing.forAuthor.length + reviewersTurn(standing).length === 0) return null;
  return fitParts(
    [
      opening(headline(review)),
      proposedPart(review),
      ...standing.forAuthor.flatMap(authorParts),
      ...standing.forReviewer.flatMap(reviewerParts),
      ...review.practices.flatMap(contextPart),
      ...remarkParts(review, standing),
      ...boxParts(review, pullRequest),
      closing(record),
    ],
    LIMITS.commentBytes,
  );
}

/**
 * What the comment becomes when nobody has to act any more: one quiet line, with the boxes and the record kept.
 * `null` where nothing was judged (broken configuration): then leave the comment as it is, ticks and all.
 */
export function renderResolved({ review, pullRequest, record }: CommentInput): string | null {
  if (review.problems.length > 0) return null;
  const { unread, waived } = standingOf(review);
  const words =
    unread.length + review.missing.length > 0
      ? headline(review)
      : md`Nothing is needed here: what kept this pull request from being merged is resolved.`;
  return fitParts(
    [
      opening(words),
      waiversPart(waived),
      foldedItems(
        review,
        review.practices.flatMap((practice) => practice.items),
        pullRequest,
      ),
      closing(record),
    ],
    LIMITS.commentBytes,
  );
}

function opening(words: Markdown): Part {
  return { name: md`the first line`, worth: WORTH.frame, forms: [md`${COMMENT_MARKER}\n\n${words}`] };
}

function closing(record: Markdown = EMPTY): Part {
  return { name: md`the record`, worth: WORTH.frame, forms: [record] };
}

/** The author's own edit of the configuration, where it would not work. */
function proposedPart({ proposed }: Review): Part {
  const forms = shrinking(
    proposed,
    MAX_FINDINGS,
    (problem) => md`- ${problemText(problem)}`,
    (shown, more) =>
      blocksOf(
        md`**Configuration** · As this pull request has it, it could not be read after the merge.`,
        join([...shown, more && md`- ${more}; the check has them all.`], '\n'),
      ),
  );
  return {
    name: md`mistakes in the configuration`,
    worth: WORTH.finding,
    forms: proposed.length > 0 ? forms : [EMPTY],
  };
}

function authorParts(practice: PracticeOutcome): Part[] {
  const title = plain(practice.title, { max: 60 });
  const errors = practice.findings.filter((finding) => finding.level === 'error');
  const rows = [
    ...errors.map((finding) => () => findingText(finding, MAX_MESSAGE)),
    ...practice.missing.map((missing) => () => missingText(missing)),
  ];
  const [only, ...others] = rows;
  const forms =
    only && others.length === 0
      ? // One finding says it all; the practice's own line would only say it twice.
        [md`**${title}** · ${only()}`]
      : shrinking(
          rows,
          MAX_FINDINGS,
          (row) => md`- ${row()}`,
          (shown, more) =>
            blocksOf(practiceLine(practice), join([...shown, more && md`- ${more}; the check has them all.`], '\n')),
        );
  return [
    { name: md`what ${title} found`, worth: WORTH.finding, forms },
    { name: md`the commands for ${title}`, worth: WORTH.details, forms: recipeForms(practice) },
    { name: md`the figures of ${title}`, worth: WORTH.details, forms: detailsForms(practice, MAX_DETAIL_ROWS) },
  ];
}

/** What waits for a reviewer without being a question with a box. */
function reviewerParts(practice: PracticeOutcome): Part[] {
  if (practice.items.length > 0) return [];
  const title = plain(practice.title, { max: 60 });
  const words = practice.findings.map((finding) => plain(finding.message, { max: MAX_MESSAGE }));
  return [
    { name: md`what ${title} waits for`, worth: WORTH.finding, forms: [md`**${title}** · ${join(words, ' ')}`] },
    { name: md`the figures of ${title}`, worth: WORTH.details, forms: detailsForms(practice, MAX_DETAIL_ROWS) },
  ];
}

/** What is decided already about what the change touches: for whoever judges it. */
function contextPart({ title, context }: PracticeOutcome): Part[] {
  if (!context) return [];
  const forms = detailsForms({ details: context }, MAX_DETAIL_ROWS);
  return [{ name: md`what ${plain(title, { max: 60 })} knows already`, worth: WORTH.details, forms }];
}

/** What else a person should know before acting: what is not read yet, and what was set aside. */
function remarkParts(review: Review, { unread, waived }: Standing): Part[] {
  const missing = [...review.missing, ...unread.flatMap((practice) => practice.missing)];
  return [
    listPart(
      { name: md`what could not be read`, worth: WORTH.remark },
      missing,
      MAX_FINDINGS,
      (row) => md`- ${missingText(row)}`,
    ),
    waiversPart(waived),
  ];
}

function waiversPart(waived: readonly PracticeOutcome[]): Part {
  return listPart({ name: md`waivers`, worth: WORTH.remark }, waived, MAX_FINDINGS, ({ title, waiver }) =>
    waiver ? md`- **${plain(title, { max: 60 })}** · ${waiverLine(waiver)}` : EMPTY,
  );
}

function boxParts(review: Review, pullRequest: PullRequest): Part[] {
  const asking = review.practices.filter((practice) => practice.items.length > 0);
  const items = asking.flatMap((practice) => practice.items);
  if (openItems(asking) === 0) return [foldedItems(review, items, pullRequest)];
  return [
    {
      name: md`the introduction of the questions`,
      worth: WORTH.item,
      forms: [join(asking.map(practiceLine), '\n\n')],
    },
    ...byList(items.filter((item) => item.state === 'open')).map(([list, open]) => ({
      name: md`the list ${plain(list, { max: 60 })}`,
      worth: WORTH.item,
      forms: [300, 80, 20].map((max) =>
        join(
          [
            md`${listName(list)}${whoElse(open)}`,
            join(
              open.map((item) => itemBox(item, max, pullRequest)),
              '\n',
            ),
          ],
          '\n\n',
        ),
      ),
    })),
    howToAnswer(items.filter((item) => item.state === 'open')),
    foldedItems(
      review,
      items.filter((item) => item.state === 'attested'),
      pullRequest,
    ),
  ];
}

/** Out of the way, and still there to be unticked. */
function foldedItems(review: Review, items: readonly Item[], pullRequest: PullRequest): Part {
  const done = items.filter((item) => item.state === 'attested').length;
  const open = items.length - done;
  const asked = review.practices.flatMap((practice) => practice.items);
  // What the merge does not wait for is no part of the sum until somebody answers it.
  const total = asked.filter(({ state, optional }) => state === 'attested' || !optional).length;
  const rest = open > 0 ? md`, ${open} open` : EMPTY;
  const summary = md`✓ ${done} of ${count(total, 'question')} answered${rest}`;
  return {
    name: md`answered questions`,
    worth: WORTH.done,
    forms: [300, 80, 20].map((max) =>
      fold(
        summary,
        join(
          items.map((item) => itemBox(item, max, pullRequest)),
          '\n',
        ),
      ),
    ),
  };
}

function itemBox(item: Item, max: number, pullRequest: PullRequest): Markdown {
  const by = item.state === 'attested' ? md`<br>${attestationOf(item, max)}` : EMPTY;
  const optional = item.optional ? md` *(optional)*` : EMPTY;
  // On a line of its own: the question stays one sentence, and a second look finds the reason at once.
  const sign = item.memory?.undone && !item.memory.tick ? md`✗` : md`↻`;
  const note = item.note === undefined ? EMPTY : md`<br>${sign} ${plain(item.note, { max })}`;
  return box(
    item.id,
    item.state === 'attested',
    md`${plain(item.title, { max })}${optional}${placeOf(item, pullRequest)}${by}${note}`,
  );
}

/** Who may answer beside those with write access, and what an answer needs; the same for all items of a list. */
function whoElse([item]: readonly Item[]): Markdown {
  const names = (item?.alsoBy ?? []).map((named) => (named.startsWith('@') ? code(named) : plain(named, { max: 60 })));
  const also = names.length > 0 ? md` · also ${listing(names)}, by command` : EMPTY;
  const words = item?.needsEvidence ? md` · by command, with a word on what was looked at` : EMPTY;
  return md`${also}${words}`;
}

/** How to answer, in one small line under the questions. */
function howToAnswer(open: readonly Item[]): Part {
  const [first] = open;
  const words = first
    ? md`<sub>Whoever has write access here and wrote none of the change can tick. By comment or review: ${code(`/composure attest ${shortId(first, open)} what you looked at`)}.</sub>`
    : EMPTY;
  return { name: md`how to answer`, worth: WORTH.remark, forms: [words, EMPTY] };
}

/** The id as people need to write it. */
function shortId({ id }: Item, items: readonly Item[]): string {
  const short = id.slice(id.lastIndexOf('/') + 1);
  return items.filter((item) => item.id.endsWith(`/${short}`)).length > 1 ? id : short;
}

/** Lists in the order in which they first appear. */
function byList(items: readonly Item[]): [string, Item[]][] {
  return [...Map.groupBy(items, (item) => item.list)];
}
