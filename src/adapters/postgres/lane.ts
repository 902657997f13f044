/**
 * Works one after the other, in the order in which they were handed over: those of one process that want the same
 * locks don't take up its connections with waiting.
 */
export function createLane(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
