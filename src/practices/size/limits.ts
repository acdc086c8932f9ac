import { Minimatch } from 'minimatch';
import type { PullRequest } from '../../model/pull-request.ts';
import { type Provenance, provenanceOf } from '../../provenance/provenance.ts';
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
  /** What is known of AI assistance, where a rule by provenance made a step stricter; `null` otherwise. */
  provenance: Provenance | null;
}

/** The limits of one pull request: the options, and over them every rule that fits it, in their order. */
export function limitsFor(options: Options, pullRequest: PullRequest): Limits {
  const others = options.rules.filter(({ when }) => !when.provenance && fits(when, pullRequest));
  const usual = climb(options, others);
  if (options.rules.every(({ when }) => !when.provenance)) return { ...usual, provenance: null };
  const provenance = provenanceOf(pullRequest);
  const fitting = options.rules.filter(
    ({ when }) => (!when.provenance || isOneOf(when.provenance, provenance)) && fits(when, pullRequest),
  );
  const limits = climb(options, fitting);
  const isRaised = Object.entries(usual).some(([step, value]) => limits[step as keyof Ladder] !== value);
  return { ...limits, provenance: isRaised ? provenance : null };
}

type Ladder = Omit<Limits, 'provenance'>;

function climb(options: Options, rules: readonly LimitRule[]): Ladder {
  let steps: Steps = options;
  for (const { when, ...above } of rules) {
    const over = layOver(steps, above);
    steps = when.provenance ? stricterOf(steps, over) : over;
  }
  return {
    warnAt: steps['warn-at'],
    extraApprovalsAt: steps['extra-approvals-at'],
    extraApprovals: steps['extra-approvals'],
    maxLines: steps['block-at'] ?? steps['max-lines'],
    maxFiles: steps['max-files'],
  };
}

/** The ladder as it is configured, where the limit has two names. */
type Steps = Pick<
  Options,
  'max-lines' | 'max-files' | 'warn-at' | 'block-at' | 'extra-approvals-at' | 'extra-approvals'
>;

function layOver(below: Steps, above: Omit<LimitRule, 'when'>): Steps {
  // A rule that names `max-lines` alone means the limit, by whichever name it was set before.
  const unnamed = above['max-lines'] !== undefined && above['block-at'] === undefined ? { 'block-at': null } : {};
  const named = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined));
  return { ...below, ...unnamed, ...named };
}

/**
 * Of each step the stricter; one that is not there is the laxest. What somebody says of their tools, or forgets to say,
 * can raise the bar and never lower it.
 */
function stricterOf(one: Steps, other: Steps): Steps {
  return {
    // By both its names, for a later rule may take the one away and leave the other to hold.
    'max-lines': Math.min(one['max-lines'], other['max-lines']),
    'block-at': Math.min(one['block-at'] ?? one['max-lines'], other['block-at'] ?? other['max-lines']),
    'max-files': Math.min(one['max-files'], other['max-files']),
    'warn-at': lower(one['warn-at'], other['warn-at']),
    'extra-approvals-at': lower(one['extra-approvals-at'], other['extra-approvals-at']),
    'extra-approvals': Math.max(one['extra-approvals'], other['extra-approvals']),
  };
}

function lower(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function isOneOf(results: readonly Provenance['result'][], { result }: Provenance): boolean {
  return results.includes(result);
}

/** Everything else that is named must hold; of each list one entry is enough. */
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
