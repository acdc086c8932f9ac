import type { GitHubClient, RepositoryName } from '../github/client.ts';
import { readCommentHistory } from '../github/comment-edits.ts';
import { botLoginOf } from '../github/identity.ts';
import type { OwnComment, Reading } from '../github/read.ts';
import type { SpokenText } from '../github/spoken-texts.ts';
import type { KeptFact } from '../intake/store.ts';
import { type InRepository, type Work, workKey } from '../intake/work.ts';
import type { Account, PullRequest } from '../model/pull-request.ts';
import { type RepositoryRole, roleOf } from '../model/rights.ts';
import type { TickFact } from '../model/tick-fact.ts';
import { isAgent } from '../provenance/agents.ts';
import { replayFacts } from '../render/facts.ts';
import { type CommentHistory, type Reader, type Replay, replayHistory } from '../render/history.ts';
import { isSameText, nameText } from '../render/record.ts';
import { type Command, parseCommands } from './commands.ts';
import type { AppContext } from './context.ts';
import { type GivenCommand, keepLedger } from './ledger.ts';

/** What people said and did around a pull request, and how it was found out. */
export interface Answers {
  /** The pull request with everybody's ticks and waivers. */
  pullRequest: PullRequest;
  replay: Replay;
  /** How many versions our comment has had; `null` where nobody counted, 0 where there is none. */
  versions: number | null;
  /** The deliveries that told of ticks, and whether they can be forgotten although nothing is written. */
  told: { deliveryIds: string[]; spent: boolean };
  /** Texts with commands that were not answered before. */
  unanswered: { text: SpokenText; commands: GivenCommand[] }[];
  /** Every command that stands in the conversation now, answered or not. */
  standing: Command[];
  permissions: ReadonlyMap<string, RepositoryRole>;
}

/** Where nobody could have answered yet. */
const NOTHING: Replay = { record: null, acts: [], writings: [], strange: [], refusal: null };

/** Reads who answered what: from our own record, from what events told or the history of our comment, from commands. */
export async function readAnswers(
  client: GitHubClient,
  at: InRepository,
  reading: Reading,
  context: AppContext,
): Promise<Answers> {
  const { pullRequest, comment, check, imitators, commentIsGone } = reading;
  const name = { owner: at.owner, repo: at.repo };
  const self = botLoginOf(await context.identity());
  const spoken = reading.spoken.filter(({ author }) => author.login !== self);
  if (imitators.length > 0) {
    context.log.warn(
      { scope: scopeOf(pullRequest), by: imitators },
      'a comment that only looks like ours counts for nothing',
    );
  }
  if (commentIsGone) {
    context.log.warn({ scope: scopeOf(pullRequest) }, 'our comment was deleted, and what it recorded with it');
  }
  const work: Work = { kind: 'pull-request', ...at, number: pullRequest.number ?? 0 };
  const facts = await context.store.readFacts(workKey(work));
  const found = await replayComment(client, comment, facts, { ...pullRequest, spoken, self }, context);
  const acts = found.replay.acts.map((act) => (act.kind === 'tick' ? { ...act, by: asWhatItIs(act.by) } : act));
  const replay: Replay = { ...found.replay, acts };
  const unanswered = unansweredIn(spoken, replay);
  const actors = [
    ...replay.acts.flatMap((act) => (act.kind === 'tick' ? [act.by] : [])),
    ...unanswered.map(({ text }) => text.author),
  ];
  const permissions = await readPermissions(client, name, actors, pullRequest, context);
  const ledger = keepLedger({
    replay,
    commands: unanswered.flatMap(({ commands }) => commands),
    permissionOf: (login) => permissions.get(login.toLowerCase()) ?? 'none',
    answered: check?.completedAt ? { head: pullRequest.head.sha, at: check.completedAt } : null,
  });
  return {
    pullRequest: { ...pullRequest, ...ledger },
    replay,
    versions: found.versions,
    told: { deliveryIds: facts.map(({ deliveryId }) => deliveryId), spent: found.source === 'history' },
    unanswered,
    standing: spoken.flatMap((text) => parseCommands(text.body, text.at)),
    permissions,
  };
}

/** Where a record is valid. GitHub does not tell logins apart by case; neither may this. */
export function scopeOf({ repository, number }: PullRequest): string {
  return `${repository.owner}/${repository.name}#${number}`.toLowerCase();
}

/** What was done to our comment, and what told of it. */
interface Replayed {
  replay: Replay;
  versions: number | null;
  source: 'nothing' | 'events' | 'history';
}

/**
 * What people did to boxes: from the events that reported it where they explain the comment as it stands, otherwise
 * from the comment's history.
 */
async function replayComment(
  client: GitHubClient,
  comment: OwnComment | null,
  kept: readonly KeptFact[],
  about: PullRequest & { spoken: readonly SpokenText[]; self: string },
  { signingKeys: keys, log }: AppContext,
): Promise<Replayed> {
  if (!comment) return { replay: NOTHING, versions: 0, source: 'nothing' };
  const scope = scopeOf(about);
  const reader: Reader = { self: about.self, scope, comment: comment.id, keys };
  const facts = kept.map(({ fact }) => fact);
  const standing = { ...comment, writtenAt: writtenAtOf(comment) };
  const told = replayFacts(standing, facts, reader);
  if (told && knowsWhatWasShown(told, about.spoken)) {
    return { replay: told, versions: comment.versions, source: 'events' };
  }
  const { history, versions } = await readHistory(client, comment, about.self);
  const ended = endsWith(history, comment.body) ? history : withNewest(history, comment, facts);
  const replay = replayHistory(ended, reader);
  for (const edit of replay.strange) log.warn({ scope, ...edit }, 'an edit of our comment counts for nothing');
  if (replay.refusal !== null) {
    log.warn({ scope, reason: replay.refusal }, 'a record was not believed; the history speaks for it');
  }
  if (replay.acts.length > 0) {
    log.info({ scope, ticks: replay.acts.length }, 'the history of our comment told what no event explained');
  }
  return { replay, versions, source: 'history' };
}

/** Whether every command that is still to be answered was given with our newest text in view, and no older one. */
function knowsWhatWasShown(told: Replay, spoken: readonly SpokenText[]): boolean {
  const [shown] = told.writings;
  return unansweredIn(spoken, told).every(({ text }) =>
    text.commit === null ? Date.parse(text.at) >= Date.parse(shown?.at ?? '') : text.commit === shown?.head,
  );
}

/** The texts with commands that our record does not know as answered. */
function unansweredIn(spoken: readonly SpokenText[], { record }: Replay): Answers['unanswered'] {
  return spoken
    .filter(({ id, at }) => record?.handled[id] !== at)
    .map((text) => ({ text, commands: givenIn(text) }))
    .filter(({ commands }) => commands.length > 0);
}

/** A comment that nobody ever edited has no history on GitHub: it is as we made it. */
async function readHistory(client: GitHubClient, comment: OwnComment, self: string) {
  if (comment.editedAt !== null) return readCommentHistory(client, comment.nodeId);
  const editor: Account = { id: null, login: self, kind: 'bot', association: 'NONE' };
  const versions = [{ editor, at: comment.createdAt, body: comment.body }];
  return { history: { versions, fromTheStart: true }, versions: 1 };
}

function writtenAtOf({ editedAt, createdAt }: OwnComment): string {
  return editedAt ?? createdAt;
}

function endsWith({ versions }: CommentHistory, body: string): boolean {
  const last = versions.at(-1)?.body;
  return typeof last === 'string' && isSameText(last, body);
}

/**
 * Where the history lags behind the text, the newest edit is that of whom an event names for exactly this text; without
 * one it is nobody's, and what it ticked counts for nothing.
 */
function withNewest(
  { versions, fromTheStart }: CommentHistory,
  { body }: OwnComment,
  facts: readonly TickFact[],
): CommentHistory {
  const fact = facts.findLast(({ after }) => after === nameText(body));
  const at = fact?.at ?? versions.at(-1)?.at ?? '';
  return { versions: [...versions, { editor: fact?.by ?? null, at, body }], fromTheStart };
}

/** An agent has a bot's rights, also where GitHub lists it among people. */
function asWhatItIs(account: Account): Account {
  return isAgent(account) ? { ...account, kind: 'bot' } : account;
}

function givenIn(text: SpokenText): GivenCommand[] {
  const { id, author, at, commit } = text;
  const by = asWhatItIs(author);
  return parseCommands(text.body, at).map((command, index) => ({ id: `${id}.${index}`, command, by, at, commit }));
}

/** Only of people whose rights depend on it: who wrote the change is its author whatever else they are. */
async function readPermissions(
  client: GitHubClient,
  name: RepositoryName,
  actors: readonly Account[],
  pullRequest: PullRequest,
  { people }: AppContext,
): Promise<Map<string, RepositoryRole>> {
  const others = actors.filter((account) => !['author', 'bot'].includes(roleOf(account, 'none', pullRequest)));
  const logins = [...new Set(others.map(({ login }) => login.toLowerCase()))];
  const found = logins.map(async (login) => [login, await people.permissionOf(client, name, login)] as const);
  return new Map(await Promise.all(found));
}
