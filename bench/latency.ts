import { setTimeout } from 'node:timers/promises';
import { as, openPullRequest, push } from '../test/support/github/people.ts';
import { type Lab, startLab, WHERE } from './lab/lab.ts';

/** Before memory at rest is read. */
const REST_MS = 20_000;

/** Deliveries measured one after the other. */
const SAMPLES = 50;
const WARM_UP = 10;

/** Pull requests of the burst. */
const BURST = 200;

/** Events after which memory is looked at again; `--events N` for another number. */
const EVENTS = 20_000;

/** The largest pull request that GitHub lists whole, and the lines of each of its files. */
const MANY_FILES = 3_000;
const LINES_EACH = 50;

/** Deliveries under way at once. */
const SENDERS = 32;

/**
 * The rows of the peers' table that one process answers alone: from a delivery to the finished check, with and without
 * a GitHub that takes its time; 200 pull requests at once; and memory. The app runs in a process of its own, the emulator
 * and the load in this one, on the same cores.
 */
export async function measureLatency(args: readonly string[] = []): Promise<object> {
  const events = Number(args[args.indexOf('--events') + 1] || EVENTS);
  const lab = await startLab();
  try {
    // Some seconds after its start, a process without work gives back what starting took.
    await setTimeout(REST_MS);
    const atRest = await lab.memory();
    await onePerOne(lab, WARM_UP);
    const still = await onePerOne(lab, SAMPLES);
    const slow = await onePerOne(lab, SAMPLES, 20);
    const burst = await burstOf(lab, BURST);
    const memory = await memoryAfter(lab, events);
    const many = await manyFiles(lab);
    return {
      'delivery → final verdict, API 0 ms, p50/p99': summary(still),
      'the same, API 20 ms': summary(slow),
      'burst of 200 pull requests, budget unlimited': burst,
      'memory at rest → peak': { atRestMb: atRest.nowMb, ...memory },
      'pull request of 3,000 files': many,
    };
  } finally {
    await lab.close();
  }
}

/** Milliseconds from sending the delivery to GitHub's answer to the write of the finished check, one after the other. */
async function onePerOne(lab: Lab, count: number, latencyMs = 0): Promise<number[]> {
  const pulls = await lab.openQuietly(count);
  await lab.drained();
  lab.github.latencyMs = latencyMs;
  const taken: number[] = [];
  for (const { number, head } of pulls) {
    const check = lab.nextCheck(number);
    const start = performance.now();
    await lab.deliver(number, head);
    taken.push((await check).at - start);
    // The comment and its echo are not to weigh on the next one.
    await lab.drained();
  }
  lab.github.latencyMs = 0;
  return taken;
}

async function burstOf(lab: Lab, count: number) {
  const pulls = await lab.openQuietly(count);
  await lab.drained();
  const checks = pulls.map(({ number }) => lab.nextCheck(number));
  const cpuBefore = await lab.metric('process_cpu_seconds_total');
  const loadBefore = process.cpuUsage();
  const start = performance.now();
  const statuses = await Promise.all(pulls.map(({ number, head }) => lab.deliver(number, head)));
  const finished = await Promise.all(checks);
  const seconds = (Math.max(...finished.map(({ at }) => at)) - start) / 1_000;
  const load = process.cpuUsage(loadBefore);
  const cpuSeconds = (await lab.metric('process_cpu_seconds_total')) - cpuBefore;
  await lab.drained();
  return {
    answered: finished.length,
    seconds: round(seconds),
    perSecond: Math.round(count / seconds),
    // On a machine that others use as well, these say more than the clock.
    appCpuMsEach: round((cpuSeconds * 1_000) / count),
    emulatorCpuMsEach: round((load.user + load.system) / 1_000 / count),
    refusedDeliveries: statuses.filter((status) => status >= 300).length,
  };
}

/** Many events about few pull requests, as a busy day brings them; memory half way and at the end tell if it grows. */
async function memoryAfter(lab: Lab, events: number) {
  const pulls = await lab.openQuietly(100);
  await lab.drained();
  let sent = 0;
  let refused = 0;
  const send = async (until: number) => {
    while (sent < until) {
      const { number, head } = pulls[sent++ % pulls.length]!;
      if ((await lab.deliver(number, head)) >= 300) refused++;
    }
  };
  const sendAll = (until: number) => Promise.all(Array.from({ length: SENDERS }, () => send(until)));
  await sendAll(events / 2);
  await lab.drained();
  const halfWay = await lab.memory();
  await sendAll(events);
  await lab.drained();
  const end = await lab.memory();
  return { events, halfWayMb: halfWay.nowMb, endMb: end.nowMb, peakMb: end.peakMb, refusedDeliveries: refused };
}

/** Three pull requests of as many files as GitHub lists, one after the other. */
async function manyFiles(lab: Lab) {
  const alice = as(lab.github, 'alice');
  const taken: { milliseconds: number; appCpuMs: number }[] = [];
  for (const branch of ['many-1', 'many-2', 'many-3']) {
    const text = (file: number) =>
      Array.from({ length: LINES_EACH }, (_, line) => `export const v${line} = '${branch}-${file}';\n`).join('');
    const files = Array.from({ length: MANY_FILES }, (_, file) => [`src/${branch}/f${file}.ts`, text(file)] as const);
    await push(alice, { ...WHERE, branch, files: Object.fromEntries(files) });
    const { number, head } = await openPullRequest(alice, { ...WHERE, head: branch, title: branch });
    await lab.drained();
    const check = lab.nextCheck(number);
    const cpuBefore = await lab.metric('process_cpu_seconds_total');
    const start = performance.now();
    await lab.deliver(number, head.sha);
    const milliseconds = Math.round((await check).at - start);
    const cpuSeconds = (await lab.metric('process_cpu_seconds_total')) - cpuBefore;
    taken.push({ milliseconds, appCpuMs: Math.round(cpuSeconds * 1_000) });
    await lab.drained();
  }
  const median = (of: keyof (typeof taken)[number]) => taken.map((one) => one[of]).toSorted((a, b) => a - b)[1] ?? 0;
  const figures = { p50Ms: median('milliseconds'), p50AppCpuMs: median('appCpuMs') };
  return { files: MANY_FILES, lines: MANY_FILES * LINES_EACH, ...figures, taken };
}

function summary(taken: readonly number[]) {
  const sorted = taken.toSorted((one, other) => one - other);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { n: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
