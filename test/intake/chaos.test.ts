import { describe, expect, it } from 'vitest';
import { runChaos } from '../support/chaos/run-chaos.ts';

/** A short form of `npm run bench -- chaos`, which does two hundred rounds. */
describe.each(['sqlite', 'postgres'] as const)('the app on %s, killed again and again', (store) => {
  it('loses nothing, leaves nothing stuck, and does nothing twice at once', async () => {
    const result = await runChaos({ store, rounds: 4, pullRequests: 2, seed: store.length });
    expect(result).toMatchObject({ different: [], overlaps: [], stuck: 0 });
    expect(result.kills).toBe(6);
    expect(result.evaluations).toBeGreaterThan(4);
  }, 120_000);
});
