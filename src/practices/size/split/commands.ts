import type { PullRequest } from '../../../model/pull-request.ts';
import type { SplitPart } from './plan.ts';

/**
 * The commands that make the parts, for any POSIX shell with arrays of none: one line each. Commits are named by their
 * ids, so nothing that somebody called a branch gets near the shell. Each part starts from the one before; the last takes
 * over whatever is left, so that the trees are equal by construction, and the last command shows it.
 */
export function commandsFor(
  { number, base, head }: PullRequest,
  parts: readonly Pick<SplitPart, 'title' | 'branch' | 'paths'>[],
): string[] {
  const commands = number === null ? [] : ['git fetch origin'];
  const done = new Set<string>();
  const all = parts.flatMap((part) => part.paths);
  for (const [index, part] of parts.entries()) {
    for (const path of part.paths) done.add(path);
    const last = index === parts.length - 1;
    const start = index === 0 ? ` "$(git merge-base ${base.sha} ${head.sha})"` : '';
    const paths = last ? ['.'] : shorten(part.paths, all, done);
    // Without magic: a file may be called `*`, and then no other may be meant.
    const literal = paths.some((path) => /[*?[\]\\]|^:/.test(path)) ? ' --literal-pathspecs' : '';
    const message = `Part ${index + 1} of ${parts.length}: ${part.title}`;
    commands.push(
      `git switch --create ${quote(part.branch)}${start}`,
      `git${literal} restore --source ${head.sha} --staged --worktree -- ${paths.map(quote).join(' ')}`,
      `git commit --message ${quote(message)}`,
    );
  }
  commands.push(`git diff --exit-code ${head.sha}`);
  return commands;
}

/** Names a folder instead of its files where every changed file in it is taken over by now. */
function shorten(paths: readonly string[], all: readonly string[], done: ReadonlySet<string>): string[] {
  const open = new Set(all.filter((path) => !done.has(path)).flatMap(foldersAbove));
  const folders = new Map<string, number>();
  for (const path of paths) {
    for (const folder of foldersAbove(path)) if (!open.has(folder)) folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const named = paths.map((path) => foldersAbove(path).find((folder) => (folders.get(folder) ?? 0) > 1) ?? path);
  return [...new Set(named)];
}

/** `src`, `src/db` for `src/db/table.ts`: the highest first. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    folders.push(path.slice(0, slash));
  }
  return folders;
}

/** One word for a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_./@%+=:,-]+$/.test(word) && !word.startsWith('-')) return word;
  const controls = /[\x00-\x1f\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/u;
  if (!controls.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  // `$(printf …)` would lose a newline at the end; `$'…'` is in bash, zsh, ksh and the POSIX of 2024.
  const bytes = [...Buffer.from(word, 'utf8')].map((byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${bytes.join('')}'`;
}
