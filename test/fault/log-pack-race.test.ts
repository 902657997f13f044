// Two processes that compress the same log: one of them has looked, and the other is faster.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/sqlite/database.ts';
import { packSome } from '../../src/adapters/sqlite/packed-table.ts';
import { transactionOf } from '../../src/adapters/sqlite/transaction.ts';
import { expectGoesOn, expectWhole, fillLog } from './log-check.ts';
import { databaseOf } from './log-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-pack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const connect = (): Promise<Database> =>
  openDatabase({ path: databaseOf(folder), durability: 'os', busyTimeoutMs: 1000, beside: () => undefined });

it('moves each entry once, whoever was faster, and says nothing of it', async () => {
  await fillLog(folder, 1100);
  const [one, other] = [await connect(), await connect()];
  try {
    const otherFirst = (write: () => void): boolean => {
      expect(packSome(other, transactionOf(other))).toBe(256);
      return transactionOf(one)(write);
    };
    const packed = (): unknown => one.get('SELECT count(*) AS n, max(seq) AS last FROM audit_packed');
    expect(packSome(one, otherFirst)).toBe(0);
    expect(packed()).toMatchObject({ n: 256, last: 256 });
    expect(packSome(one, otherFirst)).toBe(0);
    expect(packSome(one, transactionOf(one))).toBe(256);
    expect(packed()).toMatchObject({ n: 768, last: 768 });
  } finally {
    one.close();
    other.close();
  }
  await expectGoesOn(folder, await expectWhole(folder, []));
});
