/** Milliseconds of a clock that never goes back. Not `performance.now`: its module is a millisecond of a hook's start. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
