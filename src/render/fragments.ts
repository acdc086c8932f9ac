import { createHash } from 'node:crypto';
import type { PullRequest } from '../model/pull-request.ts';
import type { Details, Finding, Item, Link, Missing, PracticeOutcome, Problem, Waiver } from '../model/review.ts';
import { codeBlock, commit, html, moment, newFilePage, path, person, plain } from './escape.ts';
import { shrinking } from './fit.ts';
import { blocksOf, EMPTY, fold, join, type Markdown, md } from './markdown.ts';

/** One finding: its place, then the practice's sentence. */
export function findingText(finding: Finding, max = 2_000): Markdown {
  const level = finding.level === 'error' ? EMPTY : finding.level === 'warning' ? md`Warning: ` : md`Note: `;
  const message = join([plain(finding.message, { max }), finding.link ? linkText(finding.link) : EMPTY], ' ');
  // A sentence that names its file need not be told where it is, unless there is a line to add.
  const known = finding.path === undefined || (finding.line === undefined && finding.message.includes(finding.path));
  if (known) return md`${level}${message}`;
  return md`${level}${path(finding.path ?? '', { line: finding.line })} · ${message}`;
}

/** GitHub's own page for what a finding asks for. The address has no host, so that it holds on every GitHub. */
function linkText({ title, repository, branch, path: file, text }: Link): Markdown {
  return md`[${plain(title, { max: 60 })}](${newFilePage(repository, branch, file, text)})`;
}

/** What could not be read, and why. */
export function missingText({ what, cause }: Missing): Markdown {
  return md`Could not read ${plain(what, { max: 300 })}: ${plain(cause, { max: 300 })}.`;
}

/** A mistake in a configuration file, at its place. */
export function problemText({ message, path: file, line, source }: Problem): Markdown {
  const whose = source === 'organisation' ? md` (the organisation's)` : EMPTY;
  return md`${path(file, { line })}${whose} · ${plain(message)}`;
}

/** Who set a practice aside, when, why and until when. */
export function waiverLine(waiver: Waiver): Markdown {
  const until = waiver.until === null ? EMPTY : md`, until ${moment(waiver.until)}`;
  return md`Waived by ${person(waiver.by)}, ${moment(waiver.at)}${until}: ${plain(waiver.reason, { max: 500 })}`;
}

/**
 * Who answered, when, on which commit, and in which words. A moment and not "3 hours ago": what stands in a comment
 * does not age with it, and the same state must be the same text.
 */
export function attestationOf(item: Item, max = 300): Markdown {
  if (item.by === null) return EMPTY;
  const when = item.at === null ? EMPTY : md`, ${moment(item.at)}`;
  const where = item.commit === null ? EMPTY : md`, at ${commit(item.commit)}`;
  const away = item.notApplicable === undefined ? EMPTY : md`, n/a: ${plain(item.notApplicable, { max })}`;
  const words = item.evidence === undefined ? EMPTY : md`: ${plain(item.evidence, { max })}`;
  return md`✓ ${person(item.by)}${when}${where}${away}${words}`;
}

/** Where the change raised a question, and by what, with a link to that line of the diff. */
export function placeOf({ place }: Item, pullRequest: Pick<PullRequest, 'repository' | 'number'>): Markdown {
  if (!place) return EMPTY;
  const because = place.because === undefined ? EMPTY : md`${plain(place.because, { max: 80 })}, `;
  const shown = path(place.path, { max: 80, ...(place.line !== undefined && { line: place.line }) });
  const address = diffAddress(place, pullRequest);
  return address === null ? md` · ${because}${shown}` : md` · ${because}[${shown}](${address})`;
}

/**
 * A line in GitHub's own view of the diff, which names files by a hash; so nothing of a path can get into the address.
 * Relative to the host, which is not always github.com.
 */
function diffAddress(
  { path: file, line }: NonNullable<Item['place']>,
  { repository, number }: Pick<PullRequest, 'repository' | 'number'>,
): Markdown | null {
  if (number === null) return null;
  const [owner, name] = [repository.owner, repository.name].map((part) =>
    encodeURIComponent(part).replace(/[()]/g, ''),
  );
  const digest = createHash('sha256').update(file).digest('hex');
  return `/${owner}/${name}/pull/${number}/files#diff-${digest}${line === undefined ? '' : `R${line}`}` as Markdown;
}

/** The forms of a practice's table, folded, from at most `atMost` rows down to nothing. */
export function detailsForms({ details }: Pick<PracticeOutcome, 'details'>, atMost: number): Markdown[] {
  if (!details || details.rows.length === 0) return [EMPTY];
  const heading = tableHeading(details);
  const total = details.rows.length;
  const forms = shrinking(
    details.rows,
    atMost,
    (row) => tableRow(details, row),
    (shown, more) => {
      const amount = more === EMPTY ? md`${total}` : md`${shown.length} of ${total}`;
      const table = join([heading, ...shown], '\n');
      return fold(md`${html(details.title, { max: 100 })} (${amount})`, blocksOf(table, more));
    },
  );
  return [...forms, EMPTY];
}

/** Commands, folded: all of them or none, because half a recipe does harm. */
export function recipeForms({ recipe }: PracticeOutcome): Markdown[] {
  const block = recipe && codeBlock(recipe.lines);
  return block ? [fold(html(recipe.title, { max: 100 }), block), EMPTY] : [EMPTY];
}

function tableHeading(details: Details): Markdown {
  const titles = details.columns.map((column) => plain(column.title, { max: 60, cell: true }));
  const rules = details.columns.map((column) => (column.kind === 'number' ? md`---:` : md`---`));
  return md`| ${join(titles, ' | ')} |\n| ${join(rules, ' | ')} |`;
}

function tableRow(details: Details, row: Details['rows'][number]): Markdown {
  const cells = details.columns.map((column, index) => {
    const value = row[index] ?? '';
    if (typeof value === 'number') return plain(value.toLocaleString('en-US'));
    if (value === '') return md` `;
    return column.kind === 'code' ? path(value, { cell: true }) : plain(value, { max: 200, cell: true });
  });
  return md`| ${join(cells, ' | ')} |`;
}

/** The practice's name in bold, and its one line. */
export function practiceLine(practice: PracticeOutcome): Markdown {
  return md`**${plain(practice.title, { max: 60 })}** · ${plain(practice.summary, { max: 500 })}`;
}

/** A list's name, lighter than a practice's. */
export function listName(list: string): Markdown {
  return md`*${plain(list, { max: 100 })}*`;
}
