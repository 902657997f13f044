import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as root from '../../src/index.ts';
import { ROOT, readGuide } from './guide.ts';
import { inventoryOf } from './inventory.ts';
import { type LedgerRow, readLedger } from './ledger.ts';

const ledger = readLedger();
const guide = readGuide();

const KINDS: Readonly<Record<string, string>> = { toml: 'keys', bash: 'commands', rust: 'types and members' };

function countsOf(language: string): number[] {
  const numbers = new Set(ledger.blocks.filter((block) => block.language === language).map((block) => block.number));
  const rows = ledger.rows.filter((row) => numbers.has(row.block));
  const count = (is: (row: LedgerRow) => boolean): number => rows.filter(is).length;
  return [
    rows.length,
    count((row) => row.tests.length > 0),
    count((row) => !!row.notYet),
    count((row) => !!row.notOurs),
  ];
}

afterAll(() => {
  for (const [language, kind] of Object.entries(KINDS)) {
    const [items, tested, notYet, notOurs] = countsOf(language);
    console.log(`guide: ${items} ${kind}, ${tested} tested, ${notYet} not yet, ${notOurs} not ours`);
  }
});

describe('the ledger of the guide', () => {
  if (guide) {
    it('has every block of the guide, and every key, command, type and member of it', () => {
      expect(ledger.blocks).toEqual(guide.map(({ number, language, heading }) => ({ number, language, heading })));
      for (const block of guide) {
        const rows = ledger.rows.filter((row) => row.block === block.number).map((row) => row.item);
        expect([block.heading, ...rows.sort()]).toEqual([block.heading, ...inventoryOf(block).sort()]);
      }
    });
  }

  it('names only tests that are there', () => {
    const missing = ledger.rows.flatMap((row) =>
      row.tests
        .filter(({ file, title }) => {
          const path = join(ROOT, file);
          return !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
        })
        .map(({ file, title }) => `${row.item}: ${file}: ${title}`),
    );
    expect(missing).toEqual([]);
  });

  it('says "not yet" only of types that are not exported', () => {
    const types = ledger.rows.filter((row) => row.notYet && /^[A-Z]\w+$/.test(row.item)).map((row) => row.item);
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((name) => name in root)).toEqual([]);
  });

  it('adds up', () => {
    const counted = Object.fromEntries(Object.entries(KINDS).map(([language, kind]) => [kind, countsOf(language)]));
    expect(ledger.counts).toEqual(counted);
  });
});
