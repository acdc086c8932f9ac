import type { StoreStats } from '../intake/store.ts';

/** One thing that must hold for the app to do its work. */
export interface Condition {
  ok: boolean;
  /** A sentence for whoever looks. No secrets: the page is open to whoever reaches the port. */
  detail: string;
}

/** Whether the app can do its work, and what keeps it from it. */
export interface Readiness {
  ready: boolean;
  store: Condition;
  github: Condition;
  backlog: Condition;
}

/** What is asked. */
export interface ReadinessOptions {
  readQueue(): Promise<StoreStats>;
  /** Resolves where GitHub knows us. */
  askGitHub(): Promise<unknown>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** GitHub is asked no more often than this, however often we are. */
const GITHUB_LIFE_MS = 10_000;

/** Who asks wants an answer soon, and a store or a GitHub that takes longer is as good as none. */
const PATIENCE_MS = 3_000;

/** Due work that nobody took for so long says that something is stuck, or that there are too few workers. */
const MAX_BACKLOG_AGE_MS = 5 * 60_000;

/** Asks store and GitHub. Answers of GitHub are remembered for ten seconds, good and bad. */
export function createReadiness({ readQueue, askGitHub, now }: ReadinessOptions): () => Promise<Readiness> {
  let github: { at: number; answer: Promise<Condition> } | null = null;

  function gitHub(): Promise<Condition> {
    if (!github || now() - github.at >= GITHUB_LIFE_MS) {
      github = { at: now(), answer: conditionOf(askGitHub(), 'GitHub knows this App', 'GitHub') };
    }
    return github.answer;
  }

  return async function readReadiness() {
    let stats: StoreStats | undefined;
    const reading = readQueue().then((read) => {
      stats = read;
    });
    const [store, github] = await Promise.all([conditionOf(reading, 'the store answers', 'the store'), gitHub()]);
    const backlog = backlogOf(stats, now());
    return { ready: store.ok && github.ok && backlog.ok, store, github, backlog };
  };
}

async function conditionOf(asking: Promise<unknown>, well: string, who: string): Promise<Condition> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Condition>((resolve) => {
    const detail = `${who} did not answer within ${PATIENCE_MS / 1_000} s`;
    timer = setTimeout(() => resolve({ ok: false, detail }), PATIENCE_MS);
  });
  const answer = asking.then(
    () => ({ ok: true, detail: well }),
    // What exactly went wrong stands in the log: it may hold addresses.
    () => ({ ok: false, detail: `${who} refused or could not be reached` }),
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function backlogOf(stats: StoreStats | undefined, now: number): Condition {
  if (!stats) return { ok: false, detail: 'unknown, for the store does not say' };
  const ageMs = stats.oldestDueAt === null ? 0 : Math.max(0, now - stats.oldestDueAt);
  return { ok: ageMs <= MAX_BACKLOG_AGE_MS, detail: `${stats.due} due, the oldest for ${Math.round(ageMs / 1_000)} s` };
}
