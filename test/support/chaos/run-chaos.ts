import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOK_PATH } from '../../../src/app.ts';
import { createGitHub, type GitHub } from '../github/index.ts';
import { as, openPullRequest, push } from '../github/people.ts';
import { APP, seed } from '../github/seed.ts';
import { MANIFEST } from '../harness.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';
import { createRegistry, type Registry } from '../registry/index.ts';
import { createLuck, type Luck } from './luck.ts';
import { createTimeline, prepareReplica, type Replica, type Timeline } from './replica.ts';

const WHERE = { owner: 'acme', repo: 'widgets' } as const;

/** How long everything may take to come to rest once the chaos is over. */
const REST_MS = 300_000;

/** What a chaos run is made of. */
export interface ChaosOptions {
  store: 'sqlite' | 'postgres';
  /** In each, something happens on GitHub and a process is killed at a random moment. */
  rounds: number;
  pullRequests: number;
  seed: number;
  onRound?(round: number): void;
}

/** What came of it. */
export interface ChaosResult {
  rounds: number;
  kills: number;
  databaseKills: number;
  /** Answers of GitHub that were replaced by 500, 502, 503, 429, 403, or came late. */
  faults: number;
  /** Deliveries by GitHub's account, and how many of them failed, were doubled, or were redelivered. */
  deliveries: { all: number; failed: number; redelivered: number };
  evaluations: number;
  /** Keys that two had at once. */
  overlaps: string[];
  /** Pull requests whose check or comment is not that of a calm run. */
  different: string[];
  /** Given up, or never finished. */
  stuck: number;
  secondsToRest: number;
}

/** What people see of a pull request, without what differs from run to run. */
type Seen = Record<number, string>;

/**
 * Plays the same scene twice: calmly, and with everything going wrong. What people see at the end must be the same.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const calm = await Stage.open({ ...options, store: 'sqlite' });
  let expected: Seen;
  try {
    await calm.play(null);
    expected = await calm.look();
  } finally {
    await calm.close();
  }
  const stage = await Stage.open(options);
  try {
    const { started, ...counts } = await stage.play(createLuck(options.seed + 1));
    const seen = await stage.look();
    return {
      ...counts,
      evaluations: stage.timeline.turns(),
      overlaps: stage.timeline.overlaps(),
      different: Object.keys(expected).flatMap((number) => {
        const difference = findDifference(expected[Number(number)] ?? '', seen[Number(number)] ?? '');
        return difference === null ? [] : [`#${number}: ${difference}`];
      }),
      stuck: stage.stuck,
      secondsToRest: Math.round((performance.now() - started) / 1_000),
    };
  } finally {
    await stage.close();
  }
}

/** GitHub with its people, and processes of the app on one database. */
class Stage {
  readonly timeline: Timeline = createTimeline();
  stuck = 0;
  readonly #options: ChaosOptions;
  readonly #github: GitHub;
  readonly #registry: Registry;
  readonly #folder: string;
  readonly #postgres: PostgresServer | null;
  readonly #env: Record<string, string>;
  #running: { replica: Replica; url: string }[] = [];
  #standby: Promise<Replica>;

  constructor(
    options: ChaosOptions,
    parts: { github: GitHub; registry: Registry; folder: string; postgres: PostgresServer | null; database: string },
  ) {
    this.#options = options;
    this.#github = parts.github;
    this.#registry = parts.registry;
    this.#folder = parts.folder;
    this.#postgres = parts.postgres;
    this.#env = {
      APP_ID: String(APP.id),
      PRIVATE_KEY: APP.privateKey,
      WEBHOOK_SECRET: APP.webhookSecret,
      HOST: '127.0.0.1',
      PORT: '0',
      GITHUB_API_URL: parts.github.url,
      COMPOSURE_GITHUB_BUDGET: 'unlimited',
      COMPOSURE_DEBOUNCE_MS: '0',
      COMPOSURE_CONFIRM_AFTER: '0s',
      COMPOSURE_NPM_REGISTRY: parts.registry.url,
      DATABASE_URL: parts.database,
    };
    this.#standby = this.#prepare();
  }

  static async open(options: ChaosOptions): Promise<Stage> {
    const github = await createGitHub({ seed: seed({ manifest: MANIFEST }), rateLimit: 1_000_000 });
    const registry = await createRegistry({ packages: {} });
    const folder = mkdtempSync(join(tmpdir(), 'composure-chaos-'));
    const postgres = options.store === 'postgres' ? await startPostgres({ durable: true }) : null;
    const database = postgres ? await postgres.createDatabase() : `sqlite:${join(folder, 'work.db')}`;
    const stage = new Stage(options, { github, registry, folder, postgres, database });
    for (let count = 0; count < (postgres ? 2 : 1); count++) await stage.#startOne();
    await stage.#prepareRepository();
    return stage;
  }

  /** All that happens; with `chaos`, everything that can go wrong besides. */
  async play(chaos: Luck | null) {
    const { rounds, pullRequests, onRound } = this.#options;
    // What people do is the same in both runs; only what goes wrong differs.
    const people = createLuck(this.#options.seed);
    const counts = { rounds, kills: 0, databaseKills: 0, faults: 0 };
    for (let number = 1; number <= pullRequests; number++) await this.#open(number);
    for (let round = 0; round < rounds; round++) {
      onRound?.(round);
      if (chaos) counts.faults += this.#disturb(chaos);
      await this.#act(people, round);
      if (!chaos) continue;
      await sleep(chaos.below(80));
      if (this.#postgres && chaos.chance(0.06)) {
        await this.#postgres.kill();
        counts.databaseKills++;
        await sleep(chaos.below(100));
        await this.#postgres.restart();
      }
      await this.#killOne(chaos);
      counts.kills++;
    }
    const started = performance.now();
    this.#calmDown();
    await this.#rest();
    // A tick edits the text that we write: GitHub keeps whoever comes last, so each waits until we have written.
    for (let number = 1; number <= pullRequests; number++) {
      await this.#tick(number);
      if (!chaos) continue;
      await sleep(chaos.below(40));
      await this.#killOne(chaos);
      counts.kills++;
    }
    await this.#rest();
    const { deliveries } = this.#github;
    const redelivered = deliveries.filter((delivery) => delivery.redelivery).length;
    const failed = deliveries.filter(({ status }) => status !== 'OK').length;
    return { ...counts, deliveries: { all: deliveries.length, failed, redelivered }, started };
  }

  /** The check and the comment of every pull request, as far as they may be compared. */
  async look(): Promise<Seen> {
    const alice = as(this.#github, 'alice');
    const seen: Seen = {};
    for (const number of this.#numbers) {
      const { data: pull } = await alice.rest.pulls.get({ ...WHERE, pull_number: number });
      const { data: checks } = await alice.rest.checks.listForRef({ ...WHERE, ref: pull.head.sha, filter: 'latest' });
      const { data: comments } = await alice.rest.issues.listComments({
        ...WHERE,
        issue_number: number,
        per_page: 100,
      });
      const runs = checks.check_runs.map(({ status, conclusion, output }) =>
        [status, conclusion, output.title, output.summary, output.text].join('\n'),
      );
      const own = comments.filter((comment) => comment.user?.type === 'Bot').map((comment) => comment.body ?? '');
      seen[number] = withoutAccidents([...runs, ...own].join('\n---\n'));
    }
    return seen;
  }

  async close(): Promise<void> {
    for (const { replica } of this.#running) await replica.stop();
    await (await this.#standby).kill();
    await this.#postgres?.stop();
    await this.#github.close();
    await this.#registry.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  readonly #numbers: number[] = [];

  #prepare(): Promise<Replica> {
    return prepareReplica(this.#env, this.timeline, (code) => {
      throw new Error(`the app ended by itself with ${code}`);
    });
  }

  async #startOne(): Promise<void> {
    const replica = await this.#standby;
    this.#standby = this.#prepare();
    const url = await replica.start();
    this.#running.push({ replica, url });
    this.#github.setWebhookUrl(`${url}${WEBHOOK_PATH}`);
  }

  async #killOne(luck: Luck): Promise<void> {
    const [victim] = this.#running.splice(luck.below(this.#running.length), 1);
    await victim?.replica.kill();
    await this.#startOne();
  }

  async #prepareRepository(): Promise<void> {
    const alice = as(this.#github, 'alice');
    await push(alice, { ...WHERE, branch: 'main', files: { 'src/a.ts': 'export const a = 1;\n' } });
    for (const username of ['bob', 'carol']) {
      await alice.rest.repos.addCollaborator({ ...WHERE, username, permission: 'push' });
    }
  }

  async #open(index: number): Promise<void> {
    const bob = as(this.#github, 'bob');
    const head = `branch-${index}`;
    await push(bob, { ...WHERE, branch: head, files: { [`src/part${index}.ts`]: `export const part = ${index};\n` } });
    const { number } = await openPullRequest(bob, { ...WHERE, head, title: `Part ${index}` });
    this.#numbers.push(number);
  }

  /** Somebody does something to a pull request or two. */
  async #act(luck: Luck, round: number): Promise<void> {
    for (let acts = 1 + luck.below(2); acts > 0; acts--) {
      const index = luck.below(this.#numbers.length);
      const number = this.#numbers[index] ?? 0;
      const branch = `branch-${index + 1}`;
      const bob = as(this.#github, 'bob');
      const what = luck.pick(['push', 'push', 'grow', 'shrink', 'edit', 'label', 'draft', 'recheck'] as const);
      const pushFile = (path: string, content: string | null) =>
        push(bob, { ...WHERE, branch, files: { [path]: content } });
      if (what === 'push') await pushFile(`src/round${round % 7}.ts`, `export const round = ${round};\n`);
      if (what === 'grow') await pushFile(`src/grown${index}.ts`, `grow(${round});\n`.repeat(900));
      if (what === 'shrink') await pushFile(`src/grown${index}.ts`, `grow(${round});\n`);
      if (what === 'edit') await bob.rest.pulls.update({ ...WHERE, pull_number: number, body: `Round ${round}` });
      if (what === 'label') await bob.rest.issues.addLabels({ ...WHERE, issue_number: number, labels: [`l${round}`] });
      if (what === 'draft') await bob.rest.pulls.update({ ...WHERE, pull_number: number, title: `Title ${round}` });
      if (what === 'recheck') {
        await bob.rest.issues.createComment({ ...WHERE, issue_number: number, body: '/composure recheck' });
      }
    }
  }

  async #tick(index: number): Promise<void> {
    const carol = as(this.#github, 'carol');
    const issue_number = this.#numbers[index - 1] ?? 0;
    const { data } = await carol.rest.issues.listComments({ ...WHERE, issue_number, per_page: 100 });
    const own = data.find((comment) => comment.user?.type === 'Bot');
    if (!own?.body) return;
    const body = own.body.replaceAll('- [ ]', '- [x]');
    await carol.rest.issues.updateComment({ ...WHERE, comment_id: own.id, body });
  }

  /** Lets something go wrong at GitHub's end; how many answers. */
  #disturb(luck: Luck): number {
    const { webhookOptions, faults } = this.#github;
    webhookOptions.drop = () => luck.chance(0.1);
    webhookOptions.duplicate = luck.chance(0.2) ? 1 : 0;
    // Each late by as much as it likes, so that they come in any order.
    webhookOptions.delayMs = luck.chance(0.3) ? () => luck.below(300) : 0;
    const target = luck.pick(this.#running);
    this.#github.setWebhookUrl(`${target.url}${WEBHOOK_PATH}`);
    if (luck.chance(0.4)) return 0;
    const path = luck.pick([/graphql/, /check-runs/, /comments/, /files/, /./]);
    const fault = luck.pick([
      { status: 500 },
      { status: 502 },
      { status: 503 },
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 403, headers: { 'retry-after': '1' }, body: { message: 'You have exceeded a secondary rate limit.' } },
      { delayMs: 500 },
      { status: 504, delayMs: 2_000 },
    ]);
    faults.push({ path, as: 'installation', times: 1, ...fault });
    return 1;
  }

  #calmDown(): void {
    this.#github.faults.length = 0;
    Object.assign(this.#github.webhookOptions, { drop: undefined, duplicate: 0, delayMs: 0 });
  }

  /** Until nothing is under way, nothing failed is undelivered, and nothing waits. */
  async #rest(): Promise<void> {
    const deadline = performance.now() + REST_MS;
    for (;;) {
      await this.#github.idle();
      const reconciled: (number | null)[] = [];
      for (const { replica } of this.#running) reconciled.push(await replica.reconcile());
      await this.#github.idle();
      for (const { replica } of this.#running) await replica.idle();
      const stats = await this.#running[0]?.replica.stats();
      if (!stats) throw new Error('no process is running');
      this.stuck = stats.dead + stats.waiting + stats.claimed;
      // Where the leader was killed, nobody leads until its lease is over.
      const isDelivered = reconciled.some((redelivered) => redelivered === 0);
      if (isDelivered && stats.waiting === 0 && stats.claimed === 0) return;
      if (performance.now() > deadline) return;
      await sleep(100);
    }
  }
}

/** Commits, times and signatures are different in every run. */
function withoutAccidents(text: string): string {
  return text
    .replace(/<!-- composure:record [^>]+-->/g, '…')
    .replace(/\b[0-9a-f]{7,64}\b/g, '…')
    .replace(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?/g, '…');
}

/** The first line in which two texts differ. */
function findDifference(expected: string, seen: string): string | null {
  const lines = seen.split('\n');
  const [index, line] = [...expected.split('\n').entries()].find(([at, text]) => lines[at] !== text) ?? [];
  if (index !== undefined) return `“${line}” should stand where “${lines[index]}” stands`;
  return expected === seen ? null : 'there is more than there should be';
}
