/** One write that waits for its turn. */
interface Waiting {
  run(): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Makes one transaction of the writes that are asked for in one turn of the event loop: they wait for the disk once, not
 * each. Where the whole fails, each is tried alone, so that none suffers for another.
 */
export function createBatch(inTransaction: (run: () => void) => void): <T>(run: () => T) => Promise<T> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length > 1 && tryTogether(batch)) return;
    for (const one of batch) runAlone(one);
  }

  function tryTogether(batch: readonly Waiting[]): boolean {
    const results: unknown[] = [];
    try {
      inTransaction(() => {
        for (const { run } of batch) results.push(run());
      });
    } catch {
      return false;
    }
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    return true;
  }

  function runAlone({ run, resolve, reject }: Waiting): void {
    let result: unknown;
    try {
      inTransaction(() => {
        result = run();
      });
      resolve(result);
    } catch (error) {
      reject(error);
    }
  }

  return <T>(run: () => T) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ run, resolve: resolve as (result: unknown) => void, reject });
    });
}

/** How many writes go together at most: a statement must not grow without bounds. */
const MAX_TOGETHER = 200;

/**
 * The same for a store that answers later: what is asked for while one batch is under way goes together in the next.
 * `writeAll` gives a result for each, in order. Where the whole fails and `isOnesFault` says that one of them is to
 * blame, each is tried alone.
 */
export function createAsyncBatch<In, Out>(
  writeAll: (inputs: readonly In[]) => Promise<readonly Out[]>,
  isOnesFault: (error: unknown) => boolean,
): (input: In) => Promise<Out> {
  let waiting: { input: In; resolve(result: Out): void; reject(error: unknown): void }[] = [];
  let underWay = false;

  async function flush(): Promise<void> {
    underWay = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_TOGETHER);
      waiting = waiting.slice(MAX_TOGETHER);
      try {
        const results = await writeAll(batch.map(({ input }) => input));
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Out);
      } catch (error) {
        if (batch.length > 1 && isOnesFault(error)) {
          await Promise.all(batch.map(({ input, resolve, reject }) => writeAlone(input).then(resolve, reject)));
        } else {
          for (const { reject } of batch) reject(error);
        }
      }
    }
    underWay = false;
  }

  async function writeAlone(input: In): Promise<Out> {
    const [result] = await writeAll([input]);
    return result as Out;
  }

  return (input) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!underWay) void flush();
    });
}
