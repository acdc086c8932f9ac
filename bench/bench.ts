import { measureEvaluation } from './evaluation.ts';
import { measureLatency } from './latency.ts';
import { measureRequests } from './requests.ts';

/** One benchmark: figures by name, plain JSON. */
type Bench = (args: readonly string[]) => Promise<object>;

/** Every benchmark. `npm run bench` runs all, `npm run bench -- NAME` one. */
const BENCHES: Readonly<Record<string, Bench>> = {
  evaluation: measureEvaluation,
  latency: measureLatency,
  requests: measureRequests,
};

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(BENCHES) : [name];
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
