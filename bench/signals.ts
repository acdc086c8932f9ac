import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parsePatch } from 'diff';
import { z } from 'zod';
import type { ChangedFile } from '../src/model/pull-request.ts';
import { SIGNALS, type SignalName } from '../src/model/signal.ts';
import { signalsOfFile } from '../src/signals/find-signals.ts';

/** One hunk of public code by its place, with what a person who read it says it is. The code itself stays where it is. */
const labelledHunk = z.strictObject({
  /** `owner/name`. */
  repository: z.string(),
  sha: z.string(),
  path: z.string(),
  /** Where the hunk begins at head, from 1. */
  line: z.int(),
  /**
   * Drawn one after the other, the fourth for rare signals only, the fifth from repositories that no other is from;
   * patterns were changed after each was labelled.
   */
  set: z.enum(['first', 'second', 'third', 'fourth', 'fifth']),
  labels: z.array(z.enum(SIGNALS)),
  note: z.string().optional(),
});
type LabelledHunk = z.infer<typeof labelledHunk>;

const HUNKS = new URL('./signals/hunks.json', import.meta.url);

/**
 * The precision of signals on labelled hunks: of those in which a signal is raised, how many bear its label. Recall is
 * given for these hunks only: most were drawn because something was raised in them, so it says little of other code.
 * Needs full clones: `--mirrors DIR` holds `owner+name/repo`, or `owner/name`, of each repository.
 */
export async function measureSignals(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({ args: [...args], options: { mirrors: { type: 'string' } } });
  const hunks = z.array(labelledHunk).parse(JSON.parse(readFileSync(HUNKS, 'utf8')));
  if (values.mirrors === undefined) return { skipped: 'give --mirrors DIR, a folder with clones of the repositories' };
  const read: { hunk: LabelledHunk; raised: ReadonlySet<SignalName> }[] = [];
  const missing: string[] = [];
  for (const hunk of hunks) {
    const file = readHunk(values.mirrors, hunk);
    if (file) read.push({ hunk, raised: new Set(signalsOfFile(file).map(({ signal }) => signal)) });
    else missing.push(`${hunk.repository}@${hunk.sha.slice(0, 7)}:${hunk.path}:${hunk.line}`);
  }
  const figuresOf = (set: LabelledHunk['set'] | null) =>
    figures(read.filter(({ hunk }) => set === null || hunk.set === set));
  return {
    hunks: read.length,
    missing,
    all: figuresOf(null),
    first: figuresOf('first'),
    second: figuresOf('second'),
    third: figuresOf('third'),
    fourth: figuresOf('fourth'),
    fifth: figuresOf('fifth'),
    wrong: read.flatMap(({ hunk, raised }) => {
      const signals = [...raised].filter((signal) => !hunk.labels.includes(signal));
      return signals.length > 0 ? [{ ...placeOf(hunk), signals, note: hunk.note }] : [];
    }),
  };
}

function figures(read: readonly { hunk: LabelledHunk; raised: ReadonlySet<SignalName> }[]) {
  const rows = SIGNALS.map((signal) => {
    const raised = read.filter((one) => one.raised.has(signal));
    const right = raised.filter(({ hunk }) => hunk.labels.includes(signal)).length;
    const labelled = read.filter(({ hunk }) => hunk.labels.includes(signal)).length;
    return { signal, raised: raised.length, right, labelled };
  });
  const total = rows.reduce((sum, row) => ({ raised: sum.raised + row.raised, right: sum.right + row.right }), {
    raised: 0,
    right: 0,
  });
  return {
    precision: share(total.right, total.raised),
    signals: rows.map((row) => ({
      ...row,
      precision: share(row.right, row.raised),
      recall: share(row.right, row.labelled),
    })),
  };
}

/** Three digits; `null` of nothing. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000) / 1_000;
}

function placeOf({ repository, sha, path, line }: LabelledHunk) {
  return { at: `${repository}@${sha.slice(0, 7)}:${path}:${line}` };
}

/** The hunk as a change of its own; `null` where the clone does not have it. */
function readHunk(mirrors: string, { repository, sha, path, line }: LabelledHunk): ChangedFile | null {
  const folders = [join(mirrors, repository.replace('/', '+'), 'repo'), join(mirrors, repository)];
  const folder = folders.find((one) => existsSync(one));
  if (!folder) return null;
  const patch = show(folder, sha, path);
  const hunk = patch && parsePatch(patch)[0]?.hunks.find((one) => one.newStart === line);
  if (!hunk) return null;
  return { path, status: 'modified', additions: 0, deletions: 0, blob: null, patch: 'text', hunks: [hunk] };
}

function show(folder: string, sha: string, path: string): string | null {
  const args = ['-C', folder, 'show', '--format=', '--no-renames', '-U3', sha, '--', path];
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
  } catch {
    return null;
  }
}
