/**
 * The rows of the emulator's in-memory store, as far as we read or write them.
 *
 * The tables belong to the package `emulate`; a row keeps fields it does not know, so a few of ours live there too
 * (they are marked). Field names are GitHub's.
 */

/** What every row has. Dates are ISO 8601, with milliseconds. */
export interface Row {
  id: number;
  created_at: string;
  updated_at: string;
}

/** One table. `findBy` is quick for the fields that `emulate` indexes, and scans for others. */
export interface Table<R extends Row> {
  get(id: number): R | undefined;
  all(): R[];
  findBy(field: keyof R & string, value: string | number): R[];
  findOneBy(field: keyof R & string, value: string | number): R | undefined;
  insert(row: Omit<R, keyof Row>): R;
  update(id: number, change: Partial<R>): R | undefined;
  delete(id: number): boolean;
}

/** Who can own a repository. */
export type OwnerType = 'User' | 'Organization';

/** A person or a bot. */
export interface UserRow extends Row {
  login: string;
  node_id: string;
  type: 'User' | 'Bot';
  name: string | null;
  email: string | null;
  site_admin: boolean;
  avatar_url: string;
  gravatar_id: string;
}

/** An organisation. */
export interface OrgRow extends Row {
  login: string;
  node_id: string;
  name: string | null;
  description: string | null;
  default_repository_permission: string;
}

/** A team; the one called `members` holds all members of its organisation. */
export interface TeamRow extends Row {
  node_id: string;
  org_id: number;
  slug: string;
  name: string;
  description: string | null;
  privacy: string;
  permission: string;
}

/** Who is in a team. */
export interface TeamMemberRow extends Row {
  team_id: number;
  user_id: number;
  role: 'member' | 'maintainer';
}

/** Which repositories a team has. */
export interface TeamRepoRow extends Row {
  team_id: number;
  repo_id: number;
  /** Ours: what the team may do in this repository; the team's own permission if absent. */
  permission?: string;
}

/** A repository. */
export interface RepoRow extends Row {
  node_id: string;
  name: string;
  full_name: string;
  owner_id: number;
  owner_type: OwnerType;
  private: boolean;
  description: string | null;
  fork: boolean;
  forked_from_id: number | null;
  default_branch: string;
  visibility: string;
  pushed_at: string | null;
  has_issues: boolean;
  delete_branch_on_merge: boolean;
  open_issues_count: number;
  forks_count: number;
  [field: string]: unknown;
}

/** Who was added to a repository, and what they may do. */
export interface CollaboratorRow extends Row {
  repo_id: number;
  user_id: number;
  permission: string;
}

/** An issue; each pull request has one of the same number. */
export interface IssueRow extends Row {
  node_id: string;
  repo_id: number;
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  state_reason: string | null;
  locked: boolean;
  active_lock_reason: string | null;
  user_id: number;
  assignee_ids: number[];
  label_ids: number[];
  milestone_id: number | null;
  comments: number;
  closed_at: string | null;
  closed_by_id: number | null;
  is_pull_request: boolean;
}

/** One version of an edited text; `editedBy` is a user's id. */
export interface Edit {
  editedAt: string;
  editedBy: number;
  body: string;
}

/** A pull request. */
export interface PullRequestRow extends Row {
  node_id: string;
  repo_id: number;
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  locked: boolean;
  user_id: number;
  assignee_ids: number[];
  label_ids: number[];
  milestone_id: number | null;
  head_ref: string;
  head_sha: string;
  head_repo_id: number;
  base_ref: string;
  base_sha: string;
  base_repo_id: number;
  merged: boolean;
  merged_at: string | null;
  merged_by_id: number | null;
  merge_commit_sha: string | null;
  mergeable: boolean | null;
  mergeable_state: string;
  comments: number;
  review_comments: number;
  commits: number;
  additions: number;
  deletions: number;
  changed_files: number;
  draft: boolean;
  requested_reviewer_ids: number[];
  requested_team_ids: number[];
  closed_at: string | null;
  auto_merge: AutoMerge | null;
  /** Ours: every version of the description, the oldest first; absent while it was never edited. */
  edits?: Edit[];
}

/** How a pull request is to be merged once it is ready. */
export interface AutoMerge {
  enabled_by: unknown;
  merge_method: string;
  commit_title: string | null;
  commit_message: string | null;
}

/** A label of a repository. */
export interface LabelRow extends Row {
  node_id: string;
  repo_id: number;
  name: string;
  color: string;
  default: boolean;
  description: string | null;
}

/** A comment on an issue, on a line of a pull request, or on a commit. */
export interface CommentRow extends Row {
  node_id: string;
  repo_id: number;
  comment_type: 'issue' | 'review' | 'commit';
  issue_number: number | null;
  pull_number: number | null;
  commit_sha: string | null;
  body: string;
  user_id: number;
  in_reply_to_id: number | null;
  path: string | null;
  position: number | null;
  line: number | null;
  side: string | null;
  subject_type: string | null;
  review_id: number | null;
  /** Ours: the App through which it was written. */
  app_id?: number | null;
  /** Ours: every version, the oldest first; absent while the comment was never edited. */
  edits?: Edit[];
}

/** A review. */
export interface ReviewRow extends Row {
  node_id: string;
  repo_id: number;
  pull_number: number;
  user_id: number;
  body: string | null;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  commit_id: string;
  submitted_at: string | null;
}

/** A branch; `RefRow` has it too, and the two must agree. */
export interface BranchRow extends Row {
  repo_id: number;
  name: string;
  sha: string;
  protected: boolean;
}

/** The protection of a branch, the older sister of rulesets. */
export interface BranchProtectionRow extends Row {
  repo_id: number;
  branch_name: string;
  required_status_checks: { strict: boolean; contexts: string[] } | null;
  required_pull_request_reviews: { required_approving_review_count: number } | null;
  /** Ours: the required checks with the App each must come from. */
  required_checks?: RequiredCheck[];
}

/** A check that must have succeeded before a merge; from any App where `appId` is null. */
export interface RequiredCheck {
  context: string;
  appId: number | null;
}

/** A ref by its full name. */
export interface RefRow extends Row {
  repo_id: number;
  ref: string;
  sha: string;
  node_id: string;
}

/** A commit. */
export interface CommitRow extends Row {
  repo_id: number;
  sha: string;
  node_id: string;
  tree_sha: string;
  parent_shas: string[];
  message: string;
  author_name: string;
  author_email: string;
  author_date: string;
  committer_name: string;
  committer_email: string;
  committer_date: string;
  user_id: number | null;
}

/** One line of a tree. */
export interface TreeEntry {
  path: string;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  size?: number;
}

/** A tree, one level of it. */
export interface TreeRow extends Row {
  repo_id: number;
  sha: string;
  node_id: string;
  tree: TreeEntry[];
  truncated: boolean;
}

/** The content of a file. */
export interface BlobRow extends Row {
  repo_id: number;
  sha: string;
  node_id: string;
  content: string;
  encoding: 'utf-8' | 'base64';
  size: number;
}

/** How far a check has come. */
export type CheckStatus = 'queued' | 'in_progress' | 'completed';

/** An annotation of a check run. */
export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number | null;
  end_column?: number | null;
  annotation_level: string;
  message: string;
  title?: string | null;
  raw_details?: string | null;
}

/** A check run. */
export interface CheckRunRow extends Row {
  node_id: string;
  repo_id: number;
  app_id: number;
  check_suite_id: number;
  head_sha: string;
  name: string;
  status: CheckStatus;
  conclusion: string | null;
  started_at: string | null;
  completed_at: string | null;
  external_id: string;
  details_url: string | null;
  output: { title: string | null; summary: string | null; text: string | null; annotations: Annotation[] };
  actions: { label: string; description: string; identifier: string }[];
}

/** All runs of one App on one commit. */
export interface CheckSuiteRow extends Row {
  node_id: string;
  repo_id: number;
  app_id: number;
  head_branch: string | null;
  head_sha: string;
  status: CheckStatus;
  conclusion: string | null;
  before: string | null;
  after: string | null;
}

/** An App. */
export interface AppRow extends Row {
  app_id: number;
  slug: string;
  name: string;
  description: string | null;
  private_key: string;
  permissions: Record<string, string>;
  events: string[];
  webhook_url: string | null;
  webhook_secret: string | null;
}

/** An App on an account. */
export interface InstallationRow extends Row {
  installation_id: number;
  app_id: number;
  account_type: OwnerType;
  account_id: number;
  account_login: string;
  repository_selection: 'all' | 'selected';
  repository_ids: number[];
  permissions: Record<string, string>;
  events: string[];
  suspended_at: string | null;
}

/** Everything the emulator stores, by `emulate`'s names. */
export interface Tables {
  users: Table<UserRow>;
  orgs: Table<OrgRow>;
  teams: Table<TeamRow>;
  teamMembers: Table<TeamMemberRow>;
  teamRepos: Table<TeamRepoRow>;
  repos: Table<RepoRow>;
  collaborators: Table<CollaboratorRow>;
  issues: Table<IssueRow>;
  pullRequests: Table<PullRequestRow>;
  labels: Table<LabelRow>;
  comments: Table<CommentRow>;
  reviews: Table<ReviewRow>;
  branches: Table<BranchRow>;
  branchProtections: Table<BranchProtectionRow>;
  refs: Table<RefRow>;
  commits: Table<CommitRow>;
  trees: Table<TreeRow>;
  blobs: Table<BlobRow>;
  checkRuns: Table<CheckRunRow>;
  checkSuites: Table<CheckSuiteRow>;
  apps: Table<AppRow>;
  appInstallations: Table<InstallationRow>;
}
