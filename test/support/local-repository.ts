import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type LocalPullRequest, type LocalSnapshot, readLocalPullRequest } from '../../src/git/read.ts';

/** Text or bytes of an ordinary file; or what else a path can hold; or nothing any more. */
export type Content =
  | string
  | Uint8Array
  | { executable: string }
  /** A symbolic link, with its target. */
  | { link: string }
  /** A submodule, at a commit of 40 hex digits. */
  | { submodule: string }
  | null;

/** One commit on a branch, with what it changes. A branch that is new begins at `from`. */
export interface Step {
  /** `main` when it is left out. */
  on?: string;
  from?: string;
  message?: string;
  author?: { name: string; email: string };
  files?: Readonly<Record<string, Content>>;
  /** A branch merged in; its files are not merged by themselves: state them. */
  merge?: string;
}

/** A repository of this test file, removed when the file is done. */
export interface TestRepository {
  /** Its folder: the checkout, or the bare repository itself. */
  path: string;
  /** Runs git in it, isolated from this machine's configuration, and gives back what it printed. */
  git(...args: string[]): string;
}

const ALICE = { name: 'Alice', email: 'alice@example.com' };
const FIRST_SECOND = 1_700_000_000;

const root = realpathSync(mkdtempSync(join(tmpdir(), 'composure-test-')));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

const snapshots: LocalSnapshot[] = [];
afterAll(() => Promise.all(snapshots.map((snapshot) => snapshot.close())));

/** Reads what a test relies on, and gives it back when the test file is done. Throws where it cannot be read. */
export async function readLocally(
  request: Omit<LocalPullRequest, 'evaluatedAt'> & { evaluatedAt?: string },
): Promise<LocalSnapshot> {
  const answer = await readLocalPullRequest({
    evaluatedAt: '2026-11-20T12:00:00Z',
    environment: isolated,
    ...request,
  });
  if (!answer.ok) throw new Error(answer.message);
  snapshots.push(answer);
  return answer;
}

let folders = 0;

/** A folder of this test file, removed when the file is done. The name is what a path shows. */
export function temporaryFolder(name = 'folder'): string {
  const folder = join(root, String(folders++), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The variables with which git forgets whose machine this is. */
export const isolated: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  HOME: root,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_AUTHOR_NAME: ALICE.name,
  GIT_AUTHOR_EMAIL: ALICE.email,
  GIT_AUTHOR_DATE: `${FIRST_SECOND} +0000`,
  GIT_COMMITTER_NAME: ALICE.name,
  GIT_COMMITTER_EMAIL: ALICE.email,
  GIT_COMMITTER_DATE: `${FIRST_SECOND} +0000`,
};

/** Runs git in a folder, isolated, and gives back what it printed. Throws when it fails. */
export function gitIn(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: isolated, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Makes a repository from its commits, with the last one's branch checked out. Goes through `git fast-import`, so
 * that names no file system would take, and thousands of files, are all the same to it.
 */
export function createRepository(
  steps: readonly Step[],
  options: { bare?: boolean; name?: string } = {},
): TestRepository {
  const { bare = false, name = bare ? 'widgets.git' : 'widgets' } = options;
  const path = temporaryFolder(name);
  const git = (...args: string[]) => gitIn(path, ...args);
  git('init', '--quiet', '--initial-branch=main', ...(bare ? ['--bare'] : []));
  execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: path, env: isolated, input: streamOf(steps) });
  const last = steps.at(-1)?.on ?? 'main';
  git('symbolic-ref', 'HEAD', `refs/heads/${last}`);
  if (!bare) git('reset', '--quiet', '--hard');
  return { path, git };
}

function streamOf(steps: readonly Step[]): Buffer {
  const parts: Buffer[] = [];
  const write = (text: string) => parts.push(Buffer.from(text));
  const data = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content);
    write(`data ${bytes.length}\n`);
    parts.push(bytes);
    write('\n');
  };
  const known = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const { on = 'main', from = 'main', message = `Commit ${index + 1}`, author = ALICE } = step;
    const when = `${FIRST_SECOND + index * 60} +0000`;
    write(`commit refs/heads/${on}\n`);
    write(`author ${author.name} <${author.email}> ${when}\ncommitter ${ALICE.name} <${ALICE.email}> ${when}\n`);
    data(message);
    if (!known.has(on) && known.has(from)) write(`from refs/heads/${from}\n`);
    if (step.merge) write(`merge refs/heads/${step.merge}\n`);
    known.add(on);
    // Removals first: a folder may make room for a file of its name.
    const changes = Object.entries(step.files ?? {});
    for (const [path, content] of changes) if (content === null) write(`D ${quoted(path)}\n`);
    for (const [path, content] of changes) {
      if (content === null) continue;
      if (typeof content === 'string' || content instanceof Uint8Array) {
        write(`M 100644 inline ${quoted(path)}\n`);
        data(content);
      } else if ('submodule' in content) {
        write(`M 160000 ${content.submodule} ${quoted(path)}\n`);
      } else {
        const [mode, text] = 'link' in content ? ['120000', content.link] : ['100755', content.executable];
        write(`M ${mode} inline ${quoted(path)}\n`);
        data(text);
      }
    }
  }
  write('done\n');
  return Buffer.concat(parts);
}

function quoted(path: string): string {
  const escaped = path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
