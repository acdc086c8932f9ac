import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { presetConfig } from '../src/config/presets.ts';
import { evaluate } from '../src/evaluate.ts';
import { gatherEvidence } from '../src/gather.ts';
import { type LocalSnapshot, readLocalPullRequest } from '../src/git/read.ts';
import { adr } from '../src/practices/adr.ts';

/** One labelled change of the benchmark; see `../shared/adr-bench/README.md`. */
const benchCase = z.object({
  id: z.string(),
  repo: z.string(),
  sha: z.string(),
  parent: z.string(),
  role: z.enum(['positive', 'negative']),
  neg_kind: z.string().nullable(),
  label: z.string(),
  kind: z.string().nullable(),
  note: z.string().nullish(),
});
type Case = z.infer<typeof benchCase>;

/** What the practice said of one. */
interface Judged {
  case: Case;
  group: string;
  tier: 'block' | 'nudge' | null;
  score: number;
  triggers: readonly { trigger: string; tier: string; score: number }[];
  milliseconds: number;
}

const NEEDED =
  'npm run bench -- adr --mirrors DIR --cases FILE.jsonl (the mirrors are bare clones at DIR/<owner>+<name>/repo)';

/** Scores the triggers of the decision gate on real, labelled changes. Without mirrors there is nothing to score. */
export async function measureAdr(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { mirrors: { type: 'string' }, cases: { type: 'string' }, list: { type: 'boolean' } },
  });
  if (!values.mirrors || !values.cases) return { skipped: NEEDED };
  const lines = readFileSync(resolve(values.cases), 'utf8').trim().split('\n');
  const cases = lines.map((line) => benchCase.parse(JSON.parse(line)));
  const judged: Judged[] = [];
  const unreadable: string[] = [];
  for (const one of cases) {
    const result = await judge(one, `${resolve(values.mirrors)}/${one.repo.replace('/', '+')}/repo`);
    if (typeof result === 'string') unreadable.push(`${one.id} ${one.repo}: ${result}`);
    else judged.push(result);
    if ((judged.length + unreadable.length) % 200 === 0)
      process.stderr.write(`  ${judged.length} of ${cases.length}\n`);
  }
  // Every second repository in the order of the alphabet: what holds on one half only is seen.
  const repositories = [...new Set(cases.map(({ repo }) => repo))].toSorted();
  const inFirstHalf = ({ case: { repo } }: Judged) => repositories.indexOf(repo) % 2 === 0;
  return {
    all: scoresOf(judged),
    firstHalf: scoresOf(judged.filter(inFirstHalf)),
    otherHalf: scoresOf(judged.filter((one) => !inFirstHalf(one))),
    byRepository: Object.fromEntries(
      repositories.map((repo) => [repo, briefly(judged.filter((one) => one.case.repo === repo))]),
    ),
    byKind: Object.fromEntries(
      [...Map.groupBy(judged.filter(isArchitecture), (one) => one.case.kind ?? 'none')].map(([kind, of]) => [
        kind,
        shares(of),
      ]),
    ),
    byTrigger: byTrigger(judged),
    milliseconds: { median: quantile(judged, 0.5), p95: quantile(judged, 0.95) },
    unreadable,
    ...(values.list && {
      misses: judged.filter((one) => isArchitecture(one) && one.tier === null).map(describe),
      alarms: judged.filter((one) => one.group === 'random' && one.tier !== null).map(describe),
    }),
  };
}

async function judge(one: Case, cwd: string): Promise<Judged | string> {
  const start = performance.now();
  const snapshot = await readLocalPullRequest({
    cwd,
    base: one.parent,
    head: one.sha,
    evaluatedAt: '2026-11-20T00:00:00Z',
    environment: process.env,
  });
  if (!snapshot.ok) return snapshot.message;
  try {
    const group = one.role === 'positive' ? one.label : (one.neg_kind ?? 'none');
    return { case: one, group, ...(await judgeSnapshot(snapshot)), milliseconds: performance.now() - start };
  } finally {
    await snapshot.close();
  }
}

async function judgeSnapshot({ pullRequest, repository }: LocalSnapshot) {
  const config = presetConfig('standard', [adr]);
  const none = async () => [];
  const evidence = await gatherEvidence(pullRequest, config, [adr], {
    repository,
    packages: none,
    dependencyChanges: none,
    checklists: none,
  });
  const [outcome] = evaluate(pullRequest, evidence, config, [adr]).practices;
  const { triggers, score } = outcome?.facts as unknown as Pick<Judged, 'triggers' | 'score'>;
  const tier = triggers.some((trigger) => trigger.tier === 'block') ? 'block' : triggers.length > 0 ? 'nudge' : null;
  return { tier, score, triggers } as const;
}

function isArchitecture({ group }: Judged): boolean {
  return group === 'arch';
}

function scoresOf(judged: readonly Judged[]): object {
  const of = (group: string) => judged.filter((one) => one.group === group);
  const [arch, random, matched] = [of('arch'), of('random'), of('size-matched')];
  return {
    cases: { arch: arch.length, random: random.length, sizeMatched: matched.length },
    recall: shares(arch),
    alarmsOnRandom: {
      ...shares(random),
      blockNotArchitecture: share(random, (one) => one.tier === 'block' && one.case.label !== 'arch'),
    },
    alarmsOnSizeMatched: shares(matched),
    weakFlagged: shares(of('weak')),
    areaUnderCurve: { random: area(arch, random), sizeMatched: area(arch, matched) },
    recallOfScoreAt: Object.fromEntries([0.04, 0.1].map((alarm) => [`${alarm * 100}%`, recallAt(arch, random, alarm)])),
  };
}

function briefly(judged: readonly Judged[]): object {
  return {
    arch: shares(judged.filter(isArchitecture)),
    random: shares(judged.filter(({ group }) => group === 'random')),
  };
}

function shares(judged: readonly Judged[]) {
  return { block: share(judged, ({ tier }) => tier === 'block'), any: share(judged, ({ tier }) => tier !== null) };
}

function share(judged: readonly Judged[], test: (one: Judged) => boolean): number {
  return round(judged.filter(test).length / Math.max(1, judged.length));
}

/** The probability that a change of the architecture scores higher than an ordinary one. */
function area(positives: readonly Judged[], negatives: readonly Judged[]): number {
  let wins = 0;
  for (const { score } of positives) {
    for (const other of negatives) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
  }
  return round(wins / Math.max(1, positives.length * negatives.length));
}

/** The recall at the lowest threshold that alarms on no more than this share. */
function recallAt(positives: readonly Judged[], negatives: readonly Judged[], alarm: number): number {
  const thresholds = [...new Set([...positives, ...negatives].map(({ score }) => score))].toSorted((a, b) => a - b);
  const threshold =
    thresholds.find((at) => share(negatives, ({ score }) => score >= at) <= alarm) ?? Number.POSITIVE_INFINITY;
  return share(positives, ({ score }) => score >= threshold);
}

function byTrigger(judged: readonly Judged[]): object {
  const names = [...new Set(judged.flatMap(({ triggers }) => triggers.map(({ trigger }) => trigger)))].toSorted();
  const has = (name: string) => (one: Judged) => one.triggers.some(({ trigger }) => trigger === name);
  const [arch, random, matched] = ['arch', 'random', 'size-matched'].map((group) =>
    judged.filter((one) => one.group === group),
  ) as [Judged[], Judged[], Judged[]];
  return Object.fromEntries(
    names.map((name) => [
      name,
      { arch: share(arch, has(name)), random: share(random, has(name)), sizeMatched: share(matched, has(name)) },
    ]),
  );
}

function describe({ case: { id, repo, label, kind, note }, tier, score, triggers }: Judged): string {
  return `${id} ${repo} ${label} ${kind ?? ''} ${note ?? ''} · ${tier ?? 'nothing'} ${score} · ${[...new Set(triggers.map(({ trigger }) => trigger))].join(' ')}`;
}

function quantile(judged: readonly Judged[], at: number): number {
  const sorted = judged.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * at)] ?? 0);
}

function round(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
