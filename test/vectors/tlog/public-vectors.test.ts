// The public proof vectors of transparency-dev/merkle (its folder testdata), where a checkout of them is named:
//   GGEN_TLOG_VECTORS=/path/to/merkle/testdata npx vitest run test/vectors/tlog
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rootOfLeaves,
  splitHashes,
  subtreesFromTiles,
  tilePath,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/audit/proof/index.ts';

const folder = process.env.GGEN_TLOG_VECTORS;

/** Its roots are 12 bytes of nothing: a check that takes 32 bytes only refuses what the file calls valid. */
const DUMMY_ROOTS = 'additional/sizes-are-equal-one-and-proof-is-empty.json';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
const proofOf = (proof: readonly string[] | null): Uint8Array[] => (proof ?? []).map(bytes);
const files = (kind: string): string[] =>
  readdirSync(join(folder ?? '', kind), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
const read = <T>(kind: string, name: string): T =>
  JSON.parse(readFileSync(join(folder ?? '', kind, name), 'utf8')) as T;

interface Inclusion {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

describe.skipIf(folder === undefined)('the public vectors (GGEN_TLOG_VECTORS names them)', () => {
  it('of inclusion are judged as they say', () => {
    const wrong = files('inclusion').filter((name) => {
      const { leafIdx, treeSize, root, leafHash, proof, wantErr } = read<Inclusion>('inclusion', name);
      return verifyInclusion(leafIdx, treeSize, bytes(leafHash), proofOf(proof), bytes(root)) === wantErr;
    });
    expect(wrong).toEqual([]);
  });

  it('of consistency are judged as they say, but for one whose roots are no hashes', () => {
    const wrong = files('consistency').filter((name) => {
      const { size1, size2, root1, root2, proof, wantErr } = read<Consistency>('consistency', name);
      return verifyConsistency(size1, size2, proofOf(proof), bytes(root1), bytes(root2)) === wantErr;
    });
    expect(wrong.filter((name) => name !== DUMMY_ROOTS)).toEqual([]);
    console.log(`${files('inclusion').length} inclusion, ${files('consistency').length} consistency`);
  });
});

const log = process.env.GGEN_TESSERA_LOG;
const logKey = process.env.GGEN_TESSERA_KEY;

describe.skipIf(log === undefined || logKey === undefined)('Tessera’s own log (GGEN_TESSERA_LOG names its folder testdata/log, GGEN_TESSERA_KEY its public key)', () => {
  it('has checkpoints that hold under its key, over tiles and bundles that make their roots, each extending the others', async () => {
    const notes = readdirSync(log ?? '').filter((name) => name.startsWith('checkpoint'));
    const key = parseVerifierKey(logKey ?? '');
    const opened = notes.map((name) => openCheckpoint(readFileSync(join(log ?? '', name), 'utf8'), [key]).checkpoint);
    for (const { size, root } of opened) {
      if (size === 0) continue;
      const name = tilePath(0, 0, size);
      const tile = splitHashes(readFileSync(join(log ?? '', name)));
      expect(Buffer.from(rootOfLeaves(tile)).equals(root)).toBe(true);
      const bundle = readFileSync(join(log ?? '', name.replace('tile/0/', 'tile/entries/')));
      const leaves: Uint8Array[] = [];
      for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
        leaves.push(leafHash(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))));
      }
      expect(leaves.map((leaf) => Buffer.from(leaf).toString('hex'))).toEqual(tile.map((leaf) => Buffer.from(leaf).toString('hex')));
      for (const old of opened.filter((one) => one.size > 0 && one.size <= size)) {
        const proof = await consistencyProof(old.size, size, subtreesFromTiles(size, async () => tile));
        expect(verifyConsistency(old.size, size, proof, old.root, root)).toBe(true);
      }
    }
    console.log(`${notes.length} checkpoints`);
  });
});
