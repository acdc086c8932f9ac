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
  const lines = files.reduce((sum, file) => sum + file.additions, 0);
  const depth = lines > MAX_PARSED_LINES ? 'patterns' : 'syntax';
  return files.flatMap((file) => signalsOfFile(file, depth));
}

/** How scripts are read: by syntax tree, or like every other language. */
type Depth = 'syntax' | 'patterns';

/** A tree costs about 50 µs a line. Nobody reviews a change as large as this line by line, and it must not keep others waiting. */
const MAX_PARSED_LINES = 10_000;

/** Files are plain data that nobody changes, and each is asked about several times while one change is judged. */
const known: Readonly<Record<Depth, WeakMap<ChangedFile, Signal[]>>> = {
  syntax: new WeakMap(),
  patterns: new WeakMap(),
};

/** The same for one file. */
export function signalsOfFile(file: ChangedFile, depth: Depth = 'syntax'): readonly Signal[] {
  const already = known[depth].get(file);
  if (already) return already;
  const signals = readFile(file, depth);
  known[depth].set(file, signals);
  return signals;
}

function readFile(file: ChangedFile, depth: Depth): Signal[] {
  if (file.status === 'removed' || file.hunks.length === 0) return [];
  const seen = signalsOfPlace(file);
  if (isProduct(file.path)) {
    const language = languageOf(file.path);
    if (language && !saysGenerated(file)) {
      const fragments = addedFragments(file);
      const found =
        language === 'javascript' && depth === 'syntax'
          ? readSyntax(file.path, fragments)
          : fragments.flatMap((fragment) => readLines(fragment, language));
      // Most files tell nothing; which lines were added is only asked of the others.
      if (found.length > 0) {
        const added = new Set(
          fragments.flatMap((each) => each.filter((line) => line.added).map((line) => line.number)),
        );
        seen.push(...found.filter(({ line }) => added.has(line)));
      }
    }
  }
  return tidy(seen).map(({ signal, line, because }) => ({ signal, path: file.path, line, because }));
}

/** Whether the first lines of a file, where the change shows them, say that a program wrote it. Migrations are read all the same. */
function saysGenerated(file: ChangedFile): boolean {
  const [first] = file.hunks;
  if (!first || first.newStart > 1 || signalsOfPlace(file).length > 0) return false;
  return first.lines
    .slice(0, 8)
    .some((line) =>
      /^[ +]\W*.{0,60}\b(?:auto-?generated|generated (?:by|using|with|from)|do not edit)\b/i.test(line.slice(0, 200)),
    );
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

/** Whether lines of such a file would be read for signals. */
export function readsSignalsOf(path: string): boolean {
  return isProduct(path) && languageOf(path) !== null;
}
