import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import type { Signal, SignalName } from '../model/signal.ts';
import { addedFragments } from './added-text.ts';
import { isProduct, languageOf } from './languages.ts';
import { signalsOfPlace } from './places.ts';
import { readLines } from './read-lines.ts';
import type { Seen } from './seen.ts';
import { readSyntax } from './syntax/read-syntax.ts';

/** A file tells its kind by its first lines; more of the same would only cost time. */
const MAX_PER_FILE_AND_SIGNAL = 5;

/**
 * What the added lines of the change tell of it, in the order of files and lines, each line once for each signal. Tests,
 * examples and generated files tell nothing. Pure, and safe on hostile text.
 */
export function findSignals({ files }: Pick<PullRequest, 'files'>): Signal[] {
  return files.flatMap((file) => signalsOfFile(file));
}

/** The same for one file. */
export function signalsOfFile(file: ChangedFile): Signal[] {
  if (file.status === 'removed' || file.hunks.length === 0) return [];
  const seen = signalsOfPlace(file);
  if (isProduct(file.path)) {
    const language = languageOf(file.path);
    if (language) {
      const fragments = addedFragments(file);
      const added = new Set(fragments.flatMap((each) => each.filter((line) => line.added).map((line) => line.number)));
      const found =
        language === 'javascript'
          ? readSyntax(file.path, fragments)
          : fragments.flatMap((fragment) => readLines(fragment, language));
      seen.push(...found.filter(({ line }) => added.has(line)));
    }
  }
  return tidy(seen).map(({ signal, line, because }) => ({ signal, path: file.path, line, because }));
}

/** In the order of lines, each line once for each signal, and not too many. */
function tidy(seen: readonly Seen[]): Seen[] {
  const lines = new Set<string>();
  const counts = new Map<SignalName, number>();
  return seen
    .toSorted((a, b) => a.line - b.line)
    .filter(({ signal, line }) => {
      const key = `${signal} ${line}`;
      const count = counts.get(signal) ?? 0;
      if (lines.has(key) || count >= MAX_PER_FILE_AND_SIGNAL) return false;
      lines.add(key);
      counts.set(signal, count + 1);
      return true;
    });
}
