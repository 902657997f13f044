import { hash, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { type LoggedEntry, type LogKeys, proveEntry, verifyLog } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { EVENT_TYPES } from '../../src/model/audit-entry.ts';
import { percentile } from '../store/statistics.ts';
import { count, judged } from './goals.ts';
import { AGENTS, correlationAt, OPERATIONS, type World } from './world.ts';

export interface Log {
  readonly store: GovernanceStore;
  readonly keys: LogKeys;
  readonly world: World;
  readonly entries: number;
}

interface Question {
  readonly name: string;
  /** milliseconds at the median */
  readonly goal?: number;
  /** asks; how many rows answered */
  readonly ask: (sample: number) => Promise<number>;
  /** rows that each answer must have at least */
  readonly atLeast: number;
}

const DAY_MS = 86_400_000;

/** Rows of name, p50, p99, goal: what readers ask of a log, each question with other values every time. */
export async function measureReads(log: Log, samples: number): Promise<string[][]> {
  const rows: string[][] = [];
  const asked = questions(log).map((question) => ({ ...question, times: [] as number[], fewest: Infinity }));
  // in turns, so that no question finds only what it has just read itself
  for (let sample = -1; sample < samples; sample += 1) {
    for (const question of asked) {
      const start = performance.now();
      const found = await question.ask(sample + 1);
      const ms = performance.now() - start;
      if (sample >= 0) question.times.push(ms);
      question.fewest = Math.min(question.fewest, found);
    }
  }
  for (const { name, goal, atLeast, times, fewest } of asked) {
    if (fewest < atLeast) throw new Error(`${name}: ${fewest} rows, at least ${atLeast} were expected`);
    const p50 = percentile(times, 0.5);
    const told = goal === undefined ? '' : judged(p50, '≤', goal, ' ms');
    rows.push([name, `${p50.toFixed(2)} ms`, `${percentile(times, 0.99).toFixed(2)} ms`, told]);
  }
  return rows;
}

function questions({ store, world, entries }: Log): Question[] {
  const draw = (what: string, sample: number, below: number): number =>
    Number.parseInt(hash('sha256', `${what} ${sample}`).slice(0, 12), 16) % below;
  const day = (sample: number): { from: number; to: number } => {
    const from = world.from + draw('day', sample, 29 * 24) * (DAY_MS / 24);
    return { from, to: from + DAY_MS };
  };
  const actor = (sample: number): string => AGENTS[draw('actor', sample, AGENTS.length)]!;
  const operation = (sample: number): string => OPERATIONS[draw('operation', sample, OPERATIONS.length)]!;
  const eventType = (sample: number) => EVENT_TYPES[sample % EVENT_TYPES.length]!;
  const page = async (filter: Parameters<GovernanceStore['query']>[0]): Promise<number> =>
    (await store.query(filter)).length;
  // A small log has fewer than a page for a day and a rare type.
  const full = (share: number): number => Math.min(100, Math.floor((entries / 30) * share * 0.2));
  return [
    {
      name: 'page of 100: event type, one day',
      goal: 10,
      atLeast: full(1 / 70),
      ask: (sample) => page({ eventType: eventType(sample), ...day(sample), limit: 100 }),
    },
    {
      name: 'page of 100: actor, one day',
      goal: 10,
      atLeast: full(1 / 40),
      ask: (sample) => page({ actor: actor(sample), ...day(sample), limit: 100 }),
    },
    {
      name: 'page of 100: operation',
      goal: 10,
      atLeast: full(1 / 12),
      ask: (sample) => page({ operation: operation(sample), limit: 100 }),
    },
    {
      name: 'page of 100: operation, before a random entry',
      goal: 10,
      atLeast: 0,
      ask: (sample) =>
        page({ operation: operation(sample), beforeSeq: draw('before', sample, entries) + 1, limit: 100 }),
    },
    {
      name: 'page of 100: actor, operation, denied, one day',
      goal: 10,
      atLeast: 0,
      ask: (sample) =>
        page({ actor: actor(sample), operation: operation(sample), result: 'denied', ...day(sample), limit: 100 }),
    },
    {
      name: 'correlation id',
      goal: 2,
      atLeast: 2,
      ask: (sample) => page({ correlationId: correlationAt(draw('correlation', sample, entries - 32)), limit: 10_000 }),
    },
    { name: 'tail 100', goal: 1, atLeast: 100, ask: () => page({ limit: 100 }) },
    {
      name: '7 days by event type',
      goal: 20,
      atLeast: 2,
      ask: async (sample) => {
        const from = world.from + draw('week', sample, 23 * 24) * (DAY_MS / 24);
        return (await store.stats({ groupBy: 'event_type', from, to: from + 7 * DAY_MS })).length;
      },
    },
    {
      name: '30 days by actor',
      atLeast: 2,
      ask: async () => (await store.stats({ groupBy: 'actor', from: world.from, to: world.to })).length,
    },
    {
      name: 'inclusion proof, its entry read before',
      goal: 2,
      atLeast: 1,
      ask: async (sample) => {
        const entry = await entryAt(store, draw('proof', sample, entries) + 1);
        return (await proveEntry(store, entry)).length;
      },
    },
  ];
}

async function entryAt(store: GovernanceStore, seq: number): Promise<LoggedEntry> {
  for await (const [entry] of store.read({ afterSeq: seq - 1, beforeSeq: seq + 1 })) if (entry) return entry;
  throw new Error(`no entry ${seq}`);
}

/** Reads and hashes the whole log anew; entries a second. */
export async function measureVerify({ store, keys, entries }: Log): Promise<string[]> {
  const { origin } = await store.head();
  const signer = keys.find(origin);
  if (!signer) throw new Error('the key of the log is not there');
  const start = performance.now();
  const { ok, replayed, problems } = await verifyLog(store, {
    random: randomBytes,
    keys: [signer.verifier],
    witnesses: [],
  });
  const rate = entries / ((performance.now() - start) / 1000);
  if (!ok || replayed !== entries) throw new Error(`verify: ${replayed} replayed, ${problems[0]?.message}`);
  return ['full verify', `${count(rate)}/s`, '', judged(rate, '≥', 100_000, '/s')];
}

/** What the log takes in its file, without pages that are free. */
export function bytesPerEntry(path: string, entries: number): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const number = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  const bytes = (number('page_count') - number('freelist_count')) * number('page_size');
  db.close();
  return bytes / entries;
}
