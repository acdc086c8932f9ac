import { z } from 'zod';

const percentiles = z.object({ p50Ms: z.number(), p99Ms: z.number() });
const counted = z.object({ requests: z.number(), reads: z.number(), writes: z.number() });
const sent = z.object({ perSecond: z.number(), p50Milliseconds: z.number(), p99Milliseconds: z.number() });
const acknowledged = z.object({ sustained: sent, flatOut: sent });
const chaos = z.object({
  rounds: z.number(),
  kills: z.number(),
  databaseKills: z.number(),
  faults: z.number(),
  different: z.array(z.string()),
  overlaps: z.array(z.string()),
  stuck: z.number(),
});

/** What the table is made of: what `npm run bench -- intake` measures, by name. */
const results = z.object({
  requests: z.object({
    opened: counted,
    pushed: counted,
    openedWithDependency: counted,
    pushedWithDependency: counted,
    ticked: counted,
    threeThousandFiles: counted,
  }),
  latency: z.object({
    'delivery → final verdict, API 0 ms, p50/p99': percentiles,
    'the same, API 20 ms': percentiles,
    'burst of 200 pull requests, budget unlimited': z.object({
      answered: z.number(),
      perSecond: z.number(),
      refusedDeliveries: z.number(),
    }),
    'memory at rest → peak': z.object({
      atRestMb: z.number(),
      halfWayMb: z.number(),
      endMb: z.number(),
      peakMb: z.number(),
      events: z.number(),
    }),
    'pull request of 3,000 files': z.object({ p50Ms: z.number(), p50AppCpuMs: z.number() }),
  }),
  sqlite: acknowledged,
  postgres: acknowledged,
  replicas: z.object({
    events: z.number(),
    evaluations: z.number(),
    eventsPerEvaluation: z.number(),
    evaluatedTwiceAtOnce: z.number(),
    withoutCheck: z.number(),
    secondsToFinish: z.number(),
    quietOrganisation: z.object({ waitSeconds: z.object({ p50: z.number(), longest: z.number() }) }),
  }),
  killed: z.object({ accepted: z.number(), answered: z.number() }),
  chaos: z.object({ sqlite: chaos, postgres: chaos }),
});

type Results = z.infer<typeof results>;

const PEERS = ['mergeable 2.17', 'policy-bot', 'danger 14 (CI)', 'task-list-completed', 'pull-request-size'];

/** The tables of `docs/operations.md`, from what was measured. Throws where something is missing. */
export function renderFigures(measured: unknown, machine: string): string {
  const all = results.parse(measured);
  return [
    `Measured ${machine}. The app runs as \`npm start\` starts it, in a process of its own; the emulator and the load run`,
    'in another, on the same cores. A delivery is timed from sending it to GitHub’s answer to the write of the finished check.',
    '',
    table(['what', 'wanted', 'measured'], wantedRows(all)),
    '',
    table(['on the same emulator, 2 cores', 'Composure', ...PEERS], comparedRows(all)),
  ].join('\n');
}

function wantedRows({ chaos, sqlite, postgres, replicas, latency, requests }: Results): string[][] {
  const still = latency['delivery → final verdict, API 0 ms, p50/p99'];
  const slow = latency['the same, API 20 ms'];
  const burst = latency['burst of 200 pull requests, budget unlimited'];
  const memory = latency['memory at rest → peak'];
  const many = latency['pull request of 3,000 files'];
  const { waitSeconds } = replicas.quietOrganisation;
  return [
    ...(['sqlite', 'postgres'] as const).map((store) => {
      const { rounds, kills, databaseKills, faults, different, overlaps, stuck } = chaos[store];
      const killed = `${kills} kills of the app, ${databaseKills} of the database, ${faults} faults of GitHub`;
      const seen = `${different.length} lost, ${stuck} stuck, ${overlaps.length} evaluated twice at once`;
      return [`chaos, ${rounds} rounds, ${store}`, '0 lost, 0 stuck, 0 evaluated twice at once', `${seen} (${killed})`];
    }),
    ['webhooks of 24 KB acknowledged, SQLite', '1,000 a second, p99 under 50 ms', speedOf(sqlite)],
    ['the same, PostgreSQL', 'within a factor of two', speedOf(postgres)],
    [
      `two replicas, 500 pull requests, ${replicas.events} events`,
      'one evaluation of a key at a time',
      `${replicas.eventsPerEvaluation} events for each of ${replicas.evaluations} evaluations, ${replicas.evaluatedTwiceAtOnce} twice at once, ${replicas.withoutCheck} without a check, ${replicas.secondsToFinish} s`,
    ],
    [
      'another organisation during that burst',
      'waits 30 s at most',
      `${waitSeconds.longest} s at most, p50 ${waitSeconds.p50} s, of which 2 s are the wait after a push`,
    ],
    ['delivery → finished check, API 0 ms', 'p50 under 25 ms', pairOf(still)],
    ['the same, API 20 ms', 'p50 under 90 ms, p99 under 250 ms', pairOf(slow)],
    [
      'burst of 200 pull requests, limits higher',
      '100 a second',
      `${burst.perSecond} a second, ${burst.refusedDeliveries} refused`,
    ],
    [
      'pull request of 3,000 files',
      '36 requests, 1 s',
      `${requests.threeThousandFiles.requests} requests, ${many.p50Ms} ms, of which ${many.p50AppCpuMs} ms are the app’s own`,
    ],
    [
      'memory at rest, after 20,000 events',
      '120 MB, 200 MB, flat',
      `${memory.atRestMb} MB, ${memory.endMb} MB (half way ${memory.halfWayMb}, peak ${memory.peakMb})`,
    ],
  ];
}

function comparedRows({ requests, latency, killed }: Results): string[][] {
  const { opened, pushed, openedWithDependency, pushedWithDependency, ticked, threeThousandFiles } = requests;
  const many = latency['pull request of 3,000 files'];
  const split = ({ reads, writes }: z.infer<typeof counted>) => `${reads}+${writes}`;
  const burst = latency['burst of 200 pull requests, budget unlimited'];
  const memory = latency['memory at rest → peak'];
  return [
    [
      'requests, opened (reads+writes), warm cache',
      `${split(opened)}; ${split(openedWithDependency)} with a new dependency`,
      '13+3',
      '2+1',
      '9+2',
      '3+1',
      '7+1',
    ],
    [
      'requests, push, warm cache',
      `${split(pushed)}; ${split(pushedWithDependency)} with a new dependency`,
      '16+4',
      '2+1',
      '9+2',
      '3+1',
      '8+1',
    ],
    ['requests, tick (comment edited)', split(ticked), '3+0', '2+0', '–', '4+1', '0'],
    [
      'delivery → final verdict, API 0 ms, p50/p99',
      pairOf(latency['delivery → final verdict, API 0 ms, p50/p99']),
      '1,962/1,965 ms (throttle off 54/167)',
      '6/17 ms',
      '435/479 ms',
      '963/969 (29/50)',
      '964/1,320 (51/70)',
    ],
    [
      'the same, API 20 ms',
      pairOf(latency['the same, API 20 ms']),
      '1,199/1,402 ms (196/223)',
      '67/70 ms',
      '622/662 ms',
      '160/254 (111/124)',
      '275/1,375 (196/219)',
    ],
    [
      'burst of 200 pull requests',
      `${burst.answered} answered, ${burst.perSecond}/s`,
      '119 done after 440 s (off: 82/s)',
      '89 answered 503 and lost; queue enlarged: 251/s',
      '3.4/s',
      '0.99/s (117/s)',
      '0.84/s (86/s)',
    ],
    [
      'memory at rest → peak',
      `${memory.atRestMb} → ${memory.peakMb} MB`,
      '83 → 302 MB',
      '15 → 35 MB',
      '107 MB a job',
      '83 → 324 MB',
      '89 → 251 MB',
    ],
    [
      '30 events accepted, SIGKILL, restart: verdicts posted',
      `${killed.answered} of ${killed.accepted}`,
      '0 of 30',
      '0 of 30',
      '–',
      '11 of 30',
      '–',
    ],
    [
      'pull request of 3,000 files',
      `whole: ${threeThousandFiles.requests} requests, ${seconds(many.p50Ms)} s`,
      'whole: 511 requests, 4.4 s',
      'refuses with an error',
      'whole: 40 requests, 0.66 s',
      'ignores files',
      'silent above 1,000',
    ],
  ];
}

function speedOf({ sustained, flatOut }: z.infer<typeof acknowledged>): string {
  const steady = `${sustained.perSecond} a second at p99 ${sustained.p99Milliseconds} ms`;
  return `${steady}; flat out ${flatOut.perSecond} a second at p99 ${flatOut.p99Milliseconds} ms`;
}

function pairOf({ p50Ms, p99Ms }: z.infer<typeof percentiles>): string {
  return `${Math.round(p50Ms)}/${Math.round(p99Ms)} ms`;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
