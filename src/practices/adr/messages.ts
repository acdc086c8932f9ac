import type { Facts } from '../../model/review.ts';
import type { Message } from '../define-practice.ts';

/** Everything the practice can say. */
export const messages = {
  'record-missing': {
    level: 'error',
    text: (facts) =>
      typeof facts.unfinished === 'string'
        ? sayUnfinished(facts)
        : `${facts.path} touches ${facts.because}, and no decision record comes with the change.${sayOthers(facts)} ` +
          'The code will show how it works; only a record keeps why it was decided so, for those who change it next. ' +
          `The author can add ${facts.suggestion}: a title, a status ("Proposed"), and what the context was, what was ` +
          'decided, which alternatives were weighed and what follows. Where an accepted record covers this already, the ' +
          'author can name it in the description of the pull request, by its number (ADR-0012) or its path.',
  },
  nudge: {
    level: 'warning',
    text: (facts) =>
      `This may touch the architecture: ${facts.path}, ${facts.because}.${sayOthers(facts)} Nothing is blocked. If somebody ` +
      `chose between ways to do it, a short record (${facts.suggestion}) would keep the why; if not, there is nothing to do.`,
  },
  'record-incomplete': {
    level: 'error',
    text: (facts) =>
      `${facts.path} ${facts.cause}, so it does not record a decision yet. Whoever reads it later has nothing else. ` +
      `The author can add there: ${facts.example}.`,
  },
  'record-untouched-template': {
    level: 'error',
    text: (facts) =>
      `${facts.path} ${facts.cause}. A template asks the questions; the record is the answers. ` +
      `The author can write there: ${facts.example}.`,
  },
  'record-status-unknown': {
    level: 'error',
    text: (facts) =>
      `${facts.path} ${facts.cause}, so nobody can tell whether the decision holds. The author can give it ${facts.example}.`,
  },
  'record-number-taken': {
    level: 'error',
    text: (facts) =>
      facts.scheme === 'pull-request'
        ? `${facts.path} has a number that is not that of its pull request, as this repository numbers its records. ` +
          `The author can name it ${facts.next}.`
        : `${facts.path} has the number of ${facts.other}, ${facts.where}. Two decisions of one number cannot be told apart ` +
          `when somebody cites them. The next free number is ${facts.next}; the author of either can rename theirs.`,
  },
  'migration-taken': {
    level: 'error',
    text: (facts) =>
      `${facts.path} and ${facts.other} (${facts.where}) are two migrations of one ${facts.what}, ${facts.value}. Each is right ` +
      'by itself; together the tool that runs them refuses them, or picks an order by itself. The author of this pull ' +
      `request can give theirs a ${facts.what} of its own and queue it again.`,
  },
  'record-link-broken': {
    level: 'error',
    text: (facts) =>
      `${facts.path} ${facts.cause}. Whoever finds one of the two must find the other. The author can correct the link, ` +
      'or add the other half of it in this pull request.',
  },
  'record-rewritten': {
    level: 'error',
    text: (facts) =>
      `${facts.path} was accepted, and its words under "${facts.heading}" change here. What was decided, and why, would be ` +
      'lost for those who acted on it. The author can leave it as it was and add a section such as "Amendment ' +
      `${facts.date}", or write a new record that supersedes it. Status and links may change.`,
  },
  'record-needs-human': {
    level: 'error',
    text: (facts) =>
      `${facts.path} comes with commits that credit an agent alone, and it names nobody who decided. A decision needs a person ` +
      'who can be asked about it. The author can name the people who decided ("Deciders: …"), or somebody with write ' +
      'access who wrote none of it can tick the box in the comment of Composure, or approve the pull request.',
  },
  'citation-unknown': {
    level: 'error',
    text: (facts) =>
      `The description refers to ${facts.citation}, and the base branch has no such record in ${facts.directory}. ` +
      'A reference that leads nowhere explains nothing. The author can correct the number or the path, or add the record.',
  },
  'citation-not-accepted': {
    level: 'error',
    text: (facts) =>
      `The description refers to ${facts.path}, which ${facts.cause}. Only a decision that was accepted can carry a ` +
      'change. The author can name an accepted record, or add one that records this decision.',
  },
  'citation-out-of-scope': {
    level: 'error',
    text: (facts) =>
      `${facts.path} says what it affects (${facts.affects}), and ${facts.file} is not among it. A decision about something ` +
      'else does not explain this change. The author can name a record that covers it, or add one.',
  },
  'decision-governs': {
    level: 'notice',
    text: (facts) => `${facts.path} ("${facts.title}") was decided about ${facts.by}, which this change touches.`,
  },
  'decision-superseded': {
    level: 'warning',
    text: (facts) =>
      `${facts.path} ("${facts.title}") governs what this change touches (${facts.by}), and is ${facts.status}` +
      `${facts.successor ? `: ${facts.successor} took its place` : ', with no record named in its place'}. ` +
      'Whoever changes the code can look whether it still follows the old decision.',
  },
} satisfies Record<string, Message>;

/** What it lacks is said at its own lines. */
function sayUnfinished(facts: Facts): string {
  return (
    `${facts.path} touches ${facts.because}, and ${facts.unfinished} comes with it, unfinished.${sayOthers(facts)} ` +
    'A record that does not decide yet carries nothing. The author can complete it, line by line as said there; then this opens.'
  );
}

function sayOthers({ others, othersCount }: Facts): string {
  const named = others as readonly string[];
  if (named.length === 0) return '';
  const rest = Number(othersCount) - named.length;
  return ` The same record can cover ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
