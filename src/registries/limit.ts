/** Runs tasks, at most `concurrency` of them at once and the rest in the order they came. */
export function createLimit(concurrency: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= concurrency) await new Promise<void>((start) => waiting.push(start));
    else running++;
    try {
      return await task();
    } finally {
      // The place passes on to the next one without becoming free in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
