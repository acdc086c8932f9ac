import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StoreStats } from '../../../src/intake/store.ts';
import type { Order, Report } from './app-process.ts';

const SCRIPT = fileURLToPath(new URL('./app-process.ts', import.meta.url));

/** A process of the app, and what it told. */
export interface Replica {
  /** Starts it; the URL it listens on. */
  start(): Promise<string>;
  stats(): Promise<StoreStats>;
  /** Resolves when it has nothing due. */
  idle(): Promise<void>;
  /** How many deliveries it asked for again; `null` where another process leads. */
  reconcile(): Promise<number | null>;
  /** Resident, in bytes. */
  memory(): Promise<number>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** As SIGTERM would. */
  stop(): Promise<void>;
}

/** Makes a process that has loaded the app and waits to be started. */
export async function prepareReplica(
  env: Record<string, string>,
  timeline: Timeline,
  /** Where the process may be found dead without our having killed it. */
  onDeath: (code: number | null) => void = () => {},
): Promise<Replica> {
  const child = fork(SCRIPT, {
    env: { ...process.env, ...env },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let ending = false;
  child.on('message', (message: Report) => {
    if (message.type === 'begin') timeline.begin(child.pid ?? 0, message);
    if (message.type === 'end') timeline.end(child.pid ?? 0, message);
  });
  child.once('exit', (code) => {
    if (!ending) onDeath(code);
  });
  await answerOf(child, 'loaded');

  async function ask<T extends Report['type']>(order: Order, type: T): Promise<Extract<Report, { type: T }>> {
    const answer = answerOf(child, type);
    child.send(order);
    return answer;
  }

  return {
    start: async () => (await ask('start', 'started')).url,
    stats: async () => (await ask('stats', 'stats')).stats,
    async idle() {
      await ask('idle', 'idle');
    },
    reconcile: async () => (await ask('reconcile', 'reconciled')).redelivered,
    memory: async () => (await ask('memory', 'memory')).bytes,
    async kill() {
      ending = true;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      const at = Number(process.hrtime.bigint() / 1_000n);
      await exit;
      timeline.died(child.pid ?? 0, at);
    },
    async stop() {
      ending = true;
      const exit = once(child, 'exit');
      child.send('stop' satisfies Order);
      await exit;
    },
  };
}

function answerOf<T extends Report['type']>(child: ChildProcess, type: T): Promise<Extract<Report, { type: T }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Report) => {
      if (message.type !== type) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message as Extract<Report, { type: T }>);
    };
    const onExit = () => reject(new Error(`the app ended instead of saying “${type}”`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

interface Turn {
  key: string;
  pid: number;
  from: number;
  to: number | null;
}

/** Who had which key when. */
export interface Timeline {
  begin(pid: number, turn: { key: string; token: number; at: number }): void;
  end(pid: number, turn: { key: string; token: number; at: number }): void;
  died(pid: number, at: number): void;
  /** How many turns there were. */
  turns(): number;
  /** Turns with one key that overlap. */
  overlaps(): string[];
  /** When each key's turns began; microseconds. */
  begins(): ReadonlyMap<string, number[]>;
}

export function createTimeline(): Timeline {
  const turns = new Map<string, Turn>();
  const idOf = (pid: number, key: string, token: number) => `${pid} ${key} ${token}`;
  return {
    begin(pid, { key, token, at }) {
      turns.set(idOf(pid, key, token), { key, pid, from: at, to: null });
    },
    end(pid, { key, token, at }) {
      const turn = turns.get(idOf(pid, key, token));
      // A hand-back that the store did not hear of is tried again; the first one was the end.
      if (turn) turn.to ??= at;
    },
    died(pid, at) {
      for (const turn of turns.values()) if (turn.pid === pid) turn.to ??= at;
    },
    turns: () => turns.size,
    overlaps() {
      const byKey = Map.groupBy(turns.values(), ({ key }) => key);
      return [...byKey].flatMap(([key, all]) => {
        const sorted = all.toSorted((one, other) => one.from - other.from);
        return sorted.flatMap((turn, index) => {
          const before = sorted[index - 1];
          const overlap = before && (before.to ?? Number.POSITIVE_INFINITY) > turn.from;
          return overlap ? [`${key}: ${before.pid} until ${before.to}, ${turn.pid} from ${turn.from}`] : [];
        });
      });
    },
    begins: () =>
      new Map(
        [...Map.groupBy(turns.values(), ({ key }) => key)].map(([key, all]) => [key, all.map(({ from }) => from)]),
      ),
  };
}
