import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './guide.ts';

/** One line of docs/reference/guide-ledger.md. */
export interface LedgerRow {
  /** number of the guide's block */
  readonly block: number;
  /** a dotted key, a command line, a type or a member, as the guide writes it */
  readonly item: string;
  /** the tests that keep it: file below the repository and title */
  readonly tests: readonly { readonly file: string; readonly title: string }[];
  /** why it isn't there yet, or isn't ours */
  readonly notYet?: string;
  readonly notOurs?: string;
}

export interface Ledger {
  /** the table of counts at its head: kind → [items, tested, not yet, not ours] */
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly blocks: readonly { readonly number: number; readonly language: string; readonly heading: string }[];
  readonly rows: readonly LedgerRow[];
}

/** Reads the ledger; throws at a line of a table that it can't read. */
export function readLedger(): Ledger {
  const counts: Record<string, number[]> = {};
  const blocks: { number: number; language: string; heading: string }[] = [];
  const rows: LedgerRow[] = [];
  for (const line of readFileSync(join(ROOT, 'docs/reference/guide-ledger.md'), 'utf8').split('\n')) {
    const heading = /^## Block (\d+): (.+) \((toml|rust|bash)\)$/.exec(line);
    if (heading) blocks.push({ number: Number(heading[1]), heading: heading[2] ?? '', language: heading[3] ?? '' });
    if (!line.startsWith('| ') || line.startsWith('| ---') || line.startsWith('| what ')) continue;
    const cells = line.slice(2, -2).split(' | ');
    const block = blocks.at(-1)?.number;
    if (block === undefined) counts[cells[0] ?? ''] = cells.slice(1).map(Number);
    else rows.push(parseRow(block, cells, line));
  }
  return { counts, blocks, rows };
}

function parseRow(block: number, [item = '', kept = '']: readonly string[], line: string): LedgerRow {
  if (!item.startsWith('`') || !item.endsWith('`')) throw new Error(`guide-ledger.md: can't read ${line}`);
  const name = item.slice(1, -1);
  const [, word, reason] = /^(not yet|not ours): (.+)$/.exec(kept) ?? [];
  if (word === 'not yet') return { block, item: name, tests: [], notYet: reason ?? '' };
  if (word === 'not ours') return { block, item: name, tests: [], notOurs: reason ?? '' };
  const tests = kept.split('; ').map((one) => {
    const [, file, title] = /^(\S+\.test\.ts): (.+)$/.exec(one) ?? [];
    if (!file || !title) throw new Error(`guide-ledger.md: can't read ${line}`);
    return { file, title };
  });
  return { block, item: name, tests };
}
