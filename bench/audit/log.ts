import { join } from 'node:path';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { renderTable } from '../store/statistics.ts';
import { fill } from './fill.ts';
import { count } from './goals.ts';
import { bytesPerEntry, type Log, measureReads, measureVerify } from './read.ts';
import { createWorld } from './world.ts';

/** A log of a month, read as it was written and again when all of it is compressed. */
export async function benchLog(folder: string, entries: number, samples: number): Promise<void> {
  const path = join(folder, 'log.db');
  const keys = createLogKeys(join(folder, 'log-keys'));
  const open = (compress: boolean): Promise<GovernanceStore> =>
    openSqliteStore({ path, durability: 'os', clock: Date.now, keys, compress });
  const world = createWorld(entries, Date.now());

  const plain = await open(false);
  await fill(plain, world, entries);
  await tell({ store: plain, keys, world, entries }, 'as written', path, samples);
  await plain.close();

  const store = await open(true);
  const start = performance.now();
  let packed = 0;
  for (let moved = await store.compact(); moved > 0; moved = await store.compact()) {
    packed += moved;
    // the log would otherwise be compressed in one turn of the event loop
    if (packed % 4096 === 0) await new Promise(setImmediate);
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`\ncompressed ${count(packed)} entries: ${count(packed / seconds)}/s`);
  await tell({ store, keys, world, entries }, 'compressed', path, samples);
  await store.close();
}

async function tell(log: Log, state: string, path: string, samples: number): Promise<void> {
  const rows = [
    [`${count(log.entries)} entries ${state}, ${samples} samples`, 'p50', 'p99', 'goal'],
    ...(await measureReads(log, samples)),
    await measureVerify(log),
    ['bytes an entry', count(bytesPerEntry(path, log.entries)), '', ''],
  ];
  console.log(`\n${renderTable(rows)}`);
}
