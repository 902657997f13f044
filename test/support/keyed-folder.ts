// A governed folder with approvers' keys, on either database; whatever was opened is closed with it.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { renderApproverKey, VOTE_NAMESPACE } from '../../src/approvals/index.ts';
import { type GovernedSystem, openSystem, type SystemOptions } from '../../src/compose/index.ts';
import { signerOf } from './approvers.ts';
import { createDatabase, dropDatabase } from './postgres-database.ts';
import { createFolder, homeOf } from './test-system.ts';

export interface KeyedFolder {
  readonly root: string;
  /** for programs that find their keys by it */
  readonly env: Readonly<Record<string, string>>;
  open(more?: Partial<SystemOptions>): Promise<GovernedSystem>;
  write(path: string, text: string): void;
  /** the lines of the keys' file for these approvers */
  lines(...approvers: readonly string[]): string;
  /** what somebody does who writes the database file */
  sql(text: string): void;
  remove(): Promise<void>;
}

export async function createKeyedFolder(
  backend: 'sqlite' | 'postgres',
  governance: string,
  approvals: string,
  approvers: readonly string[],
): Promise<KeyedFolder> {
  const lines = (...names: readonly string[]): string =>
    names
      .map((approver) => {
        const { key } = signerOf(approver);
        return `${renderApproverKey({ approver, key, from: 0, until: Number.POSITIVE_INFINITY, namespace: VOTE_NAMESPACE })}\n`;
      })
      .join('');
  const database = backend === 'postgres' ? await createDatabase() : undefined;
  const folder = createFolder({
    'config/governance.toml': governance,
    'config/approvals.toml': approvals,
    'config/approvers.allowed_signers': lines(...approvers),
    ...(database === undefined
      ? {}
      : { 'config/audit.toml': `[audit.storage]\nbackend = "postgres"\nconnection_string = "${database}"\n` }),
  });
  const systems: GovernedSystem[] = [];
  return {
    root: folder.root,
    env: { GGEN_HOME: join(homeOf(folder), '.config/ggen-governance') },
    lines,
    write: (path, text) => void folder.write(path, text),
    open: async (more = {}) => {
      const where = { configDir: folder.configDir, workspace: folder.root, home: homeOf(folder), env: {} };
      const system = await openSystem({ ...where, ...more });
      systems.push(system);
      return system;
    },
    sql: (text) => {
      const db = new DatabaseSync(join(folder.root, '.ggen/audit.db'));
      db.exec(text);
      db.close();
    },
    remove: async () => {
      await Promise.all(systems.map((system) => system.close()));
      if (database !== undefined) await dropDatabase(database);
      folder.remove();
    },
  };
}
