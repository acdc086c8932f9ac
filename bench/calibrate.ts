import { parseArgs } from 'node:util';
import { calibrate } from '../src/cli/calibrate.ts';
import { practices } from '../src/practices/index.ts';

const SAMPLE_MS = 50;

/**
 * `composure calibrate` on a real repository: `npm run bench -- calibrate --repository DIR [--commits N]`. Any clone will
 * do, a bare one too. Without one there is nothing to measure, and that is said.
 */
export async function measureCalibration(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { repository: { type: 'string' }, commits: { type: 'string', default: '5000' } },
  });
  if (values.repository === undefined) return { skipped: 'name a repository: --repository DIR' };
  let peakBytes = 0;
  const sample = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, SAMPLE_MS);
  const startedCpu = process.cpuUsage();
  try {
    const result = await calibrate(
      { cwd: values.repository, commits: values.commits, percentile: '90', alarmRate: '4', format: 'json' },
      { environment: process.env, clock: () => new Date(), practices, terminal: { width: 80 } },
    );
    if (result.exitCode !== 0) throw new Error(result.remarks.join('\n'));
    const { changes, leftOut, seconds } = JSON.parse(result.output) as {
      changes: number;
      leftOut: { byDependencyBots: number; empty: number };
      seconds: number;
    };
    const { user, system } = process.cpuUsage(startedCpu);
    const commits = changes + leftOut.byDependencyBots + leftOut.empty;
    return {
      commits,
      seconds,
      commitsPerSecond: Math.round(commits / seconds),
      // Ours alone; git reads beside us, on another core where there is one.
      cpuSeconds: Math.round((user + system) / 1e5) / 10,
      peakMegabytes: Math.round(peakBytes / 1e6),
    };
  } finally {
    clearInterval(sample);
  }
}
