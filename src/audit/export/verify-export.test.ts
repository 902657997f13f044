import { expect, test } from 'vitest';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { auditEntryToJson } from '../entry-json.ts';
import type { LoggedEntry } from '../ports.ts';
import {
  createNoteSigner,
  entryLeaf,
  type ReadTile,
  rootOfLeaves,
  signCheckpoint,
  subtreeRoot,
  type TreeHash,
  tilePath,
} from '../proof/index.ts';
import { edgeTiles, tilesAbove, verifyExportedEntries } from './verify-export.ts';

const signer = createNoteSigner('log.example', Buffer.alloc(32, 7));
const all: LoggedEntry[] = Array.from({ length: 66_000 }, (_, i) => ({
  seq: i + 1,
  salt: String(i).padStart(32, '0'),
  id: `018f0000-0000-7000-8000-${String(i).padStart(12, '0')}`,
  timestamp: 1_700_000_000_000 + i,
  eventType: 'agent_action',
  actor: { actorType: 'agent', id: 'a', name: 'a' },
  operation: { name: 'write_file' },
  result: 'success',
  metadata: {},
}));
const leaves = all.map((entry) => entryLeaf(canonicalJson(auditEntryToJson(entry)), Buffer.from(entry.salt, 'hex')));

function log(size: number, exported: readonly LoggedEntry[]) {
  const levels: TreeHash[][] = [leaves.slice(0, size)];
  for (let below = levels[0]!; below.length >= 256; below = levels.at(-1)!) {
    const above: TreeHash[] = [];
    for (let i = 0; i + 256 <= below.length; i += 256) above.push(subtreeRoot(below.slice(i, i + 256)));
    levels.push(above);
  }
  const files = new Map<string, readonly TreeHash[]>();
  for (const { level, index, width } of [...edgeTiles(size), ...exported.flatMap(({ seq }) => tilesAbove(seq, size))]) {
    files.set(tilePath(level, index, width), levels[level]!.slice(index * 256, index * 256 + width));
  }
  const read: ReadTile = async (level, index, width) => files.get(tilePath(level, index, width)) ?? [];
  const root = rootOfLeaves(levels[0]!);
  return { files, read, note: signCheckpoint({ origin: 'log.example', size, root }, signer) };
}

test.each([1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 66_000])(
  'entries of a log of %i are proven by just their tiles',
  async (size) => {
    const some = all.slice(0, size).filter(({ seq }) => seq % 97 === 1 || seq === size);
    const { read, note } = log(size, some);
    expect(await verifyExportedEntries(some, note, [signer.verifier], read)).toEqual({
      origin: 'log.example',
      size,
      entries: some.length,
      firstDifference: undefined,
    });
  },
);

test('the first entry that was changed is named, and one beyond the log', async () => {
  const { read, note } = log(600, all.slice(0, 600));
  const edited = all.slice(0, 600).map((entry) => (entry.seq === 300 ? { ...entry, target: 'x' } : entry));
  expect((await verifyExportedEntries(edited, note, [signer.verifier], read)).firstDifference).toBe(300);
  expect((await verifyExportedEntries(all.slice(0, 601), note, [signer.verifier], read)).firstDifference).toBe(601);
});

test('each tile that was changed or is missing shows', async () => {
  const { files, read, note } = log(600, all.slice(0, 600));
  for (const [path, hashes] of [...files]) {
    files.set(path, [Buffer.alloc(32), ...hashes.slice(1)]);
    await expect(verifyExportedEntries(all.slice(0, 600), note, [signer.verifier], read)).rejects.toThrow(/fit|lead/);
    files.delete(path);
    await expect(verifyExportedEntries(all.slice(0, 600), note, [signer.verifier], read)).rejects.toThrow('missing');
    files.set(path, hashes);
  }
});

test('another key, and entries out of order, are refused', async () => {
  const { read, note } = log(10, all.slice(0, 10));
  const other = createNoteSigner('log.example', Buffer.alloc(32, 8)).verifier;
  await expect(verifyExportedEntries(all.slice(0, 10), note, [other], read)).rejects.toThrow();
  await expect(verifyExportedEntries([all[1]!, all[1]!], note, [signer.verifier], read)).rejects.toThrow('comes after');
});
