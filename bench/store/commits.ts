import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import { benchEntry, newId } from './entry.ts';
import { percentile, renderTable } from './statistics.ts';

type Durability = 'disk' | 'os';

/** One way to write, measured one after the other; microseconds. */
interface Contender {
  readonly name: string;
  /** makes what is going to be written, outside the time measured; the function returned writes it */
  readonly prepare: () => () => Promise<unknown> | undefined;
  readonly close: () => Promise<void> | void;
  readonly samples: number[];
}

/** Until the write-ahead log has been reused once: its first filling costs more, for whoever writes it. */
const WARM_UP = 1300;
const ROUNDS = 12;

/** One caller that awaits each commit: the bare driver, an attempt, and the proxy's pair of attempt and outcome. */
export async function benchCommits(folder: string, durability: Durability): Promise<string> {
  const contenders = [
    bareCommit(join(folder, `bare-${durability}.db`), durability),
    await attemptAlone(join(folder, `attempt-${durability}.db`), durability),
    await pair(join(folder, `pair-${durability}.db`), durability),
  ];
  const each = durability === 'disk' ? 100 : 1000;
  for (const { prepare } of contenders) for (let i = 0; i < WARM_UP; i += 1) await prepare()();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { prepare, samples } of contenders) {
      for (let i = 0; i < each; i += 1) {
        const write = prepare();
        const start = performance.now();
        await write();
        samples.push((performance.now() - start) * 1000);
      }
    }
  }
  for (const { close } of contenders) await close();
  const bare = percentile(contenders[0]!.samples, 0.5);
  const rows = contenders.map(({ name, samples }) => {
    const [p50, p99] = [percentile(samples, 0.5), percentile(samples, 0.99)];
    return [name, p50.toFixed(0), p99.toFixed(0), (p50 / bare).toFixed(2)];
  });
  return renderTable([[`durability = "${durability}"`, 'p50 µs', 'p99 µs', '× bare'], ...rows]);
}

/** A database with one table without indexes. */
export function openBare(path: string, durability: Durability): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`);
  db.exec('CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)');
  return db;
}

function bareCommit(path: string, durability: Durability): Contender {
  const db = openBare(path, durability);
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)');
  const text = JSON.stringify(benchEntry('unknown', newId()));
  return {
    name: 'bare commit of one row, no index',
    prepare: () => () => {
      insert.run(text);
      return undefined;
    },
    close: () => db.close(),
    samples: [],
  };
}

async function attemptAlone(path: string, durability: Durability): Promise<Contender> {
  const store = await openSqliteStore({ path, durability, clock: Date.now, keys: createLogKeys(`${path}.keys`) });
  return {
    name: 'attempt',
    prepare: () => {
      const entry = benchEntry('unknown', newId());
      return () => store.attempt(entry, {});
    },
    close: () => store.close(),
    samples: [],
  };
}

async function pair(path: string, durability: Durability): Promise<Contender> {
  const store = await openSqliteStore({ path, durability, clock: Date.now, keys: createLogKeys(`${path}.keys`) });
  return {
    name: 'attempt and outcome',
    prepare: () => {
      const correlationId = newId();
      const attempt = benchEntry('unknown', correlationId);
      const outcome = benchEntry('success', correlationId);
      return async () => {
        await store.attempt(attempt, {});
        void store.appendSoon(outcome);
      };
    },
    close: () => store.close(),
    samples: [],
  };
}

/** A thousand callers in flight, against the same rows inserted bare in batches of a thousand. */
export async function benchThroughput(folder: string): Promise<string> {
  const callers = 1000;
  const rounds = 30;
  const store = await openSqliteStore({
    path: join(folder, 'many.db'),
    durability: 'disk',
    clock: Date.now,
    keys: createLogKeys(`${folder}.keys`),
  });
  const db = openBare(join(folder, 'many-bare.db'), 'disk');
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)');
  const latencies: number[] = [];
  let [ours, bare] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await Promise.all(
      Array.from({ length: callers }, async () => {
        const asked = performance.now();
        await store.append(benchEntry('unknown', newId()));
        latencies.push(performance.now() - asked);
      }),
    );
    const between = performance.now();
    db.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < callers; i += 1) insert.run(JSON.stringify(benchEntry('unknown', newId())));
    db.exec('COMMIT');
    ours += between - start;
    bare += performance.now() - between;
  }
  await store.close();
  db.close();
  const rate = (ms: number): string => Math.round((rounds * callers) / (ms / 1000)).toLocaleString('en');
  return renderTable([
    ['1,000 callers in flight, durability = "disk"', 'entries/s', 'p50 ms', 'p99 ms'],
    ['append', rate(ours), percentile(latencies, 0.5).toFixed(1), percentile(latencies, 0.99).toFixed(1)],
    ['bare rows in batches of 1,000, no index', rate(bare), '', ''],
  ]);
}
