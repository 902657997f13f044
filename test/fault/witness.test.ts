import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileWitness } from '../../src/adapters/witness/index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-witness-'));
  path = join(folder, 'log.checkpoints');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noteOf = (size: number) => `log\n${size}\n${'A'.repeat(43)}=\n\n— log ${'A'.repeat(91)}=\n`;
const sizes = () =>
  createFileWitness({ path })
    .seen('log')
    .map((note) => Number(note.split('\n')[1]));
const inProcess = (first: number, count: number, step: number) =>
  new Promise<number | null>((resolve) => {
    const program = join(import.meta.dirname, 'witness-child.ts');
    spawn(process.execPath, [program, path, `${first}`, `${count}`, `${step}`], { stdio: 'inherit' }).on(
      'exit',
      resolve,
    );
  });

describe('a file of checkpoints', () => {
  it('stays small: it keeps the first, the newest, and ever fewer of what is older', () => {
    const witness = createFileWitness({ path, everyMs: 0 });
    for (let size = 1; size <= 5000; size += 1) witness.observe(noteOf(size));
    expect(statSync(path).size).toBeLessThan(257 * 1024);
    const kept = sizes();
    expect(kept[0]).toBe(1);
    expect(kept.slice(-64)).toEqual(Array.from({ length: 64 }, (_, i) => 4937 + i));
    expect(kept.filter((size) => size > 2 && size < 2500).length).toBeGreaterThan(10);
    expect(readdirSync(folder)).toEqual(['log.checkpoints']);
  });

  it('loses nothing that processes write while others thin it out', async () => {
    // Sizes that thinning out never drops: from 256 KiB on, every single note makes some process write the file anew.
    const [step, count] = [2 ** 30, 800];
    const exits = await Promise.all([1, 1001, 2001].map((first) => inProcess(first, count, step)));
    expect(exits).toEqual([0, 0, 0]);
    const kept = new Set(sizes());
    const missing = [1, 1001, 2001].flatMap((first) =>
      Array.from({ length: count }, (_, i) => (first + i) * step).filter((size) => !kept.has(size)),
    );
    expect(missing).toEqual([]);
  });

  it('is not thinned out while another process is at it, and again where that one was killed', () => {
    writeFileSync(`${path}.tmp`, 'left');
    const witness = createFileWitness({ path, everyMs: 0 });
    for (let size = 1; size <= 2000; size += 1) witness.observe(noteOf(size));
    expect(sizes()).toHaveLength(2000);
    utimesSync(`${path}.tmp`, 1, 1);
    witness.observe(noteOf(2001));
    witness.observe(noteOf(2002));
    expect(existsSync(`${path}.tmp`)).toBe(false);
    expect(sizes().length).toBeLessThan(1000);
    expect(sizes().at(-1)).toBe(2002);
  });

  it('drops what is no checkpoint first', () => {
    const witness = createFileWitness({ path, everyMs: 0 });
    for (let i = 0; i < 2000; i += 1) witness.observe(`log\nno size ${i}\n${'x'.repeat(150)}\n\n— log AAAA\n`);
    for (let size = 1; size <= 100; size += 1) witness.observe(noteOf(size));
    expect(readFileSync(path, 'utf8').length).toBeLessThan(257 * 1024);
  });

  it('is asked with those of other places beside it, so that a log that was moved is found', () => {
    createFileWitness({ path: join(folder, 'before.notes'), everyMs: 0, ofOne: true }).observe(noteOf(800));
    const moved = createFileWitness({ path: join(folder, 'after.notes'), everyMs: 0, ofOne: true });
    expect(moved.seen('log')).toEqual([noteOf(800)]);
    expect(moved.seen('another log')).toEqual([]);
    expect(moved.onlyOf?.()).toEqual([]);
    // One that the configuration names stands for itself: who knows what lies beside it.
    expect(createFileWitness({ path: join(folder, 'named.notes') }).seen('log')).toEqual([]);
  });
});
