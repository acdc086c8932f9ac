import type { ContentMark } from './content.ts';
import type { Json } from './review.ts';
import type { RepositoryRole } from './rights.ts';

/**
 * A pull request as Composure sees it: plain data, the same whether it was read from GitHub or from a local
 * repository. Practices read this and nothing else of the outside world.
 */
export interface PullRequest {
  repository: Repository;
  /** The number on GitHub; `null` for a review of a local branch. */
  number: number | null;
  title: string;
  /** Markdown as its author wrote it; empty when there is none. Hostile text. */
  body: string;
  author: Account;
  labels: string[];
  draft: boolean;
  state: 'open' | 'closed' | 'merged';
  /** The branch it goes into, at its present tip. The diff runs from the merge base, which may be older. */
  base: { branch: string; sha: string };
  /** `fork` is the repository the branch is in, where that is another one than this and still known. */
  head: { branch: string; sha: string; fromFork: boolean; fork?: { owner: string; name: string } };
  /** Oldest first. GitHub lists at most 250. */
  commits: Commit[];
  commitsComplete: boolean;
  /** In the order of their paths, compared byte by byte. */
  files: ChangedFile[];
  /** What the source says the whole change amounts to, however many files could be read. */
  totals: { files: number; additions: number; deletions: number };
  /** False when the files read do not add up to `totals`, or a patch is missing that should be there. */
  filesComplete: boolean;
  /** Oldest first; empty locally. */
  reviews: SubmittedReview[];
  /** What people answered for the items of our comment, by box or by command, oldest first; empty locally. */
  ticks: Tick[];
  /** Exceptions that people asked for or took back, whether they may or not, oldest first; empty locally. */
  waivers: WaiverRequest[];
  /** What each practice left for itself at the last look, by its id; absent locally and at the first look. */
  memory?: Readonly<Record<string, Json>>;
  /** When this evaluation looked at the world: ISO 8601, UTC. The only clock a practice may read. */
  evaluatedAt: string;
}

/** A repository, by the names GitHub gives it; a local one has the names of its folder. */
export interface Repository {
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
}

/** Someone who acts on GitHub. Compare by `id` where there is one: a login can be given away. */
export interface Account {
  /** GitHub's numeric id; `null` where only a name is known (a local commit, a deleted account). */
  id: number | null;
  /** As GitHub shows it in REST: bots end in `[bot]`. */
  login: string;
  kind: 'user' | 'bot' | 'unknown';
  /** The author's association with the repository, as GitHub names it; `NONE` locally. */
  association: string;
}

/** One commit of the pull request. */
export interface Commit {
  sha: string;
  /** The whole message, trailers included. Hostile text. */
  message: string;
  trailers: Trailer[];
  author: Signature;
  committer: Signature;
  parents: string[];
}

/** `Key: value` at the end of a commit message, as `git interpret-trailers` reads it. */
export interface Trailer {
  key: string;
  value: string;
}

/** Who a commit says made it. Anyone can write anything here; `login` is GitHub's own match by e-mail. */
export interface Signature {
  name: string;
  email: string;
  login: string | null;
}

/** What happened to a file. */
export type FileStatus = 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';

/** One file of the change. */
export interface ChangedFile {
  /** Path at head (at the merge base for a removed file), with `/`. Hostile text. */
  path: string;
  /** Where it was before; only for `renamed` and `copied`. */
  previousPath?: string;
  status: FileStatus;
  /** Lines added and deleted, as git counts them. Both 0 for a binary file. */
  additions: number;
  deletions: number;
  /** Git's id of the content at head; `null` for a removed file. */
  blob: string | null;
  /**
   * `text`: `hunks` hold the whole change (none for a pure rename or mode change).
   * `binary`: git or GitHub shows no text for it.
   * `missing`: there is text, and it could not be read (too large, truncated, malformed): never take it for small.
   */
  patch: 'text' | 'binary' | 'missing';
  hunks: Hunk[];
}

/** One hunk of a unified diff. Line numbers count from 1, as the `diff` package gives them: a side without lines starts where its next line would stand. */
export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  /** Each with its leading ` `, `+` or `-`; `\ No newline at end of file` stands as a line of its own. */
  lines: string[];
}

/** A review that somebody submitted. */
export interface SubmittedReview {
  id: number;
  author: Account;
  /** Whether its author has write access, as GitHub itself judges when it counts approvals. */
  mayWrite: boolean;
  state: 'approved' | 'changes-requested' | 'commented' | 'dismissed' | 'pending';
  /** The head commit it was made on; `null` when GitHub no longer knows it. */
  commit: string | null;
  submittedAt: string | null;
  body: string;
}

/** An item answered by a known person. Whether it counts is the practice's to say. */
export interface Tick {
  /** The item's id; from a command it may lack the list: `data-types` for `code/data-types`. */
  item: string;
  by: Account;
  /** What the repository let them do when they ticked. */
  permission: RepositoryRole;
  /** ISO 8601, UTC. */
  at: string;
  /** The head commit they were shown; `null` when unknown. */
  commit: string | null;
  /** The content that the item was about when it was shown to them; `null` when unknown, and then it counts for nothing. */
  content: ContentMark | null;
  /** The id of the comment or review whose command this is; `null` for a box. */
  command: string | null;
  /** What they looked at, in their own words. Hostile text. */
  evidence?: string;
  /** Why the item does not apply here, in their own words, where that is what they answered. Hostile text. */
  notApplicable?: string;
  /** Why it was undone earlier. Such a tick never counts again, whatever becomes of the reason. */
  refused?: string;
}

/** An exception that somebody asked for by command, or took back. */
export interface WaiverRequest {
  verb: 'waive' | 'unwaive';
  /** As it was written; perhaps no practice's id. Hostile text. */
  practice: string;
  by: Account;
  permission: RepositoryRole;
  /** ISO 8601, UTC. */
  at: string;
  /** The head commit they were shown; `null` when unknown. */
  commit: string | null;
  /** Empty where one is taken back. Hostile text. */
  reason: string;
  /** When it ends (ISO 8601, UTC); `null` for never. */
  until: string | null;
  /** The id of the comment or review whose command this is. */
  command: string;
}
