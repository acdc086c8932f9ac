import type { Account, Commit, PullRequest, Signature, Trailer } from '../model/pull-request.ts';
import { type Declaration, readDeclaration } from './declaration.ts';
import { MARKS, type Mark } from './marks.ts';

/** One mark that was seen, and where. */
export interface SeenMark {
  agent: string;
  /** In plain words: "the branch `copilot/fix-1`". May quote hostile text. */
  what: string;
  /** Where it is known from that this is a mark of it. */
  source: string;
}

/** What is known of AI assistance in a change. */
export interface Provenance {
  /**
   * `declared`: the author says so. `detected`: marks were seen, whatever the author says. `none-seen`: neither; it does
   * not say that there was none.
   */
  result: 'declared' | 'detected' | 'none-seen';
  declaration: Declaration;
  /** Each agent by each kind of mark once. */
  marks: readonly SeenMark[];
}

/** True where the bar is raised: more items, lower limits, more approvals, as the configuration says. */
export function isAssisted({ result }: Provenance): boolean {
  return result !== 'none-seen';
}

/**
 * Whether a change was made with AI, by what its author says and what agents leave. It can only ever raise the bar: a
 * "no" beside marks is still `detected`, and without any mark the ordinary questions are asked. Pure.
 */
export function provenanceOf(pullRequest: Pick<PullRequest, 'author' | 'body' | 'commits' | 'head'>): Provenance {
  const declaration = readDeclaration(pullRequest.body);
  const marks = seenMarks(pullRequest);
  const isDeclared = declaration.state === 'declared' && declaration.assisted;
  return { result: isDeclared ? 'declared' : marks.length > 0 ? 'detected' : 'none-seen', declaration, marks };
}

function seenMarks(pullRequest: Pick<PullRequest, 'author' | 'body' | 'commits' | 'head'>): SeenMark[] {
  const seen = new Map<string, SeenMark>();
  for (const mark of MARKS) {
    const key = `${mark.agent}\0${mark.kind}`;
    const what = seen.has(key) ? null : find(mark, pullRequest);
    if (what !== null) seen.set(key, { agent: mark.agent, what, source: mark.source });
  }
  return [...seen.values()];
}

/** Where a mark stands, in plain words; `null` where it is not seen. */
function find(
  mark: Mark,
  { author, body, commits, head }: Pick<PullRequest, 'author' | 'body' | 'commits' | 'head'>,
): string | null {
  switch (mark.kind) {
    case 'account': {
      if (isAccount(mark, author)) return `the account \`${author.login}\``;
      const commit = commits.find((one) => signaturesOf(one).some((signature) => isSignatureOf(mark, signature)));
      return commit ? `the author of commit ${commit.sha.slice(0, 7)}` : null;
    }
    case 'email': {
      const commit = commits.find((one) => addressesIn(one).some((address) => isSameAddress(address, mark.address)));
      return commit ? `commit ${commit.sha.slice(0, 7)}` : null;
    }
    case 'trailer': {
      const commit = commits.find((one) => one.trailers.some((trailer) => isTrailer(mark, trailer)));
      return commit ? `a trailer of commit ${commit.sha.slice(0, 7)}` : null;
    }
    case 'name': {
      const commit = commits.find((one) => signaturesOf(one).some(({ name }) => mark.name.test(name)));
      return commit ? `the author of commit ${commit.sha.slice(0, 7)}` : null;
    }
    case 'body':
      return mark.text.test(body) ? 'the text of the pull request' : null;
    case 'branch':
      return head.branch.toLowerCase().startsWith(mark.prefix) ? `the branch \`${head.branch}\`` : null;
  }
}

/** By number where both have one: a login can be given away. */
function isAccount(mark: Extract<Mark, { kind: 'account' }>, { id, login }: Account): boolean {
  if (mark.id !== null && id !== null) return mark.id === id;
  return mark.logins.includes(login.toLowerCase());
}

function signaturesOf({ author, committer }: Commit): Signature[] {
  return [author, committer];
}

/** A commit tells a login, where GitHub knows it, or an address that begins with the account's number. */
function isSignatureOf(mark: Extract<Mark, { kind: 'account' }>, { login, email }: Signature): boolean {
  if (login !== null && mark.logins.includes(login.toLowerCase())) return true;
  if (mark.id === null) return false;
  return email.toLowerCase().startsWith(`${mark.id}+`) && email.toLowerCase().endsWith('@users.noreply.github.com');
}

/** Addresses that a commit was made under, and those its trailers credit. */
function addressesIn(commit: Commit): string[] {
  const credited = commit.trailers
    .filter(({ key }) => key.toLowerCase() === 'co-authored-by')
    .flatMap(({ value }) => /<([^<>\s]+)>\s*$/.exec(value)?.[1] ?? []);
  return [...signaturesOf(commit).map(({ email }) => email), ...credited];
}

function isSameAddress(address: string, mark: string): boolean {
  return address.trim().toLowerCase() === mark;
}

function isTrailer(mark: Extract<Mark, { kind: 'trailer' }>, { key, value }: Trailer): boolean {
  return key.toLowerCase() === mark.key && mark.value.test(value);
}
