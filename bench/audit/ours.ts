import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import { AuditLogger } from '../../src/api/index.ts';
import type { Contender } from './rivals.ts';

/** The public logger over a configuration of its own: everything that a program which calls it has. */
export function openLogger(folder: string, compression: boolean): AuditLogger {
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  const file = join(config, 'audit.toml');
  const text = `[audit]\ndurability = "disk"\ncompression_enabled = ${compression}\n\n[audit.storage]\npath = "audit.db"\n`;
  writeFileSync(file, text);
  return AuditLogger.fromConfig(file, { workspace: folder, env: { ...process.env, GGEN_HOME: join(folder, 'home') } });
}

/** Every entry is a caller of its own, all of them in flight together. */
export function ourLogger(folder: string, compression: boolean): Contender {
  const logger = openLogger(folder, compression);
  return {
    name: `AuditLogger.log: masking, tree, signature, rollups${compression ? ', compression behind' : ''}`,
    append: async (entries) => {
      await Promise.all(entries.map((entry) => logger.log({ ...entry, timestamp: new Date(entry.timestamp) })));
    },
    close: () => logger.close(),
  };
}

/** The store under it, without the masking and checking of what callers hand in. */
export async function ourStore(folder: string): Promise<Contender> {
  const store = await openSqliteStore({
    path: join(folder, 'audit.db'),
    durability: 'disk',
    clock: Date.now,
    keys: createLogKeys(join(folder, 'keys')),
  });
  return {
    name: 'its store alone: tree, signature, rollups',
    append: async (entries) => {
      await Promise.all(entries.map((entry) => store.append(entry)));
    },
    close: () => store.close(),
  };
}
