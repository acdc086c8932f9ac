import { z } from 'zod';
import { CONFIG_PATH } from '../config/config.ts';
import { isChecklistPath } from '../gather-checklists.ts';
import type { Mark } from '../intake/store.ts';
import type { InRepository, Work } from '../intake/work.ts';
import { CODEOWNERS_PATHS } from '../model/codeowners.ts';
import { baseName } from '../model/package-files.ts';
import { tickFactOf } from './tick-facts.ts';

/** A webhook delivery after its signature was found right. */
export interface WebhookEvent {
  name: string;
  payload: unknown;
}

/** What `marksFor` must know of the world. */
export interface EventContext {
  appId: number;
  /** Our own bot's login, `slug[bot]`; `null` until GitHub told us. */
  botLogin: string | null;
  /** Milliseconds since 1970. */
  now: number;
  /** How long to wait after a push, in which more pushes often come. */
  debounceMs: number;
}

/** GitHub names at most this many commits in a push; beyond, we cannot know which files it changed. */
const MAX_COMMITS_IN_PUSH = 2048;

/** Names that count in subfolders, too: what is generated, and which registries are asked. */
const POLICY_NAMES: ReadonlySet<string> = new Set([
  '.gitattributes',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'bunfig.toml',
]);

/**
 * Files at the base that change how open pull requests are judged. Not manifests and records, which most merges change:
 * what they mean for others is told by the merge group, or at the next look.
 */
function isPolicyFile(path: string): boolean {
  const saysWho = (CODEOWNERS_PATHS as readonly string[]).includes(path);
  return path === CONFIG_PATH || saysWho || POLICY_NAMES.has(baseName(path)) || isChecklistPath(path);
}

/** What may be a command; the snapshot's own reading decides. */
const COMMAND = /^ {0,3}\/composure\b/m;

const PULL_REQUEST_ACTIONS: ReadonlySet<string> = new Set([
  'opened',
  'reopened',
  'edited',
  'ready_for_review',
  'converted_to_draft',
  'labeled',
  'unlabeled',
]);

const envelope = z.object({
  action: z.string().optional(),
  installation: z.object({ id: z.int() }),
  sender: z.object({ login: z.string() }).nullish(),
  repository: z
    .object({ name: z.string(), owner: z.object({ login: z.string() }), default_branch: z.string().optional() })
    .optional(),
});

const withPullRequest = z.object({ pull_request: z.object({ number: z.int(), head: z.object({ sha: z.string() }) }) });

const withComment = z.object({
  issue: z.object({ number: z.int(), pull_request: z.object({}).nullish() }),
  comment: z.object({ body: z.string() }),
  changes: z.object({ body: z.object({ from: z.string() }).optional() }).optional(),
});

const withCheckRun = z.object({
  check_run: z.object({
    head_sha: z.string(),
    external_id: z.string().nullish(),
    app: z.object({ id: z.int() }).nullish(),
  }),
});

const withCheckSuite = z.object({
  check_suite: z.object({ head_sha: z.string(), app: z.object({ id: z.int() }).nullish() }),
});

const withPush = z.object({
  ref: z.string(),
  forced: z.boolean().optional(),
  deleted: z.boolean().optional(),
  commits: z
    .array(
      z.object({
        added: z.array(z.string()).optional(),
        removed: z.array(z.string()).optional(),
        modified: z.array(z.string()).optional(),
      }),
    )
    .default([]),
});

const withMergeGroup = z.object({
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string(), base_sha: z.string(), base_ref: z.string() }),
});

const withAccount = z.object({ installation: z.object({ account: z.object({ login: z.string() }) }) });

/** What an event makes us look at again: nothing for most. Pure, and forgiving: an event we cannot read says nothing. */
export function marksFor(event: WebhookEvent, context: EventContext): Mark[] {
  const known = envelope.safeParse(event.payload);
  if (!known.success) return [];
  const { action = '', sender, installation, repository } = known.data;
  // Our own comments and checks come back to us as events.
  if (context.botLogin !== null && sender?.login === context.botLogin) return [];
  const at = repository
    ? { installation: installation.id, owner: repository.owner.login, repo: repository.name }
    : null;
  const now = (work: Work | null): Mark[] => (work ? [{ work, dueAt: context.now }] : []);

  if (event.name === 'installation' && action === 'created')
    return now(installationWork(event.payload, installation.id));
  if (event.name === 'installation_repositories' && action === 'added') {
    return now(installationWork(event.payload, installation.id));
  }
  if (!at) return [];
  switch (event.name) {
    case 'pull_request':
      return pullRequestMarks(event.payload, action, at, context);
    case 'pull_request_review': {
      const found = withPullRequest.safeParse(event.payload);
      return now(found.success ? { kind: 'pull-request', ...at, number: found.data.pull_request.number } : null);
    }
    case 'issue_comment':
      return now(commentWork(event.payload, action, at)).map((mark) => {
        const fact = action === 'edited' ? tickFactOf(event.payload, context) : null;
        return fact ? { ...mark, fact } : mark;
      });
    case 'check_run':
      return now(action === 'rerequested' ? checkRunWork(event.payload, at, context) : null);
    case 'check_suite':
      return now(action === 'rerequested' ? checkSuiteWork(event.payload, at, context) : null);
    case 'push':
      return now(pushWork(event.payload, at, repository?.default_branch));
    case 'merge_group':
      return now(action === 'checks_requested' ? mergeGroupWork(event.payload, at) : null);
    default:
      return [];
  }
}

function pullRequestMarks(payload: unknown, action: string, at: InRepository, context: EventContext): Mark[] {
  const found = withPullRequest.safeParse(payload);
  if (!found.success) return [];
  const { number, head } = found.data.pull_request;
  const work: Work = { kind: 'pull-request', ...at, number };
  if (action === 'synchronize') return [{ work, dueAt: context.now + context.debounceMs }];
  // A check belongs to a commit: another pull request with this head may have been held back by the one now closed.
  if (action === 'closed') return [{ work: { kind: 'head-commit', ...at, sha: head.sha }, dueAt: context.now }];
  return PULL_REQUEST_ACTIONS.has(action) ? [{ work, dueAt: context.now }] : [];
}

/** A tick, or our comment gone, or somebody's `/composure` command. Other talk is none of our business. */
function commentWork(payload: unknown, action: string, at: InRepository): Work | null {
  const found = withComment.safeParse(payload);
  if (!found.success || !found.data.issue.pull_request) return null;
  const { issue, comment, changes } = found.data;
  const concernsUs = [comment.body, changes?.body?.from ?? ''].some(
    (body) => body.includes('<!-- composure') || (action !== 'deleted' && COMMAND.test(body)),
  );
  return concernsUs ? { kind: 'pull-request', ...at, number: issue.number } : null;
}

function checkRunWork(payload: unknown, at: InRepository, { appId }: EventContext): Work | null {
  const found = withCheckRun.safeParse(payload);
  if (!found.success || found.data.check_run.app?.id !== appId) return null;
  const { external_id: externalId, head_sha: sha } = found.data.check_run;
  const number = /^[1-9][0-9]{0,9}$/.test(externalId ?? '') ? Number(externalId) : null;
  return number === null ? { kind: 'head-commit', ...at, sha } : { kind: 'pull-request', ...at, number };
}

/** GitHub lists no pull requests here when the head is in a fork, so the commit is all there is to go by. */
function checkSuiteWork(payload: unknown, at: InRepository, { appId }: EventContext): Work | null {
  const found = withCheckSuite.safeParse(payload);
  if (!found.success || found.data.check_suite.app?.id !== appId) return null;
  return { kind: 'head-commit', ...at, sha: found.data.check_suite.head_sha };
}

function pushWork(payload: unknown, at: InRepository, defaultBranch: string | undefined): Work | null {
  const found = withPush.safeParse(payload);
  if (!found.success || found.data.deleted || !found.data.ref.startsWith('refs/heads/')) return null;
  const { ref, commits, forced } = found.data;
  const unknowable = forced === true || commits.length >= MAX_COMMITS_IN_PUSH;
  const touched = commits.flatMap(({ added = [], removed = [], modified = [] }) => [...added, ...removed, ...modified]);
  if (!unknowable && !touched.some(isPolicyFile)) return null;
  const branch = ref.slice('refs/heads/'.length);
  const changesConfig = unknowable || touched.some((path) => path === CONFIG_PATH || isChecklistPath(path));
  if (changesConfig && at.repo === '.github' && branch === defaultBranch) {
    return { kind: 'installation', installation: at.installation, owner: at.owner };
  }
  return { kind: 'base-branch', ...at, branch };
}

function mergeGroupWork(payload: unknown, at: InRepository): Work | null {
  const found = withMergeGroup.safeParse(payload);
  if (!found.success) return null;
  const group = found.data.merge_group;
  return {
    kind: 'merge-group',
    ...at,
    headSha: group.head_sha,
    headRef: group.head_ref,
    baseSha: group.base_sha,
    baseBranch: group.base_ref.replace(/^refs\/heads\//, ''),
  };
}

function installationWork(payload: unknown, installation: number): Work | null {
  const found = withAccount.safeParse(payload);
  return found.success ? { kind: 'installation', installation, owner: found.data.installation.account.login } : null;
}
