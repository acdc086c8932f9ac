import { Minimatch } from 'minimatch';
import type { PullRequest } from '../../model/pull-request.ts';
import { compileGlobs, matchesAny } from './classify.ts';
import type { LimitRule, Options } from './options.ts';

/** The steps of the ladder that hold for one pull request, in effort; `null` where there is no such step. */
export interface Limits {
  warnAt: number | null;
  extraApprovalsAt: number | null;
  extraApprovals: number;
  /** Above it the change is blocked. */
  maxLines: number;
  maxFiles: number;
}

/** The limits of one pull request: the options, and over them every rule that fits it, in their order. */
export function limitsFor(options: Options, pullRequest: PullRequest): Limits {
  const limits = options.rules
    .filter((rule) => fits(rule.when, pullRequest))
    .reduce((below, { when: _, ...above }) => layOver(below, above), ladderOf(options));
  return {
    warnAt: limits['warn-at'],
    extraApprovalsAt: limits['extra-approvals-at'],
    extraApprovals: limits['extra-approvals'],
    maxLines: limits['block-at'] ?? limits['max-lines'],
    maxFiles: limits['max-files'],
  };
}

type Ladder = Pick<
  Options,
  'max-lines' | 'max-files' | 'warn-at' | 'block-at' | 'extra-approvals-at' | 'extra-approvals'
>;

function ladderOf(options: Options): Ladder {
  const { 'max-lines': maxLines, 'max-files': maxFiles } = options;
  const { 'warn-at': warnAt, 'block-at': blockAt } = options;
  const { 'extra-approvals-at': extraApprovalsAt, 'extra-approvals': extraApprovals } = options;
  return {
    'max-lines': maxLines,
    'max-files': maxFiles,
    'warn-at': warnAt,
    'block-at': blockAt,
    'extra-approvals-at': extraApprovalsAt,
    'extra-approvals': extraApprovals,
  };
}

function layOver(below: Ladder, above: Omit<LimitRule, 'when'>): Ladder {
  // A rule that names `max-lines` alone means the limit, by whichever name it was set before.
  const unnamed = above['max-lines'] !== undefined && above['block-at'] === undefined ? { 'block-at': null } : {};
  const named = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined));
  return { ...below, ...unnamed, ...named };
}

/** Everything that is named must hold; of each list one entry is enough. */
function fits(when: LimitRule['when'], { labels, base, author, commits }: PullRequest): boolean {
  const own = labels.map((label) => label.toLowerCase());
  if (when.labels && !when.labels.some((label) => own.includes(label.toLowerCase()))) return false;
  if (when.base && !matchesAny(compileGlobs(when.base), base.branch)) return false;
  if (when.author && !when.author.includes(author.kind)) return false;
  if (when.logins && !matchesWord(when.logins, author.login)) return false;
  if (!when.trailers) return true;
  const globs = when.trailers;
  return commits.some(({ trailers }) => trailers.some(({ key, value }) => matchesWord(globs, `${key}: ${value}`)));
}

/** Words are no paths: a slash in them is a letter like any other, and so is a bracket in a bot's name. */
function matchesWord(globs: readonly string[], word: string): boolean {
  const flat = (text: string) => text.replaceAll('/', '\u2215').replaceAll('[', '\u27e6').replaceAll(']', '\u27e7');
  return globs.some((glob) =>
    new Minimatch(flat(glob), { dot: true, nocase: true, nocomment: true, nonegate: true, noext: true }).match(
      flat(word),
    ),
  );
}
