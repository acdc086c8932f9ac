import { contentOf, isSameContent } from '../../model/content.ts';
import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import { baseName } from '../../model/package-files.ts';
import type { ChangedFile, PullRequest, Tick } from '../../model/pull-request.ts';
import type { Item } from '../../model/review.ts';
import { mayDo, roleOf } from '../../model/rights.ts';
import { isByAgent } from '../../provenance/agents.ts';
import type { DecisionRecord } from './record/parse.ts';

/** What agents are called. Whoever decided is named by more than this. */
const AGENT =
  /^(?:claude(?: code| opus| sonnet| haiku)?[\s\d.]*|(?:github )?copilot(?: swe agent)?|copilot-swe-agent|openai codex|codex|chatgpt|gpt-[\w.]+|cursor(?: agent| ?ai)?|cursoragent|devin(?: ai)?|devin-ai-integration|google-labs-jules|jules|gemini(?: cli| code assist)?|aider.*|windsurf|amp|sweep|opencode|cline|roo code|kiro)(?:\[bot\])?$/i;

/** Which commit brought the record matters only where some are an agent's and some are not. */
export function authorshipNeeds({ commits }: PullRequest): EvidenceRequest[] {
  const own = commits.filter(({ parents }) => parents.length < 2);
  return own.some(isByAgent) && !own.every(isByAgent) ? [{ kind: 'commit-paths' }] : [];
}

/**
 * True where an agent wrote the record for certain: every commit that touched it bears an agent's mark, merges left out.
 * Where nobody knows which commits these are, all of them must.
 */
export function isWrittenByAgent(path: string, pullRequest: PullRequest, evidence: Evidence): boolean {
  const { commits, commitsComplete } = pullRequest;
  const own = commits.filter(({ parents }) => parents.length < 2);
  const known = evidence.commitPaths();
  const touching = known.state === 'found' ? own.filter(({ sha }) => known.paths[sha]?.includes(path)) : [];
  const writers = touching.length > 0 ? touching : own;
  return commitsComplete && writers.length > 0 && writers.every(isByAgent);
}

/** True where a person stands behind the record: named in it, or with an approving review of this very head. */
export function hasHuman(record: DecisionRecord | null, { reviews, author, head }: PullRequest): boolean {
  if (record?.deciders?.names.some((name) => /\p{L}{2}/u.test(name) && !AGENT.test(name.replace(/^@/, ''))))
    return true;
  return reviews.some(
    ({ state, author: by, commit }) =>
      state === 'approved' && by.kind === 'user' && by.login !== author.login && commit === head.sha,
  );
}

/**
 * The box by which somebody answers for a record that an agent wrote. It holds for these words of it: an edit asks again.
 * Whose tick counts is what it is everywhere: write access, and no hand in the change.
 */
export function boxFor(file: ChangedFile, pullRequest: PullRequest): Item {
  const id = `decision-record/${slugOf(file.path)}`;
  const content = contentOf([file]);
  const about = {
    id,
    title: `I can be asked why this was decided as ${baseName(file.path)} says.`,
    list: 'Decision records',
    place: { path: file.path },
  };
  const ticks = pullRequest.ticks.filter((tick) => tick.item === id);
  const counting = ticks.filter((tick) => objectionTo(tick, pullRequest) === null);
  const live = counting.findLast((tick) => holds(tick, content));
  if (live) {
    const { by, at, commit, evidence } = live;
    return {
      ...{ ...about, state: 'attested', by: by.login, at, commit },
      ...(evidence !== undefined && { evidence }),
      memory: { content, tick: live, undone: null },
    };
  }
  const earlier = counting.at(-1) ?? null;
  const refused = ticks.findLast((tick) => objectionTo(tick, pullRequest) !== null);
  const objection = refused ? objectionTo(refused, pullRequest) : null;
  const undone = refused && objection !== null ? { ...refused, refused: objection } : null;
  const note = earlier
    ? `the record changed since @${earlier.by.login} ticked`
    : undone && `The tick by @${undone.by.login} does not count: ${undone.refused}.`;
  return {
    ...{ ...about, state: 'open', by: null, at: null, commit: null },
    ...(note !== null && { note }),
    memory: { content, tick: earlier, undone },
  };
}

function holds({ content }: Tick, now: string): boolean {
  return content !== null && isSameContent(content, now);
}

/** Why a tick does not count; `null` where it does. */
function objectionTo(tick: Tick, pullRequest: PullRequest): string | null {
  if (tick.refused !== undefined) return tick.refused;
  if (tick.notApplicable !== undefined) return 'somebody has to answer for a decision';
  const role = roleOf(tick.by, tick.permission, pullRequest);
  if (role === 'bot') return 'only people can answer for a decision';
  if (role === 'author') return 'whoever opened or wrote the change cannot vouch for it';
  return mayDo(role, 'attest', false) ? null : 'it takes write access';
}

/** `0012-keep-orders`: short enough to be written in a command. */
function slugOf(path: string): string {
  const letters = baseName(path)
    .toLowerCase()
    .replace(/\.[a-z]+$/, '')
    .replace(/[^a-z0-9]+/g, '-');
  return letters.replace(/^-+|-+$/g, '').slice(0, 60) || 'record';
}
