import type { Commit, PullRequest } from '../../model/pull-request.ts';
import type { DecisionRecord } from './record/parse.ts';

/** Names under which agents commit, or are credited in a trailer. A person's name with more to it is none of these. */
const AGENT =
  /^(?:claude(?: code| opus| sonnet| haiku)?[\s\d.]*|(?:github )?copilot(?: swe agent)?|copilot-swe-agent|openai codex|codex|chatgpt|gpt-[\w.]+|cursor(?: agent| ?ai)?|cursoragent|devin(?: ai)?|devin-ai-integration|google-labs-jules|jules|gemini(?: cli| code assist)?|aider.*|windsurf|amp|sweep|opencode|cline|roo code|kiro)(?:\[bot\])?$/i;

const CREDIT = /^(?:co-authored-by|generated-by|assisted-by|written-by|ai-(?:assisted|generated)-by)$/i;

/** Tells which commits of a pull request an agent had a hand in. */
export type IsByAgent = (commit: Commit) => boolean;

/** By the commit's own word: its author, or a trailer that credits an agent. */
export const creditsAgent: IsByAgent = ({ author, trailers }) => {
  const named = [author.login ?? '', author.name].some((name) => AGENT.test(name.trim()));
  return (
    named || trailers.some(({ key, value }) => CREDIT.test(key) && AGENT.test(value.replace(/<[^>]*>/, '').trim()))
  );
};

/**
 * True where an agent wrote the record for certain: the snapshot does not say which commit brought which file, so all of
 * them must be an agent's, merges left out.
 */
export function isWrittenByAgent(
  { commits, commitsComplete }: PullRequest,
  isByAgent: IsByAgent = creditsAgent,
): boolean {
  const own = commits.filter(({ parents }) => parents.length < 2);
  return commitsComplete && own.length > 0 && own.every(isByAgent);
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
