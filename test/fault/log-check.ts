// Children that write to a log, and what must hold of the log whatever happened to them.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import { canonicalEntry, type LogVerification, verifyLog } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { sampleEntry } from '../contract/store-samples.ts';
import type { ChildWork } from './log-child.ts';
import { keysFolderOf, openLog, witnessPathOf } from './log-place.ts';

/** `npm run test:soak` sets GGEN_SOAK; GGEN_SEED repeats a run. */
export const SOAK = process.env.GGEN_SOAK !== undefined;
export const SEED = Number(process.env.GGEN_SEED ?? 20_261_123);

const CHILD = fileURLToPath(new URL('./log-child.ts', import.meta.url));

/** What a child was told of its entries, by id. */
export interface Said {
  /** with their sequence numbers where the store tells them */
  readonly acked: Map<string, number | undefined>;
  /** with what was said of each; `open` and `compact` are no entries */
  readonly failed: Map<string, string>;
  readonly closed: boolean;
  readonly packed: number;
}

export interface LogWriterProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly said: Said; readonly how: number | string; readonly stderr: string }>;
}

/** Starts a child, `before` being the command that runs it; `onLine` is told how many lines it has said. */
export function startLogWriter(
  work: ChildWork,
  { before = [], onLine }: { readonly before?: readonly string[]; readonly onLine?: (count: number) => void } = {},
): LogWriterProcess {
  const [command = '', ...args] = [...before, process.execPath, CHILD, JSON.stringify(work)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    lines.push(line);
    onLine?.(lines.length);
  });
  const drained = new Promise<void>((resolve) => output.on('close', () => resolve()));
  const exited = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const ended = Promise.all([exited, drained]).then(([how]) => ({ said: readSaid(lines), how, stderr }));
  return { process: child, ended };
}

function readSaid(lines: readonly string[]): Said {
  const acked = new Map<string, number | undefined>();
  const failed = new Map<string, string>();
  let packed = 0;
  for (const line of lines) {
    const [kind, first = '', second = '', ...rest] = line.split(' ');
    if (kind === 'ack') acked.set(second, first === '?' ? undefined : Number(first));
    else if (kind === 'failed') failed.set(first, [second, ...rest].join(' '));
    else if (kind === 'packed') packed += Number(first) || 0;
  }
  return { acked, failed, closed: lines.at(-1) === 'closed', packed };
}

/** Begins a log with so many entries, in the fastest way. */
export async function fillLog(folder: string, entries: number): Promise<void> {
  const store = await openLog(folder, { durability: 'os' });
  try {
    for (let left = entries; left > 0; left -= 1000) {
      await Promise.all(Array.from({ length: Math.min(left, 1000) }, () => store.append(sampleEntry())));
    }
  } finally {
    await store.close();
  }
}

/** Expects that what comes next is recorded, in its place, and verifies too. */
export async function expectGoesOn(folder: string, size: number): Promise<void> {
  await withLog(folder, async (store) => {
    expect(await store.append(sampleEntry())).toBe(size + 1);
    expect(await verifyAt(folder, store)).toMatchObject({ ok: true, size: size + 1, problems: [] });
  });
}

/** Opens a log, uses it, and closes it whatever happens. */
export async function withLog<T>(folder: string, use: (store: GovernanceStore) => Promise<T>): Promise<T> {
  const store = await openLog(folder);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

export async function verifyAt(folder: string, store: GovernanceStore): Promise<LogVerification> {
  const { origin } = await store.head();
  const keys = createLogKeys(keysFolderOf(folder)).verifiers(origin);
  return await verifyLog(store, {
    random: randomBytes,
    keys,
    witnesses: [createFileWitness({ path: witnessPathOf(folder) })],
  });
}

/** The sequence numbers by id, after checking that they are one order without gaps, no id twice. */
export async function readOrder(store: GovernanceStore): Promise<Map<string, number>> {
  const order = new Map<string, number>();
  let last = 0;
  for await (const page of store.replay(0)) {
    for (const { seq, texts } of page) {
      expect(seq).toBe(last + 1);
      expect(canonicalEntry(texts)).toContain(texts.id);
      last = seq;
      order.set(texts.id, seq);
    }
  }
  expect(order.size).toBe(last);
  expect((await store.head()).size).toBe(last);
  return order;
}

/**
 * Expects that the log opens, is one order, holds what was acknowledged and nothing of what was refused, counts right,
 * and verifies against its witness. How many entries it has.
 */
export async function expectWhole(folder: string, said: Iterable<Said>): Promise<number> {
  return await withLog(folder, async (store) => {
    const order = await readOrder(store);
    for (const { acked, failed } of said) {
      const lost = [...acked].filter(([id, seq]) => !order.has(id) || (seq !== undefined && order.get(id) !== seq));
      expect(lost).toEqual([]);
      expect([...failed.keys()].filter((id) => order.has(id))).toEqual([]);
    }
    const counts = await store.stats({ groupBy: 'event_type' });
    expect(counts.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(order.size);
    const verified = await verifyAt(folder, store);
    expect(verified.problems).toEqual([]);
    expect(verified).toMatchObject({ ok: true, size: order.size, replayed: order.size, more: 0 });
    return order.size;
  });
}
