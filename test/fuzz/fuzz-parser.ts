import { setPriority } from 'node:os';
import fc from 'fast-check';
import { FUZZED_PARSERS } from './parsers.ts';

/**
 * Feeds one parser hostile texts for some milliseconds, in a process of its own: a parser that hangs, dies or eats the
 * memory of the machine takes nobody else with it. Prints what it saw; a text that the parser gets wrong ends it with 1.
 */
const [what = '', milliseconds = '1000', seed] = process.argv.slice(2);
const parser = FUZZED_PARSERS[what];
if (!parser) throw new Error(`There is no parser for ${what}`);
// A minute of this is no reason for the tests beside it to be late.
setPriority(5);

const token = fc.constantFrom(...parser.tokens, '\n', '\r\n', '\0', ' ', '\t', '__proto__');
const edits = fc.array(fc.tuple(fc.nat(3_000), fc.nat(40), fc.nat(12), token), { maxLength: 20 });
const mangled = fc.tuple(fc.constantFrom(...parser.seeds, ''), edits).map(([seed, changes]) =>
  changes.reduce((text, [at, length, times, put]) => {
    const place = text.length === 0 ? 0 : at % (text.length + 1);
    return text.slice(0, place) + put.repeat(times) + text.slice(place + length);
  }, seed),
);
const repeated = fc.tuple(token, token, fc.nat(4_000)).map(([one, other, times]) => `${one}${other}`.repeat(times));
const anything = fc.oneof(
  { weight: 6, arbitrary: mangled },
  { weight: 3, arbitrary: fc.array(token, { maxLength: 200 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: repeated },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 500 }) },
);

const atStart = process.memoryUsage().rss;
let texts = 0;
let slowest = 0;
await fc.assert(
  fc.asyncProperty(anything, async (text) => {
    const before = process.cpuUsage();
    parser.read(text);
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1_000);
    texts++;
    // What a native parser holds is given back between two turns of the event loop, and never within one.
    if (parser.native || texts % 20 === 0) await new Promise(setImmediate);
  }),
  {
    numRuns: 1_000_000_000,
    interruptAfterTimeLimit: Number(milliseconds),
    markInterruptAsFailure: false,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  },
);
const megabytes = Math.round((process.resourceUsage().maxRSS * 1024 - atStart) / 1e6);
process.stdout.write(JSON.stringify({ texts, slowestMs: Math.round(slowest), megabytes }));
