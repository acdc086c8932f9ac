import type { ConfigLayer } from '../config/config.ts';
import { CONFIG_PATH } from '../config/config.ts';
import { CHECKLISTS_FOLDER, type ChecklistFile, isChecklistPath } from '../gather-checklists.ts';
import type { EvidenceEntry, FileAnswer } from '../model/evidence.ts';
import type { Commit, PullRequest, Signature, SubmittedReview } from '../model/pull-request.ts';
import { readTrailers } from '../model/trailers.ts';
import { accountOf } from './accounts.ts';
import { type GitHubClient, graphqlErrorsOf, type RepositoryName } from './client.ts';
import { imitatorsIn } from './imitations.ts';
import { type FirstPage, type ListedFiles, listChangedFiles } from './list-files.ts';
import { ReadingMemory } from './reading-memory.ts';
import {
  type CommentNode,
  type CommitNode,
  type FileNode,
  type FolderNode,
  MORE_COMMENTS_QUERY,
  MORE_COMMITS_QUERY,
  MORE_REVIEWS_QUERY,
  moreComments,
  moreCommits,
  moreReviews,
  type PullRequestNode,
  type ReviewNode,
  SNAPSHOT_QUERY,
  type SnapshotAnswer,
  snapshotAnswer,
} from './snapshot-query.ts';
import { type SpokenText, spokenTexts } from './spoken-texts.ts';

/** The name of our check run, and so of the required check. */
export const CHECK_NAME = 'Composure';

/** How every comment of ours begins. */
export const COMMENT_MARKER = '<!-- composure -->';

/** Who we are on GitHub. The bot's login is `slug[bot]` in REST and `slug` in GraphQL. */
export interface AppIdentity {
  appId: number;
  slug: string;
}

/** Our comment as it stands. */
export interface OwnComment {
  id: number;
  nodeId: string;
  body: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** When it was edited last; `null` while it reads as we first wrote it. */
  editedAt: string | null;
  /** Whoever wrote it as it stands: a login as REST shows it. */
  writtenBy: string;
  /** How many versions there have been; `null` where the snapshot could not count them, not knowing the comment yet. */
  versions: number | null;
}

/** Our newest check run on the head commit. */
export interface OwnCheck {
  id: number;
  status: string;
  conclusion: string | null;
  text: string;
  /** ISO 8601, UTC; `null` while it is not finished. */
  completedAt?: string | null;
}

/** Everything one reading of a pull request brings. */
export interface Reading {
  pullRequest: PullRequest;
  /** Configuration at the tips of the base branch and of the organisation's `.github`, weakest first. */
  layers: ConfigLayer[];
  /** Evidence that came along with the snapshot and need not be fetched again. */
  evidence: EvidenceEntry[];
  /** The checklists in the organisation's `.github`. */
  organisationLists: ChecklistFile[];
  comment: OwnComment | null;
  /** Logins of those whose comments pretend to be ours. */
  imitators: string[];
  /** Whether a comment of ours that we knew is gone. */
  commentIsGone: boolean;
  /** Comments and reviews that may hold commands, oldest first. */
  spoken: SpokenText[];
  check: OwnCheck | null;
  /** Other open pull requests of this repository with the same head commit, by number. */
  siblings: number[];
}

/** `gone`: no such pull request for us to see. `moved`: it changed under our eyes; read again. */
export type ReadResult = { state: 'read'; reading: Reading } | { state: 'gone' } | { state: 'moved' };

/** GitHub lists no more commits of a pull request than these. */
const MAX_COMMITS = 250;

/**
 * Reads one pull request: one GraphQL request, and one REST request for each hundred files.
 *
 * @throws when GitHub refuses or fails; the caller retries
 */
export async function readPullRequest(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  identity: AppIdentity,
  evaluatedAt: string,
  memory: ReadingMemory = new ReadingMemory(),
): Promise<ReadResult> {
  // With files at hand, it is worth waiting for the head they must belong to.
  const listing = memory.hasFiles(name, number) ? null : listChangedFiles.firstPage(client, name, number);
  const remembered = memory.findComment(name, number);
  const [answer, firstPage] = await Promise.all([readSnapshot(client, name, number, identity, remembered), listing]);
  const repository = answer.repository;
  const node = repository?.pullRequest;
  if (!repository || !node || firstPage === 'gone') return { state: 'gone' };

  const totals = { files: node.changedFiles, additions: node.additions, deletions: node.deletions };
  const files = await readFiles(client, name, number, node, firstPage, memory);
  if (files === 'gone') return { state: 'gone' };
  if (files.heads.some((head) => head !== node.headRefOid)) return { state: 'moved' };

  const [commits, reviews, comments] = await Promise.all([
    readCommits(client, name, number, node),
    readReviews(client, name, number, node),
    readComments(client, name, number, node),
  ]);
  const comment = ownCommentOf(comments, identity, answer, remembered);
  memory.keepComment(name, number, comment?.nodeId ?? null);
  const pullRequest: PullRequest = {
    repository: {
      owner: repository.owner.login,
      name: repository.name,
      private: repository.isPrivate,
      defaultBranch: repository.defaultBranchRef?.name ?? '',
    },
    number,
    title: node.title,
    body: node.body ?? '',
    author: accountOf(node.author, node.authorAssociation),
    labels: node.labels?.nodes.map((label) => label.name) ?? [],
    draft: node.isDraft,
    state: node.state === 'OPEN' ? 'open' : node.state === 'MERGED' ? 'merged' : 'closed',
    base: { branch: node.baseRefName, sha: node.baseRef?.target?.oid ?? node.baseRefOid },
    head: headOf(node),
    commits,
    commitsComplete: commits.length === node.commits.totalCount,
    files: files.files,
    totals,
    filesComplete: addsUp(files, node),
    reviews: reviews.map(reviewOf),
    ticks: [],
    waivers: [],
    evaluatedAt,
  };
  return {
    state: 'read',
    reading: {
      pullRequest,
      layers: layersOf(answer),
      evidence: [
        [{ kind: 'file', path: '.gitattributes', side: 'base' }, fileAnswerOf(node.baseRef?.target?.attributes)],
        ...listsAtBase(answer, pullRequest),
      ],
      organisationLists: organisationListsOf(answer),
      comment,
      imitators: imitatorsIn(comments, COMMENT_MARKER, comment?.nodeId ?? null),
      commentIsGone: remembered !== null && comment?.nodeId !== remembered,
      spoken: spokenTexts(comments, reviews),
      check: ownCheckOf(node),
      siblings: siblingsOf(node, number, `${repository.owner.login}/${repository.name}`),
    },
  };
}

/** The folder of checklists and its files, where the change goes into the branch whose lists came along. */
function listsAtBase({ repository }: SnapshotAnswer, { base }: PullRequest): EvidenceEntry[] {
  if (repository?.defaultBranchRef?.target?.oid !== base.sha) return [];
  const request = { kind: 'folder', path: CHECKLISTS_FOLDER, side: 'base' } as const;
  const entries = repository.lists?.entries;
  if (!entries) return [[request, { state: 'absent' }]];
  return [
    [request, { state: 'found', entries: entries.map(({ name, type }) => ({ name, kind: kindOf(type) })) }],
    // What was cut short can be asked for again, whole.
    ...listFiles(repository.lists)
      .filter(({ answer }) => answer.state !== 'unavailable')
      .map(({ path, answer }): EvidenceEntry => [{ kind: 'file', path, side: 'base' }, answer]),
  ];
}

/** In the organisation's `.github` repository both layers would be the same files. */
function organisationListsOf({ repository, organisation }: SnapshotAnswer): ChecklistFile[] {
  return repository?.name.toLowerCase() === '.github' ? [] : listFiles(organisation?.lists);
}

function listFiles(folder: FolderNode): ChecklistFile[] {
  return (folder?.entries ?? [])
    .map((entry) => ({ path: `${CHECKLISTS_FOLDER}/${entry.name}`, answer: fileAnswerOf(entry) }))
    .filter(({ path, answer }) => isChecklistPath(path) && answer.state !== 'absent');
}

/** A kind of GitHub's trees in our words. */
function kindOf(type: string): 'file' | 'folder' | 'other' {
  return type === 'blob' ? 'file' : type === 'tree' ? 'folder' : 'other';
}

/** Why a file that is there has no text here; the contents API may still serve it. */
export const CUT_SHORT = 'GitHub cut it short because of its size';

/** A file's text as GraphQL gives it. GitHub cuts long blobs short and says so. */
export function fileAnswerOf(node: FileNode): FileAnswer {
  if (!node) return { state: 'absent' };
  const blob = node.object;
  // A folder or a submodule stands there: no file of that name.
  if (!blob || (blob.isTruncated === undefined && blob.text === undefined)) return { state: 'absent' };
  if (blob.isBinary) return { state: 'binary' };
  if (blob.isTruncated || blob.text === null || blob.text === undefined) {
    return { state: 'unavailable', cause: CUT_SHORT };
  }
  return { state: 'found', text: blob.text };
}

async function readSnapshot(
  client: GitHubClient,
  { owner, repo }: RepositoryName,
  number: number,
  { appId }: AppIdentity,
  ownComment: string | null,
): Promise<SnapshotAnswer> {
  const counting = { ownComment: ownComment ?? '', knowsComment: ownComment !== null };
  const variables = { owner, repo, number, appId, check: CHECK_NAME, config: CONFIG_PATH, ...counting };
  try {
    return snapshotAnswer.parse(await client.graphql(SNAPSHOT_QUERY, variables));
  } catch (error) {
    // An organisation without a `.github` repository, or one we are not installed on, is an ordinary case:
    // GitHub answers with the rest of the data and an error of type NOT_FOUND at that place.
    const data = dataBesideNotFound(error);
    if (data === undefined) throw error;
    return snapshotAnswer.parse(data);
  }
}

/** Where a NOT_FOUND says something about the world. Anywhere else a part of the answer is missing, not absent. */
const MAY_BE_ABSENT: ReadonlySet<string> = new Set([
  'organisation',
  'ownComment',
  'repository',
  'repository.pullRequest',
]);

function dataBesideNotFound(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  const errors = graphqlErrorsOf(error);
  const ordinary = errors.every(
    ({ type, path }) => type === 'NOT_FOUND' && Array.isArray(path) && MAY_BE_ABSENT.has(path.join('.')),
  );
  return errors.length > 0 && ordinary ? error.data : undefined;
}

function addsUp(listed: ListedFiles, node: PullRequestNode): boolean {
  const additions = listed.files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = listed.files.reduce((sum, file) => sum + file.deletions, 0);
  return (
    listed.files.length === node.changedFiles &&
    additions === node.additions &&
    deletions === node.deletions &&
    listed.files.every((file) => file.patch !== 'missing')
  );
}

async function readCommits(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  node: PullRequestNode,
): Promise<Commit[]> {
  const nodes = [...node.commits.nodes];
  let page = node.commits.pageInfo;
  while (page.hasNextPage && page.endCursor && nodes.length < MAX_COMMITS) {
    const answer = moreCommits.parse(
      await client.graphql(MORE_COMMITS_QUERY, { ...name, number, after: page.endCursor }),
    ).repository.pullRequest.page;
    nodes.push(...answer.nodes);
    page = answer.pageInfo;
  }
  return nodes.map(commitOf);
}

async function readReviews(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  node: PullRequestNode,
): Promise<ReviewNode[]> {
  const nodes = [...node.reviews.nodes];
  let page = node.reviews.pageInfo;
  while (page.hasNextPage && page.endCursor) {
    const answer = moreReviews.parse(
      await client.graphql(MORE_REVIEWS_QUERY, { ...name, number, after: page.endCursor }),
    ).repository.pullRequest.page;
    nodes.push(...answer.nodes);
    page = answer.pageInfo;
  }
  return nodes;
}

async function readComments(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  node: PullRequestNode,
): Promise<CommentNode[]> {
  const nodes = [...node.comments.nodes];
  let page = node.comments.pageInfo;
  while (page.hasNextPage && page.endCursor) {
    const answer = moreComments.parse(
      await client.graphql(MORE_COMMENTS_QUERY, { ...name, number, after: page.endCursor }),
    ).repository.pullRequest.page;
    nodes.push(...answer.nodes);
    page = answer.pageInfo;
  }
  return nodes;
}

/** Marker and author both: anybody can write the marker, and we may have written other comments. */
function ownCommentOf(
  comments: readonly CommentNode[],
  { slug }: AppIdentity,
  { ownComment }: SnapshotAnswer,
  remembered: string | null,
): OwnComment | null {
  const found = comments.find(
    ({ author, body }) => author?.__typename === 'Bot' && author.login === slug && body.startsWith(COMMENT_MARKER),
  );
  if (!found) return null;
  // Deleted and made anew since, ours is another comment than the one whose versions were counted.
  const edits = found.id === remembered ? ownComment?.userContentEdits : null;
  const isUntouched = found.lastEditedAt === null;
  return {
    id: found.fullDatabaseId,
    nodeId: found.id,
    body: found.body,
    createdAt: found.createdAt,
    editedAt: found.lastEditedAt,
    writtenBy: accountOf(isUntouched ? found.author : found.editor).login,
    // A text that nobody edited has no history on GitHub, and the first edit also counts what was there before.
    versions: isUntouched ? 1 : (edits?.totalCount ?? null),
  };
}

/** The files of the head that the snapshot shows: listed now, or remembered for exactly that head. */
async function readFiles(
  client: GitHubClient,
  name: RepositoryName,
  number: number,
  node: PullRequestNode,
  firstPage: FirstPage | null,
  memory: ReadingMemory,
): Promise<ListedFiles | 'gone'> {
  const { changedFiles: files, additions, deletions, headRefOid: head, baseRefName: base } = node;
  const key = { head, base, files, additions, deletions };
  const known = memory.findFiles(name, number, key);
  if (known) return known;
  const first = firstPage ?? (await listChangedFiles.firstPage(client, name, number));
  if (first === 'gone') return 'gone';
  const listed = await listChangedFiles.rest(client, name, number, first, { files, additions, deletions });
  // Only what is sure to belong to this head is kept: it is whole, and its entries say so.
  if (addsUp(listed, node) && listed.heads.length > 0 && listed.heads.every((one) => one === head))
    memory.keepFiles(name, number, key, listed);
  return listed;
}

function ownCheckOf(node: PullRequestNode): OwnCheck | null {
  const head = node.headCommit.nodes[0]?.commit;
  if (head?.oid !== node.headRefOid) return null;
  const runs = (head.checkSuites?.nodes ?? []).flatMap((suite) => suite?.checkRuns?.nodes ?? []);
  const newest = runs
    .filter((run) => run !== null)
    .filter((run) => run.name === CHECK_NAME && run.databaseId !== null)
    .sort((one, other) => (other.databaseId ?? 0) - (one.databaseId ?? 0))[0];
  if (!newest || newest.databaseId === null) return null;
  return {
    id: newest.databaseId,
    status: newest.status.toLowerCase(),
    conclusion: newest.conclusion?.toLowerCase() ?? null,
    text: newest.text ?? '',
    completedAt: newest.completedAt ?? null,
  };
}

function siblingsOf(node: PullRequestNode, number: number, fullName: string): number[] {
  const associated = node.headCommit.nodes[0]?.commit.associatedPullRequests?.nodes ?? [];
  return associated
    .filter((other) => other !== null)
    .filter(
      (other) =>
        other.number !== number &&
        other.state === 'OPEN' &&
        other.headRefOid === node.headRefOid &&
        other.baseRepository?.nameWithOwner.toLowerCase() === fullName.toLowerCase(),
    )
    .map((other) => other.number)
    .sort((one, other) => one - other);
}

function layersOf(answer: SnapshotAnswer): ConfigLayer[] {
  // In the organisation's `.github` repository both layers would be the same file, and no pull request could mend it.
  const isOrganisations = answer.repository?.name.toLowerCase() === '.github';
  const organisation = isOrganisations ? null : answer.organisation?.defaultBranchRef?.target?.configuration;
  const repository = answer.repository?.pullRequest?.baseRef?.target?.configuration;
  return [layerOf('organisation', organisation), layerOf('repository', repository)].filter((layer) => layer !== null);
}

function layerOf(source: ConfigLayer['source'], node: FileNode): ConfigLayer | null {
  const answer = fileAnswerOf(node);
  if (answer.state === 'absent') return null;
  // Binary or cut short: not a policy. The reader of the configuration says so, at its first character.
  return { source, path: CONFIG_PATH, text: answer.state === 'found' ? answer.text : '\0' };
}

function commitOf({ commit }: CommitNode): Commit {
  return {
    sha: commit.oid,
    message: commit.message,
    trailers: readTrailers(commit.message),
    author: signatureOf(commit.author),
    committer: signatureOf(commit.committer),
    parents: commit.parents.nodes.map((parent) => parent.oid),
  };
}

function signatureOf(node: CommitNode['commit']['author']): Signature {
  return { name: node?.name ?? '', email: node?.email ?? '', login: node?.user?.login ?? null };
}

const REVIEW_STATES = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
  PENDING: 'pending',
} as const;

function reviewOf(node: ReviewNode): SubmittedReview {
  return {
    id: node.fullDatabaseId ?? 0,
    author: accountOf(node.author, node.authorAssociation),
    mayWrite: node.authorCanPushToRepository,
    state: REVIEW_STATES[node.state],
    commit: node.commit?.oid ?? null,
    submittedAt: node.submittedAt,
    body: node.body,
  };
}

function headOf(node: PullRequestNode): PullRequest['head'] {
  const head = { branch: node.headRefName, sha: node.headRefOid, fromFork: node.isCrossRepository };
  const fork = node.isCrossRepository ? node.headRepository : null;
  return fork ? { ...head, fork: { owner: fork.owner.login, name: fork.name } } : head;
}
