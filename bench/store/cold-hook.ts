import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import { benchEntry, newId } from './entry.ts';

const [path = '', durability] = process.argv.slice(2);

async function main(): Promise<void> {
  const store = await openSqliteStore({
    path,
    durability: durability === 'os' ? 'os' : 'disk',
    clock: Date.now,
    keys: createLogKeys(`${path}.keys`),
  });
  await store.attempt(benchEntry('unknown', newId()), {});
  await store.close();
}

void main();
