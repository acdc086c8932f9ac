import { Minimatch } from 'minimatch';
import { z } from 'zod';
import type { ChecklistDefinition, ChecklistProblem } from '../model/checklist.ts';
import { baseName } from '../model/package-files.ts';
import type { Account, Commit, PullRequest, Tick } from '../model/pull-request.ts';
import type { Item, Missing } from '../model/review.ts';
import { definePractice } from './define-practice.ts';

const options = z.strictObject({
  'attest-by': z
    .enum(['reviewers'])
    .default('reviewers')
    .describe('Whose ticks count: people who wrote neither the pull request nor any of its commits.'),
  'exclude-lists': z
    .array(z.string().min(1).max(60))
    .default([])
    .describe('Ids of lists that are never asked here: the name of a file without `.md`.'),
});

/** GitHub itself, where it commits for somebody who pressed a button on its pages. */
const GITHUB_COMMITTER = 'web-flow';

export const checklists = definePractice({
  id: 'checklists',
  title: 'Checklists',
  summary: 'A reviewer who did not write the change vouches for what machines cannot see.',
  options,
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
  judgesDependencyBots: false,
  messages: {
    'item-unattested': {
      // Not the author's violation: it is somebody else's turn.
      level: 'notice',
      text: (facts) =>
        `Nobody has vouched for this yet: "${facts.title}" (${facts.list}).${facts.note ? ` ${facts.note}` : ''} ` +
        'A reviewer who wrote none of this change can tick the box in the comment of Composure, after looking.',
    },
    'list-invalid': {
      level: 'warning',
      text: (facts) =>
        `This checklist cannot be read: ${facts.cause} Until it is mended on the base branch nobody knows what it ` +
        'would ask of this change. Anyone who may change the base branch can mend it there.',
    },
  },

  needs: () => [{ kind: 'checklists' }],

  evaluate({ pullRequest, evidence, options, finding }) {
    const answer = evidence.checklists();
    const excluded = new Set(options['exclude-lists']);
    const offered = answer.lists.filter((list) => !excluded.has(list.id));
    const applying = offered.filter((list) => appliesTo(list, pullRequest)).sort(specificFirst);
    const items = applying.flatMap((list) => list.items.map((item) => toItem(list, item, pullRequest)));
    const open = items.filter((item) => item.state === 'open');
    const problems = answer.problems.filter(({ path }) => !excluded.has(baseName(path).replace(/\.md$/, '')));
    const missing = [
      ...(answer.missing ?? []),
      ...missingLists(problems),
      ...(applying.length < offered.length ? missingFiles(pullRequest) : []),
      ...(open.length < items.length ? missingCommits(pullRequest) : []),
    ];
    if (items.length === 0 && missing.length === 0) {
      return { skipped: true, summary: 'No checklist applies to these files.', facts: { items: [] } };
    }
    return {
      summary: summarize(items.length, open.length, missing.length > 0),
      facts: { items: items.map(({ id, title, state, by, at, commit }) => ({ id, title, state, by, at, commit })) },
      findings: [
        ...problems.map(({ path, line, message }) => finding('list-invalid', { cause: message }, { path, line })),
        ...open.map(({ id, title, list, note }) => {
          return finding('item-unattested', { item: id, title, list, ...(note && { note }) });
        }),
      ],
      missing,
      waiting: open.length > 0,
      items,
    };
  },
});

function summarize(all: number, open: number, incomplete: boolean): string {
  const unknown = incomplete ? ' What applies could not be read whole.' : '';
  if (all === 0) return `No checklist is known to apply.${unknown}`;
  const questions = all === 1 ? '1 item' : `${all} items`;
  if (open === 0) return `A reviewer has vouched for ${all === 1 ? 'the' : 'all'} ${questions}.${unknown}`;
  return `${open} of ${questions} ${open === 1 ? 'waits' : 'wait'} for a reviewer who did not write the change.${unknown}`;
}

/** A list with globs knows this kind of change; one that always applies does not. Otherwise as they came. */
function specificFirst(a: ChecklistDefinition, b: ChecklistDefinition): number {
  return Number(a.appliesTo.length === 0) - Number(b.appliesTo.length === 0);
}

function appliesTo(list: ChecklistDefinition, { files }: PullRequest): boolean {
  if (files.length === 0) return false;
  if (list.appliesTo.length === 0) return true;
  const [out, into] = [true, false].map((negative) =>
    list.appliesTo
      .filter((glob) => glob.startsWith('!') === negative)
      .map((glob) => new Minimatch(negative ? glob.slice(1) : glob, { dot: true, nonegate: true, nocomment: true })),
  ) as [Minimatch[], Minimatch[]];
  const matches = (path: string) => {
    return (into.length === 0 || into.some((glob) => glob.match(path))) && !out.some((glob) => glob.match(path));
  };
  // A file that left the place a list is about changes that place too.
  return files.some((file) => matches(file.path) || (file.previousPath !== undefined && matches(file.previousPath)));
}

function toItem(list: ChecklistDefinition, item: ChecklistDefinition['items'][number], pullRequest: PullRequest): Item {
  const id = `${list.id}/${item.id}`;
  const ticks = pullRequest.ticks
    .filter((tick) => tick.item === id)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const about = { id, title: item.title, list: list.title };
  const counting = ticks.findLast((tick) => objectionTo(tick.by, pullRequest) === null);
  if (counting) {
    return { ...about, state: 'attested', by: counting.by.login, at: counting.at, commit: counting.commit };
  }
  const note = noteOn(ticks.at(-1), pullRequest);
  return { ...about, state: 'open', by: null, at: null, commit: null, ...(note && { note }) };
}

function noteOn(tick: Tick | undefined, pullRequest: PullRequest): string | null {
  if (!tick) return null;
  return `The tick by ${tick.by.login} does not count: ${objectionTo(tick.by, pullRequest)}.`;
}

/** Why this account cannot vouch for this change; `null` where it can. */
function objectionTo(by: Account, { author, commits }: PullRequest): string | null {
  if (by.kind === 'bot') return 'only people can vouch for a change';
  if (by.kind === 'unknown') return 'it is not known whether a person made it';
  if (isSameAccount(by, author)) return 'the author of a pull request cannot vouch for it';
  const login = by.login.toLowerCase();
  const wrote = commits.some((commit) => writersOf(commit).includes(login));
  return wrote ? 'whoever wrote one of its commits cannot vouch for it' : null;
}

/** By number where both have one: a login can be given away. */
function isSameAccount(a: Account, b: Account): boolean {
  if (a.id !== null && b.id !== null) return a.id === b.id;
  return a.login.toLowerCase() === b.login.toLowerCase();
}

/** Logins that had a hand in a commit, in lower case. Bringing the branch up to date on GitHub's pages is not writing. */
function writersOf({ author, committer, parents }: Commit): string[] {
  const byGitHub = committer.login === GITHUB_COMMITTER;
  if (byGitHub && parents.length > 1) return [];
  const logins = byGitHub ? [author.login] : [author.login, committer.login];
  return logins.filter((login) => login !== null).map((login) => login.toLowerCase());
}

function missingLists(problems: readonly ChecklistProblem[]): Missing[] {
  return [...Map.groupBy(problems, (problem) => problem.path)].map(([path, [first]]) => ({
    what: `the checklist ${path}`,
    cause: `line ${first!.line}: ${first!.message}`,
  }));
}

/** Paths decide which lists apply, so only files that are not listed matter, not patches. */
function missingFiles({ files, totals, filesComplete }: PullRequest): Missing[] {
  const unlisted = totals.files - files.length;
  if (filesComplete || unlisted <= 0) return [];
  const cause = 'they are not in the list of files that was given, and other checklists may apply to them';
  return [{ what: `${unlisted} of ${totals.files} changed files`, cause }];
}

/** Whoever wrote a commit that is not listed would pass for a reviewer. */
function missingCommits({ commitsComplete, commits }: PullRequest): Missing[] {
  if (commitsComplete) return [];
  const cause = `only ${commits.length} were listed, and whoever wrote one of them may not vouch; the author can squash them`;
  return [{ what: 'some of the commits', cause }];
}
