/** Patches, held to git's own on random edits. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diffTexts } from './git/diff.ts';

const CASES = 200;

it('writes every patch as git does', () => {
  const random = randomNumbers(7);
  const texts = Array.from({ length: CASES }, () => randomEdit(random));
  const dir = mkdtempSync(path.join(tmpdir(), 'composure-diff-'));
  try {
    for (const side of ['a', 'b']) mkdirSync(path.join(dir, side));
    for (const [at, [before, after]] of texts.entries()) {
      writeFileSync(path.join(dir, 'a', `${at}.js`), before);
      writeFileSync(path.join(dir, 'b', `${at}.js`), after);
    }
    const patches = gitPatches(dir);
    const differing = texts.flatMap(([before, after], at) => {
      const expected = patches.get(String(at));
      const { patch } = diffTexts(before, after);
      return patch === expected ? [] : [{ before, after, expected, patch }];
    });
    expect(differing).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

/** From a file's number to its patch, without the headers. */
function gitPatches(dir: string): Map<string, string> {
  const output = diffOutput(dir);
  const files = output.split(/^diff --git a\/a\/(\d+)\.js .*\n/m).slice(1);
  const patches = new Map<string, string>();
  for (let at = 0; at < files.length; at += 2) {
    const text = files[at + 1] ?? '';
    const start = text.indexOf('@@');
    if (start !== -1) patches.set(files[at] ?? '', text.slice(start).replace(/\n$/, ''));
  }
  return patches;
}

function diffOutput(dir: string): string {
  try {
    return execFileSync('git', ['diff', '--no-index', 'a', 'b'], { cwd: dir, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout; // git ends with 1 where files differ
  }
}

/** A source file of up to 60 lines, and the same after a few lines were added, changed or removed. */
function randomEdit(random: (below: number) => number): [before: string, after: string] {
  const lines = Array.from({ length: random(60) }, (_, at) =>
    random(4) > 0 ? `  statement${random(30)}();` : `function f${at}() {`,
  );
  const edited = [...lines];
  for (let edits = 1 + random(5); edits > 0; edits -= 1) {
    const at = random(edited.length + 1);
    const kind = random(3);
    if (kind === 0) edited.splice(at, 1);
    else if (kind === 1) edited.splice(at, 0, `  added${random(99)}();`);
    else if (at < edited.length) edited[at] = `  changed${random(99)}();`;
  }
  const text = (all: string[]) => (all.length > 0 ? all.join('\n') + (random(6) > 0 ? '\n' : '') : '');
  return [text(lines), text(edited)];
}

/** The same numbers each time, so that a failure can be looked at. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state % below;
  };
}
