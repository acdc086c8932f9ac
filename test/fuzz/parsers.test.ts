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

const CHILD = fileURLToPath(new URL('fuzz-parser.ts', import.meta.url));
const parsers = Object.keys(FUZZED_PARSERS);
const inTurn = createLimit(availableParallelism());
const run = promisify(execFile);

describe.concurrent('no text makes a parser fail, hang or swell', () => {
  test.each(parsers)(
    '%s',
    async (what) => {
      const { stdout } = await inTurn(() =>
        run(process.execPath, [CHILD, what, String(FUZZ_MS)], { timeout: FUZZ_MS + PATIENCE_MS }),
      );
      const seen = JSON.parse(stdout) as { texts: number; slowestMs: number; megabytes: number };
      expect(seen.texts).toBeGreaterThan(20);
      expect(seen.slowestMs).toBeLessThan(2_000);
      expect(seen.megabytes).toBeLessThan(400);
    },
    parsers.length * (FUZZ_MS + PATIENCE_MS),
  );
});
