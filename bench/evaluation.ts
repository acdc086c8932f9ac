import { readBuiltInChecklists } from '../src/checklists-folder.ts';
import { presetConfig } from '../src/config/presets.ts';
import { evaluate } from '../src/evaluate.ts';
import { gatherEvidence } from '../src/gather.ts';
import { NO_DEPENDENCY_CHANGES } from '../src/model/dependency.ts';
import type { ChangedFile, PullRequest } from '../src/model/pull-request.ts';
import { parseHunks } from '../src/parse-hunks.ts';
import { practices } from '../src/practices/index.ts';
import { renderCheck } from '../src/render/check-run.ts';
import { renderComment } from '../src/render/comment.ts';
import { pullRequest } from '../test/support/pull-request.ts';

const ROUNDS = 7;

/** The pure part, for changes of several sizes: patches parsed, evidence absent, judged and rendered. Milliseconds. */
export async function measureEvaluation(): Promise<object> {
  const curve = [];
  for (const [files, lines] of [
    [20, 1_000],
    [200, 10_000],
    [2_000, 100_000],
    [3_000, 150_000],
  ] as const) {
    curve.push(await measureOne(files, lines));
  }
  return { curve };
}

async function measureOne(fileCount: number, lineCount: number) {
  const patches = Array.from({ length: fileCount }, (_, index) => patchOf(index, Math.round(lineCount / fileCount)));
  const rounds: Awaited<ReturnType<typeof measureRound>>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound(patches));
  const of = (key: keyof (typeof rounds)[number]) => median(rounds.map((one) => one[key]));
  const total = of('parse') + of('gather') + of('evaluate') + of('render');
  return {
    files: fileCount,
    lines: lineCount,
    milliseconds: {
      parse: of('parse'),
      gather: of('gather'),
      evaluate: of('evaluate'),
      render: of('render'),
      total: round(total),
    },
    millisecondsPer1000Files: round((total / fileCount) * 1_000),
  };
}

async function measureRound(patches: readonly string[]) {
  const start = performance.now();
  const files = patches.map((patch, index) => fileOf(index, patch));
  const parsed = performance.now();
  const change: PullRequest = pullRequest({ files });
  const config = presetConfig('standard', practices);
  const evidence = await gatherEvidence(change, config, practices, {
    repository: async (requests) =>
      requests.map((request) =>
        request.kind === 'file' ? [request, { state: 'absent' }] : [request, { state: 'absent' }],
      ),
    packages: async () => [],
    dependencyChanges: async (requests) => requests.map((request) => [request, NO_DEPENDENCY_CHANGES]),
    checklists: async (requests) => requests.map((request) => [request, readBuiltInChecklists()]),
  });
  const gathered = performance.now();
  const review = evaluate(change, evidence, config, practices);
  const judged = performance.now();
  renderCheck({ review, pullRequest: change });
  renderComment({ review, pullRequest: change });
  const rendered = performance.now();
  return {
    parse: round(parsed - start),
    gather: round(gathered - parsed),
    evaluate: round(judged - gathered),
    render: round(rendered - judged),
  };
}

/** A third each of context, removed and added lines would flatter; most of a large change is new. */
function patchOf(index: number, lines: number): string {
  const added = Array.from({ length: lines }, (_, line) => `+export const value${index}_${line} = compute(${line});`);
  return [`@@ -1,3 +1,${lines + 3} @@`, ' import { compute } from "./compute.ts";', '', ...added, ' export {};']
    .join('\n')
    .replace('\n\n', '\n \n');
}

function fileOf(index: number, patch: string): ChangedFile {
  const hunks = parseHunks(patch);
  if (!hunks) throw new Error('The made-up patch does not parse');
  const additions = hunks.flatMap((hunk) => hunk.lines).filter((line) => line.startsWith('+')).length;
  const path = `src/part${index % 60}/module${index}.ts`;
  return { path, status: 'modified', additions, deletions: 0, blob: 'b'.repeat(40), patch: 'text', hunks };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
