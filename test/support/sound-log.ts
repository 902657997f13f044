import { expect } from 'vitest';
import {
  type AuditStore,
  auditEntryToJson,
  entryLeaf,
  type NoteVerifier,
  openCheckpoint,
  rootOfLeaves,
  TILE_WIDTH,
  tileWidth,
} from '../../src/audit/index.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';

/**
 * Expects one order without gaps and no entry twice, under a head that is signed and has the root that these entries
 * give when the tree is worked out anew from nothing else, and tiles with just these leaves. The entries' ids.
 */
export async function expectSoundLog(store: AuditStore, verifiers: readonly NoteVerifier[]): Promise<string[]> {
  const { size, checkpoint } = await store.head();
  const ids: string[] = [];
  const leaves: Uint8Array[] = [];
  for await (const page of store.read({ beforeSeq: size + 1 })) {
    for (const { seq, salt, ...entry } of page) {
      ids.push(entry.id);
      expect(seq).toBe(ids.length);
      leaves.push(entryLeaf(canonicalJson(auditEntryToJson(entry)), Buffer.from(salt, 'hex')));
    }
  }
  expect(ids.length).toBe(size);
  expect(new Set(ids).size).toBe(size);
  if (size === 0) return ids;
  const { checkpoint: signed } = openCheckpoint(checkpoint!, verifiers);
  expect(signed.size).toBe(size);
  expect(Buffer.from(signed.root).toString('hex')).toBe(Buffer.from(rootOfLeaves(leaves)).toString('hex'));
  for (let tile = 0; tile * TILE_WIDTH < size; tile += 1) {
    const width = tileWidth(0, tile, size);
    const hashes = await store.tile(0, tile, width);
    expect(
      Buffer.concat(hashes).equals(Buffer.concat(leaves.slice(tile * TILE_WIDTH, tile * TILE_WIDTH + width))),
    ).toBe(true);
  }
  return ids;
}
