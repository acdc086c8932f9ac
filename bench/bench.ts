import { measureAdr } from './adr.ts';
import { measureCalibration } from './calibrate.ts';
import { measureChaos } from './chaos.ts';
import { measureEvaluation } from './evaluation.ts';
import { measureImports } from './imports.ts';
import { measureIntake } from './intake.ts';
import { measureLatency } from './latency.ts';
import { measureRequests } from './requests.ts';
import { measureSignals } from './signals.ts';
import { measureSize } from './size.ts';

/** One benchmark: figures by name, plain JSON. */
type Bench = (args: readonly string[]) => Promise<object>;

/** Every benchmark. `npm run bench` runs all, `npm run bench -- NAME` one. */
const BENCHES: Readonly<Record<string, Bench>> = {
  chaos: measureChaos,
  calibrate: measureCalibration,
  adr: measureAdr,
  evaluation: measureEvaluation,
  intake: measureIntake,
  imports: measureImports,
  latency: measureLatency,
  requests: measureRequests,
  signals: measureSignals,
  size: measureSize,
};

/** Parts of `intake`, which need not be measured twice. */
const IN_INTAKE = new Set(['chaos', 'latency', 'requests']);

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(BENCHES).filter((one) => !IN_INTAKE.has(one)) : [name];
const results: Record<string, object> = {};
for (const one of chosen) {
  const bench = BENCHES[one];
  if (!bench) {
    process.stderr.write(`No benchmark is called “${one}”. There are: ${Object.keys(BENCHES).join(', ')}.\n`);
    process.exit(2);
  }
  process.stderr.write(`${one} …\n`);
  results[one] = await bench(args);
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
