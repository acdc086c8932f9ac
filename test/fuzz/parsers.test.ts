import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createLimit } from '../../src/registries/limit.ts';
import { FUZZED_PARSERS } from './parsers.ts';

/** How long each parser is fed: a minute on a build machine, hardly at all at a desk; `COMPOSURE_FUZZ_MS` says otherwise. */
const FUZZ_MS = Number(process.env.COMPOSURE_FUZZ_MS ?? (process.env.CI ? 60_000 : 300));

/** A process that has not come back so long after its time is up hangs. */
const PATIENCE_MS = 60_000;

/**
 * Where the texts begin. A build machine begins at the same place each time, so that a red build is about the change and
 * not about luck; a desk begins anywhere, and finds what is new. A failure tells its seed, which may be given here.
 */
const SEED = process.env.COMPOSURE_FUZZ_SEED ?? (process.env.CI ? '20261120' : undefined);

/**
 * A small heap. On a large machine the engine else lets garbage lie, and what the process takes tells nothing about what
 * the parser needs. One that needs more dies of it.
 */
const SMALL_HEAP = ['--max-old-space-size=256', '--max-semi-space-size=16'];

/** How far the process may grow, in megabytes: the heap, and what native parsers hold beside it. */
const MAX_GROWTH = 400;

const CHILD = fileURLToPath(new URL('fuzz-parser.ts', import.meta.url));
const parsers = Object.keys(FUZZED_PARSERS);
const inTurn = createLimit(availableParallelism());
const run = promisify(execFile);

describe.concurrent('no text makes a parser fail, hang or swell', () => {
  test.each(parsers)(
    '%s',
    async (what) => {
      const { stdout } = await inTurn(() =>
        run(process.execPath, [...SMALL_HEAP, CHILD, what, String(FUZZ_MS), ...(SEED === undefined ? [] : [SEED])], {
          timeout: FUZZ_MS + PATIENCE_MS,
        }),
      );
      const seen = JSON.parse(stdout) as { texts: number; slowestMs: number; megabytes: number };
      expect(seen.texts).toBeGreaterThan(20);
      expect(seen.slowestMs).toBeLessThan(2_000);
      expect(seen.megabytes).toBeLessThan(MAX_GROWTH);
    },
    parsers.length * (FUZZ_MS + PATIENCE_MS),
  );
});
