import type { LogKeys } from '../../audit/index.ts';
import type { RandomBytes } from '../../kernel/ports.ts';
import type { BesideSql } from './database.ts';
import { layBlocks } from './lay-blocks.ts';
import { plantTree } from './plant-tree.ts';

/** What migrations do beside their SQL. */
export function besideSql(keys: LogKeys, random: RandomBytes): BesideSql {
  return (step, db) => (step === 'plant-tree' ? plantTree(db, keys, random) : layBlocks(db));
}
