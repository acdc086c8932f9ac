import { Evidence } from '../src/model/evidence.ts';
import type { ChangedFile } from '../src/model/pull-request.ts';
import { size } from '../src/practices/size.ts';
import { pullRequest } from '../test/support/pull-request.ts';

const ROUNDS = 5;

/**
 * The practice alone, moves and all, for changes of several sizes: new code, code that moved to other files with an edit
 * in every tenth line, re-indented code, and the worst input we know, lines that are all alike. Milliseconds.
 */
export async function measureSize(): Promise<object> {
  const curve = [];
  for (const lines of [1_000, 10_000, 100_000, 300_000]) curve.push(measureLines(Math.round(lines / 50), lines));
  return { curve, threeThousandFiles: measureLines(3_000, 150_000) };
}

type Kind = 'added' | 'moved' | 'reindented' | 'alike';

function measureLines(fileCount: number, lineCount: number) {
  const milliseconds = Object.fromEntries(
    (['added', 'moved', 'reindented', 'alike'] as const).map((kind) => {
      const files = filesOf(kind, fileCount, lineCount);
      const options = size.options.parse({});
      const rounds = Array.from({ length: ROUNDS }, () => {
        // A change that nobody has seen yet: what is known of the last one must not help.
        const change = pullRequest({ files: [...files] });
        const start = performance.now();
        size.evaluate(change, options, new Evidence());
        return performance.now() - start;
      });
      return [kind, Math.round(rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]! * 10) / 10];
    }),
  );
  const slowest = Math.max(...Object.values(milliseconds));
  const perLineLog = (slowest * 1e6) / (lineCount * Math.log2(lineCount));
  return { files: fileCount, lines: lineCount, milliseconds, nanosecondsPerLineTimesLog: Math.round(perLineLog) };
}

/** So many changed lines in so many files. What was deleted and added counts twice, as it does for git. */
function filesOf(kind: Kind, fileCount: number, lineCount: number): ChangedFile[] {
  const each = Math.round(lineCount / fileCount);
  const sides = kind === 'added' ? 1 : 2;
  return Array.from({ length: fileCount }, (_, index) => {
    const here = Array.from({ length: Math.round(each / sides) }, (_, line) => textOf(kind, index, line));
    const path = `src/part${index % 60}/module${index}.ts`;
    if (kind === 'added') return fileOf(path, [], here);
    if (kind === 'reindented')
      return fileOf(
        path,
        here,
        here.map((line) => `    ${line}`),
      );
    const from = (index + 1) % fileCount;
    const there = Array.from({ length: here.length }, (_, line) => textOf(kind, from, line));
    return fileOf(
      path,
      here,
      there.map((line, at) => (kind === 'moved' && at % 10 === 9 ? `${line} // edited` : line)),
    );
  });
}

function textOf(kind: Kind, file: number, line: number): string {
  if (kind === 'alike') return line % 2 === 0 ? 'return doTheSameThing(again);' : '}';
  return `export const value${file}_${line} = compute(${line}, "a string", { file: ${file} });`;
}

function fileOf(path: string, before: readonly string[], after: readonly string[]): ChangedFile {
  const lines = [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  return {
    path,
    status: 'modified',
    additions: after.length,
    deletions: before.length,
    blob: 'b'.repeat(40),
    patch: 'text',
    hunks: [{ oldStart: 1, oldLines: before.length, newStart: 1, newLines: after.length, lines }],
  };
}
