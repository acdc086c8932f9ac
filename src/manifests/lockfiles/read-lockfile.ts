import { baseName } from '../../model/package-files.ts';
import { readBunLock } from './bun-lock.ts';
import type { LockfileResult } from './lockfile.ts';
import { readNpmLock } from './npm-lock.ts';
import { readPnpmLock } from './pnpm-lock.ts';
import { readYarnLock } from './yarn-lock.ts';

/** The lockfiles of npm's world by name, each with its reader; the first of them in a folder is the one in force. */
const READERS: Readonly<Record<string, (text: string) => LockfileResult>> = {
  'npm-shrinkwrap.json': readNpmLock,
  'package-lock.json': readNpmLock,
  'pnpm-lock.yaml': readPnpmLock,
  'yarn.lock': readYarnLock,
  'bun.lock': readBunLock,
};

/** Names of the lockfiles that can be read. Bun's old `bun.lockb` is binary, and nobody but Bun reads it. */
export const LOCKFILE_NAMES: readonly string[] = Object.keys(READERS);

const CONFLICT = /^(?:<{7} |={7}$|>{7} )/m;

/** Reads one lockfile by the name of its file. Never throws, whatever the text. */
export function readLockfile(path: string, text: string): LockfileResult {
  const read = READERS[baseName(path)];
  if (!read) return { ok: false, line: null, cause: 'it is of a kind that is not read' };
  const conflict = CONFLICT.exec(text);
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length;
    return { ok: false, line, cause: 'a merge left its conflict markers in it' };
  }
  try {
    const result = read(text);
    return result.ok ? result : { ...result, line: lineWithin(text, result.line) };
  } catch {
    // Only nesting that no package manager writes can exhaust the stack of the parsers.
    return { ok: false, line: null, cause: 'it nests deeper than any lockfile does' };
  }
}

/** Parsers count line ends that git does not, and name the line after the last where a text ends too early. */
function lineWithin(text: string, line: number | null): number | null {
  return line === null ? null : Math.min(line, text.split('\n').length);
}

/** Answers for the key of an entry its line in the text it was read from, from 1; `null` where it is not found. */
export function entryLines(text: string): (key: string) => number | null {
  let lines: Map<string, number> | null = null;
  return (key) => {
    lines ??= keyLines(text);
    return lines.get(key) ?? lines.get(key.slice(key.lastIndexOf('>') + 1)) ?? null;
  };
}

/** A key at the start of a line, in JSON, YAML or Yarn's own format. */
const KEY = /^[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'#{}[\]][^\n]*?)):(?:\s|$)/;

/** Longer keys than any real one are not looked at: on a hostile line every try costs its length. */
const MAX_KEY_LINE = 4000;

/** Every key with the line it first stands in. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    line++;
    if (end - at <= MAX_KEY_LINE) {
      const written = text.slice(at, end);
      const match = KEY.exec(written);
      // Yarn 1 quotes only the names that need it: `"@a/b@^1", c@^2:`.
      const key = match?.[1] ?? match?.[2] ?? match?.[3] ?? /^"(.*):\r?$/.exec(written)?.[1];
      const plain = key?.replaceAll('"', '');
      if (plain !== undefined && !lines.has(plain)) lines.set(plain, line);
    }
    at = end + 1;
  }
  return lines;
}
