import { setTimeout as delay } from 'node:timers/promises';

/** Waits with a real timer; an abort ends the wait, and the caller looks at the signal. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch {
    // aborted: the caller looks at the signal
  }
}

/** The same, without keeping the process alive. */
export async function sleepQuietly(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal, ref: false });
  } catch {
    // aborted: the caller looks at the signal
  }
}
