import { CODEOWNERS_PATHS, ownersOf, readCodeOwners } from '../../model/codeowners.ts';
import { changedSince, contentOf, isSameContent, versionOf } from '../../model/content.ts';
import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import type { ChangedFile, PullRequest, Tick } from '../../model/pull-request.ts';
import type { Item, Missing } from '../../model/review.ts';
import { isSameAccount, mayDo, roleOf, wroteOneOf } from '../../model/rights.ts';

/** An item that is put to reviewers, with what decides whose answer counts. */
export interface Asked {
  /** `list/item`. */
  id: string;
  title: string;
  /** The list's title. */
  list: string;
  /** The list's version: an answer holds for the one that asked. */
  version: number;
  /** Who may answer without write access: `@organisation/team`, `@login`, `codeowners`. */
  attestBy: readonly string[];
  needsEvidence: boolean;
  /** Whether it may be answered by saying why it does not apply. */
  mayNotApply: boolean;
  /** Whether the merge waits for it. */
  required: boolean;
  /** What it is about: an answer holds as long as these files change the same lines. */
  files: readonly ChangedFile[];
  /** The place that raised it. */
  place?: { path: string; line?: number; because?: string };
}

/** The stand-in of a list for the owners of the files that an item is about. */
const CODE_OWNERS = 'codeowners';

/** Whether an item is answered, by whom, and if not why not. What could not be read is pushed to `missing`. */
export function judgeItem(asked: Asked, pullRequest: PullRequest, evidence: Evidence, missing: Missing[]): Item {
  const { id, title, list, version, files, place } = asked;
  const content = contentOf(files, version);
  const ticks = pullRequest.ticks.filter((tick) => tick.item === id);
  const judged = ticks.map((tick) => ({ tick, objection: objectionTo(tick, asked, pullRequest, evidence, missing) }));
  const permitted = judged.filter(({ objection }) => objection === null).map(({ tick }) => tick);
  const live = permitted.findLast((tick) => holds(tick, content)) ?? permitted.at(-1) ?? null;
  const alsoBy = asked.attestBy.map((named) => (named === CODE_OWNERS ? 'the code owners' : named));
  const about = {
    ...{ id, title, list },
    ...(place && { place }),
    ...(alsoBy.length > 0 && { alsoBy }),
    ...(asked.needsEvidence && { needsEvidence: true }),
  };
  if (live && holds(live, content)) {
    const { by, at, commit, evidence: words, notApplicable } = live;
    return {
      ...{ ...about, state: 'attested', by: by.login, at, commit },
      ...(words !== undefined && { evidence: words }),
      ...(notApplicable !== undefined && { notApplicable }),
      memory: { content, tick: live, undone: null },
    };
  }
  const refused = judged.findLast(({ objection }) => objection !== null);
  const undone = refused ? { ...refused.tick, refused: refused.objection ?? '' } : null;
  const note = live ? sayRearmed(live, asked) : undone && sayUndone(undone);
  return {
    ...{ ...about, state: 'open', by: null, at: null, commit: null },
    ...(note !== null && { note }),
    memory: { content, tick: live, undone },
  };
}

/** What must be known of people to judge the answers that this item got. */
export function itemNeeds(
  { id, attestBy, files }: Asked,
  pullRequest: PullRequest,
  evidence: Evidence,
): EvidenceRequest[] {
  const others = pullRequest.ticks.filter(
    (tick) =>
      tick.item === id && !tick.refused && !mayDo(roleOf(tick.by, tick.permission, pullRequest), 'attest', false),
  );
  const asking = others.filter((tick) => mayDo(roleOf(tick.by, tick.permission, pullRequest), 'attest', true));
  if (asking.length === 0) return [];
  const owners = attestBy.includes(CODE_OWNERS)
    ? CODEOWNERS_PATHS.map((path) => ({ kind: 'file', path, side: 'base' }) as const)
    : [];
  const teams = namesOf(attestBy, files, evidence).filter((named) => named.includes('/'));
  return [
    ...owners,
    ...asking.flatMap(({ by }) => teams.map((team) => ({ kind: 'membership', login: by.login, team }) as const)),
  ];
}

function holds(tick: Tick, content: string): boolean {
  return tick.content !== null && isSameContent(tick.content, content);
}

/** Why an answer does not count; `null` where it does. */
function objectionTo(
  tick: Tick,
  asked: Asked,
  pullRequest: PullRequest,
  evidence: Evidence,
  missing: Missing[],
): string | null {
  if (tick.refused !== undefined) return tick.refused;
  const role = roleOf(tick.by, tick.permission, pullRequest);
  if (role === 'bot') {
    return tick.by.kind === 'bot' ? 'only people can vouch for a change' : 'it is not known whether a person made it';
  }
  if (role === 'author') {
    return isSameAccount(tick.by, pullRequest.author) || !wroteOneOf(pullRequest.commits, tick.by.login)
      ? 'the author of a pull request cannot vouch for it'
      : 'whoever wrote one of its commits cannot vouch for it';
  }
  if (!mayDo(role, 'attest', false) && !mayDo(role, 'attest', isNamed(tick, asked, evidence, missing))) {
    return 'it takes write access, or being named by the list';
  }
  if (tick.notApplicable !== undefined && !asked.mayNotApply) return 'this item cannot be answered with n/a here';
  if (asked.needsEvidence && tick.evidence === undefined && tick.notApplicable === undefined) {
    return `it asks for a word on what was looked at: \`/composure attest ${asked.id} …\``;
  }
  return null;
}

function isNamed({ by }: Tick, { attestBy, files }: Asked, evidence: Evidence, missing: Missing[]): boolean {
  return namesOf(attestBy, files, evidence).some((named) => {
    if (!named.includes('/')) return named.toLowerCase() === `@${by.login.toLowerCase()}`;
    const answer = evidence.membership(by.login, named);
    if (answer.state === 'unavailable') missing.push({ what: `who belongs to ${named}`, cause: answer.cause });
    return answer.state === 'member';
  });
}

/** People and teams, with code owners in the place of their stand-in. */
function namesOf(attestBy: readonly string[], files: readonly ChangedFile[], evidence: Evidence): string[] {
  const names = attestBy.flatMap((named) => {
    if (named !== CODE_OWNERS) return [named];
    // GitHub takes the first of the three that is there.
    const file = CODEOWNERS_PATHS.map((path) => evidence.file(path, 'base')).find((one) => one.state === 'found');
    const rules = file?.state === 'found' ? readCodeOwners(file.text) : [];
    return rules.length > 0 ? files.flatMap((one) => ownersOf(one.path, rules)) : [];
  });
  return [...new Set(names)];
}

/** How many paths a sentence can bear. */
const MAX_PATHS = 2;

function sayRearmed({ by, content }: Tick, { files, list, version }: Asked): string {
  if (content !== null && versionOf(content) !== version) {
    return `re-check: the list "${list}" changed to version ${version} since @${by.login} ticked`;
  }
  const changed = content === null ? [] : changedSince(content, files);
  const shown = changed.slice(0, MAX_PATHS).map((path) => `\`${path}\``);
  const more = changed.length - shown.length;
  const what = [...shown, ...(more > 0 ? [`${more} more ${more === 1 ? 'file' : 'files'}`] : [])];
  const subject =
    what.length > 1 ? `${what.slice(0, -1).join(', ')} and ${what.at(-1)}` : (what[0] ?? 'what it is about');
  return `re-check: ${subject} changed since @${by.login} ticked`;
}

function sayUndone({ by, refused }: Tick): string {
  return `The tick by @${by.login} does not count: ${refused}.`;
}
