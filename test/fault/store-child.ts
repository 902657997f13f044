/** A process that writes to a store under a fault that its parent has arranged: `node store-child.ts JOB PATH [N]`. */
import { writeSync } from 'node:fs';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import { renderError } from '../../src/kernel/errors.ts';
import { sampleEntry } from '../contract/store-samples.ts';

const [job = '', path = '', count = '0'] = process.argv.slice(2);
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};
const refused = (error: unknown): void => {
  say(`failed ${(error as { code?: string }).code} ${renderError(error)}`);
};

const store = await openSqliteStore({
  path,
  durability: 'disk',
  clock: Date.now,
  keys: createLogKeys(`${path}.keys`),
}).catch(refused);
/** True once the entry is acknowledged. */
const append = async (target: string): Promise<boolean> => {
  try {
    await store?.append(sampleEntry({ target }));
  } catch (error) {
    refused(error);
    return false;
  }
  say(`ack ${target}`);
  return true;
};

const JOBS: Record<string, () => Promise<void>> = {
  /** big entries until one fails, then small ones until one fits again, or twenty have failed too */
  fill: async () => {
    for (let i = 0; await append(`${i}-${'x'.repeat(5000)}`); i += 1);
    for (let i = 0; i < 20 && !(await append(`small ${i}`)); i += 1);
  },
  /** N entries, and killed at the first that is refused */
  'until-refused': async () => {
    for (let i = 0; i < Number(count); i += 1) if (!(await append(String(i)))) process.kill(process.pid, 'SIGKILL');
  },
  /** N entries, whatever becomes of each */
  all: async () => {
    for (let i = 0; i < Number(count); i += 1) await append(String(i));
  },
};

if (store) await JOBS[job]!();
