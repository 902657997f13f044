import { join } from 'node:path';
import { openClient, postgresUrl } from '../../test/support/postgres-database.ts';
import { openBare } from '../store/commits.ts';
import type { Backend } from './house.ts';

export interface BareCommit {
  /** Commits one row durably; milliseconds. */
  take(): Promise<number>;
  close(): Promise<void>;
}

/** What the disk and the database take by themselves, at the same time of the same run. */
export async function openBareCommit(backend: Backend, folder: string): Promise<BareCommit> {
  const text = 'x'.repeat(600);
  const timed = async (commit: () => unknown): Promise<number> => {
    const start = performance.now();
    await commit();
    return performance.now() - start;
  };
  if (backend === 'sqlite') {
    const db = openBare(join(folder, 'bare.db'), 'disk');
    const insert = db.prepare('INSERT INTO rows (text) VALUES (?)');
    return { take: () => timed(() => insert.run(text)), close: async () => db.close() };
  }
  const client = await openClient(`${await postgresUrl()}/postgres`);
  await client.query('CREATE TABLE IF NOT EXISTS bare (n bigserial PRIMARY KEY, text text)');
  return {
    take: () => timed(() => client.query('INSERT INTO bare (text) VALUES ($1)', [text])),
    close: () => client.end(),
  };
}
