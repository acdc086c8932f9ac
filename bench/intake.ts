import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureChaos } from './chaos.ts';
import { measureAcknowledging } from './intake/acknowledge.ts';
import { renderFigures } from './intake/figures.ts';
import { measureKilled } from './intake/killed.ts';
import { measureReplicas } from './intake/replicas.ts';
import { measureLatency } from './latency.ts';
import { measureRequests } from './requests.ts';

/** What operators trust, by the names that may stand on the command line. */
const PARTS = {
  requests: measureRequests,
  latency: () => measureLatency(),
  sqlite: () => measureAcknowledging('sqlite'),
  postgres: () => measureAcknowledging('postgres'),
  replicas: measureReplicas,
  killed: measureKilled,
  chaos: () => measureChaos([]),
} satisfies Record<string, () => Promise<object>>;

const PAGE = fileURLToPath(new URL('../docs/operations.md', import.meta.url));

/**
 * `npm run bench -- intake [PART…] [--write]`: all parts, or those named. After all of them the tables of
 * `docs/operations.md` are printed to standard error; `--write` puts them into that page.
 */
export async function measureIntake(args: readonly string[]): Promise<object> {
  const named = args.filter((arg) => !arg.startsWith('--'));
  const busy = loadavg()[0] ?? 0;
  const measured: Record<string, object> = {};
  for (const [name, measure] of Object.entries(PARTS)) {
    if (named.length > 0 && !named.includes(name)) continue;
    process.stderr.write(`  ${name}\n`);
    measured[name] = await measure();
  }
  if (named.length > 0) return measured;
  const date = new Date().toISOString().slice(0, 10);
  const load = `load average ${busy.toFixed(1)} before it began`;
  const machine = `on ${date} with Node ${process.versions.node} on ${availableParallelism()} cores, ${load}`;
  const figures = renderFigures(measured, machine);
  process.stderr.write(`\n${figures}\n`);
  if (args.includes('--write')) writeFigures(figures);
  return measured;
}

function writeFigures(figures: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const between = /(?<=<!-- figures -->\n)[\s\S]*(?=\n<!-- \/figures -->)/;
  if (!between.test(page)) throw new Error('docs/operations.md has no place for figures');
  writeFileSync(
    PAGE,
    page.replace(between, () => figures),
  );
}
