import type { PracticeOutcome, Review } from '../model/review.ts';
import { plain } from './escape.ts';
import { EMPTY, type Markdown, md } from './markdown.ts';
import { openItems, reviewersTurn, standingOf } from './standing.ts';
import { count, listing } from './wording.ts';

/** The configuration is nobody's practice, and can stand in a merge's way like one. */
const CONFIGURATION = { id: 'configuration', title: 'Configuration' } as const;

type Named = Pick<PracticeOutcome, 'id' | 'title'>;

/** One line of plain text for the merge box: what the merge waits for, and on whom. */
export function headlineText(review: Review): string {
  const [problem] = review.problems;
  if (problem) {
    const whose = problem.source === 'organisation' ? "the organisation's configuration" : 'the configuration';
    return `${count(review.problems.length, 'mistake')} in ${whose}: ${problem.path}, line ${problem.line}`;
  }
  const standing = standingOf(review);
  const { waived, warning, passing } = standing;
  const forReviewer = reviewersTurn(standing);
  const authors = namedForAuthor(review);
  const unread = namedUnread(review);
  const open = openItems(forReviewer);
  const questions = open > 0 ? count(open, 'question') : count(forReviewer.length, 'thing');
  const waits = [
    ...(authors.length > 0 ? [`${count(authors.length, 'thing')} for the author: ${idsOf(authors)}`] : []),
    ...(forReviewer.length > 0 ? [`${questions} for a reviewer: ${idsOf(forReviewer)}`] : []),
    ...(unread.length > 0 ? [`not all could be read, trying again: ${idsOf(unread)}`] : []),
  ];
  if (waits.length > 0) return capitalise(waits.join('; '));
  const remarks = [
    ...(waived.length > 0 ? [`waived: ${idsOf(waived)}`] : []),
    ...(warning.length > 0 ? [`with warnings: ${idsOf(warning)}`] : []),
  ];
  if (remarks.length > 0) return `Nothing blocks; ${remarks.join('; ')}`;
  return passing.length > 0 ? `Nothing to do: ${idsOf(passing)}` : 'No practice applies to this change';
}

/** The first line of comment and check: what the merge waits for, and who acts next. */
export function headline(review: Review): Markdown {
  if (review.problems.length > 0) {
    return md`**The merge waits for a valid configuration.** Nothing was judged; whoever may change the file can mend it.`;
  }
  const authors = namedForAuthor(review);
  const reviewers = turnText(reviewersTurn(standingOf(review)));
  const unread = namedUnread(review);
  const again = unread.length > 0 ? md` Not known yet: ${titlesOf(unread)}; Composure reads again by itself.` : EMPTY;
  if (authors.length > 0) {
    const then = reviewers === EMPTY ? EMPTY : md` Then for a reviewer: ${reviewers}.`;
    return md`**The merge waits for its author:** ${titlesOf(authors)}.${then}${again}`;
  }
  if (reviewers !== EMPTY) return md`**The merge waits for a reviewer:** ${reviewers}.${again}`;
  if (unread.length > 0) {
    return md`**The merge waits for what could not be read:** ${titlesOf(unread)}. Composure reads again by itself; nobody has to act.`;
  }
  return md`**Nothing keeps this pull request from being merged.**`;
}

function namedForAuthor(review: Review): Named[] {
  return [...(review.proposed.length > 0 ? [CONFIGURATION] : []), ...standingOf(review).forAuthor];
}

function namedUnread(review: Review): Named[] {
  return [...(review.missing.length > 0 ? [CONFIGURATION] : []), ...standingOf(review).unread];
}

/** How many questions are open, and what else a reviewer must do. */
function turnText(practices: readonly PracticeOutcome[]): Markdown {
  const open = openItems(practices);
  const others = practices.filter((practice) => openItems([practice]) === 0).map(titleOf);
  return listing([...(open > 0 ? [count(open, 'question')] : []), ...others]);
}

function idsOf(practices: readonly Named[]): string {
  return practices.map(({ id }) => id).join(', ');
}

function titlesOf(practices: readonly Named[]): Markdown {
  return listing(practices.map(titleOf));
}

function titleOf({ title }: Named): Markdown {
  return plain(title, { max: 60 });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
