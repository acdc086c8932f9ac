import type { GitHubClient, RepositoryName } from '../github/client.ts';
import { readCommentHistory } from '../github/comment-edits.ts';
import { botLoginOf } from '../github/identity.ts';
import type { OwnComment, Reading } from '../github/read.ts';
import type { SpokenText } from '../github/spoken-texts.ts';
import type { Account, PullRequest } from '../model/pull-request.ts';
import { type RepositoryRole, roleOf } from '../model/rights.ts';
import { isAgent } from '../provenance/agents.ts';
import { type CommentHistory, type Reader, type Replay, replayHistory } from '../render/history.ts';
import { isSameText } from '../render/record.ts';
import { type Command, parseCommands } from './commands.ts';
import type { AppContext } from './context.ts';
import { type GivenCommand, keepLedger } from './ledger.ts';

/** What people said and did around a pull request, and how it was found out. */
export interface Answers {
  /** The pull request with everybody's ticks and waivers. */
  pullRequest: PullRequest;
  replay: Replay;
  /** Texts with commands that were not answered before. */
  unanswered: { text: SpokenText; commands: GivenCommand[] }[];
  /** Every command that stands in the conversation now, answered or not. */
  standing: Command[];
  permissions: ReadonlyMap<string, RepositoryRole>;
}

/** Where nobody could have answered yet. */
const NOTHING: Replay = { record: null, acts: [], writings: [], strange: [], refusal: null, complete: true };

/** Reads who answered what: from our own record, from the history of our comment, from commands. */
export async function readAnswers(
  client: GitHubClient,
  name: RepositoryName,
  { pullRequest, comment, spoken, check }: Reading,
  context: AppContext,
): Promise<Answers> {
  const self = botLoginOf(await context.identity());
  const scope = scopeOf(pullRequest);
  const told = comment
    ? await replayComment(client, comment, { self, scope, comment: comment.id, keys: context.signingKeys })
    : NOTHING;
  const acts = told.acts.map((act) => (act.kind === 'tick' ? { ...act, by: asWhatItIs(act.by) } : act));
  const replay: Replay = { ...told, acts };
  for (const edit of replay.strange) context.log.warn({ scope, ...edit }, 'an edit of our comment counts for nothing');
  if (replay.refusal !== null) {
    context.log.warn({ scope, reason: replay.refusal }, 'a record was not believed; the history speaks for it');
  }
  const texts = spoken.filter(({ author }) => author.login !== self);
  const unanswered = texts
    .filter(({ id, at }) => replay.record?.handled[id] !== at)
    .map((text) => ({ text, commands: givenIn(text) }))
    .filter(({ commands }) => commands.length > 0);
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
    unanswered,
    standing: texts.flatMap((text) => parseCommands(text.body, text.at)),
    permissions,
  };
}

/** Where a record is valid. GitHub does not tell logins apart by case; neither may this. */
export function scopeOf({ repository, number }: PullRequest): string {
  return `${repository.owner}/${repository.name}#${number}`.toLowerCase();
}

async function replayComment(client: GitHubClient, comment: OwnComment, reader: Reader): Promise<Replay> {
  const recent = recentHistory(comment, reader.self);
  if (recent && endsWith(recent, comment.body)) {
    const replay = replayHistory(recent, reader);
    if (replay.complete) return replay;
  }
  const whole = await readCommentHistory(client, comment.nodeId);
  return replayHistory(endsWith(whole, comment.body) ? whole : withUnknownEdit(whole, comment), reader);
}

/** A comment that nobody ever edited has no history on GitHub: it is as we made it. */
function recentHistory({ editedAt, createdAt, body, history }: OwnComment, self: string): CommentHistory | null {
  if (editedAt !== null) return history;
  const editor: Account = { id: null, login: self, kind: 'bot', association: 'NONE' };
  return { versions: [{ editor, at: createdAt, body }], fromTheStart: true };
}

function endsWith({ versions }: CommentHistory, body: string): boolean {
  const last = versions.at(-1)?.body;
  return typeof last === 'string' && isSameText(last, body);
}

/** Where the history lags behind the text, the newest edit is nobody's: what it ticked counts for nothing. */
function withUnknownEdit({ versions, fromTheStart }: CommentHistory, { body, createdAt }: OwnComment): CommentHistory {
  const at = versions.at(-1)?.at ?? createdAt;
  return { versions: [...versions, { editor: null, at, body }], fromTheStart };
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
