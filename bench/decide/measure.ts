import type { Engine, Verdict } from './engines/engine.ts';
import type { Request } from './world.ts';

export interface Figures {
  readonly engine: string;
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** how many requests were compared with the oracle */
  readonly compared: number;
  readonly disagreements: readonly string[];
}

const CHUNK = 500;

/**
 * One engine over the requests: agreement first (which warms it up), then wall time call by call, then decisions for
 * each second of processor time without a timer between them. Each phase ends after `capMs`.
 */
export function measure(
  engine: Engine,
  requests: readonly Request[],
  expected: readonly Verdict[],
  capMs: number,
): Figures {
  const asks = requests.map((request) => engine.prepare(request));
  const disagreements: string[] = [];
  const compared = untilCap(asks.length, capMs, (i) => {
    const verdict = asks[i]!();
    if (verdict !== expected[i]) disagreements.push(`${JSON.stringify(requests[i])}: ${verdict}, not ${expected[i]}`);
  });
  const times = new Float64Array(asks.length);
  const timed = untilCap(asks.length, capMs, (i) => {
    const start = performance.now();
    asks[i]!();
    times[i] = performance.now() - start;
  });
  const sorted = times.subarray(0, timed).sort();
  const rates: number[] = [];
  const end = performance.now() + capMs;
  while (rates.length < 5 && (rates.length === 0 || performance.now() < end)) {
    const before = process.cpuUsage();
    const done = untilCap(asks.length, capMs, (i) => asks[i]!());
    const { user, system } = process.cpuUsage(before);
    rates.push((done / (user + system)) * 1e6);
  }
  return {
    engine: engine.name,
    p50: sorted[Math.floor(timed * 0.5)]! * 1000,
    p99: sorted[Math.floor(timed * 0.99)]! * 1000,
    perSecond: rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)]!,
    compared,
    disagreements,
  };
}

function untilCap(count: number, capMs: number, act: (i: number) => void): number {
  const end = performance.now() + capMs;
  for (let from = 0; from < count; from += CHUNK) {
    if (from > 0 && performance.now() > end) return from;
    const to = Math.min(count, from + CHUNK);
    for (let i = from; i < to; i += 1) act(i);
  }
  return count;
}

/** What the timer itself reads around nothing, in µs: part of every time above. */
export function timerFloor(): number {
  const times = new Float64Array(20_000);
  for (let i = 0; i < times.length; i += 1) {
    const start = performance.now();
    times[i] = performance.now() - start;
  }
  return times.sort()[times.length / 2]! * 1000;
}
