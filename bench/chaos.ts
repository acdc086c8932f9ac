import { type ChaosOptions, type ChaosResult, runChaos } from '../test/support/chaos/run-chaos.ts';

const ROUNDS = 200;

/**
 * `npm run bench -- chaos [ROUNDS] [sqlite|postgres]`: the app killed at random moments, GitHub failing, deliveries lost
 * and doubled. Ends with 1 where anything was lost, stuck, or done twice at once.
 */
export async function measureChaos([rounds = String(ROUNDS), only]: readonly string[]): Promise<object> {
  const stores = (['sqlite', 'postgres'] as const).filter((store) => only === undefined || only === store);
  const results: Partial<Record<ChaosOptions['store'], ChaosResult>> = {};
  for (const store of stores) {
    const result = await runChaos({
      store,
      rounds: Number(rounds),
      pullRequests: 12,
      seed: 7,
      onRound: (round) => process.stderr.write(round % 20 === 0 ? `  ${store}: round ${round}\n` : ''),
    });
    results[store] = result;
    if (result.different.length + result.overlaps.length + result.stuck > 0) process.exitCode = 1;
  }
  return results;
}
