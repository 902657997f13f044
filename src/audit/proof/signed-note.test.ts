import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { leafHash } from './hash-tree.ts';
import { parseProofFile, renderConsistencyProof, renderInclusionProof } from './proof-file.ts';
import { createNoteSigner, parseSignedNote, parseVerifierKey, verifyNote } from './signed-note.ts';

const seed = (byte: number) => new Uint8Array(32).fill(byte);

describe('a signed note', () => {
  it('holds under its key, whatever other signatures stand beside, and under no other', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((t) => t.isWellFormed() && !/[\u0000-\u001f]/.test(t)),
        fc.integer({ min: 0, max: 255 }),
        (line, byte) => {
          const signer = createNoteSigner('log', seed(byte));
          const other = createNoteSigner('witness', seed(255 - byte));
          const both = `${signer.sign(`${line}\n`)}${other.sign(`${line}\n`).split('\n\n').at(-1)}`;
          const key = parseVerifierKey(signer.verifier.vkey);
          expect(verifyNote(parseSignedNote(both), [key])).toEqual([key]);
          expect(verifyNote(parseSignedNote(both), [createNoteSigner('log', seed(byte ^ 1)).verifier])).toEqual([]);
          const bent = parseSignedNote(both.replace(line, `${line}x`));
          expect(() => verifyNote(bent, [key])).toThrow(/does not hold/);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    '',
    'text\n',
    'text\n\n',
    'text\n\n— log AAAA\n',
    'text\n\n- log AAAAAAAAAAA=\n',
    'te\u0000xt\n\n— log AAAAAAAAAAA=\n',
    'text\n\n— log AAAAAAAAAAA=',
    'text\n\n— l og AAAAAAAAAAA=\n',
  ])('is refused where it is none: %j', (note) => {
    expect(() => parseSignedNote(note)).toThrow();
  });

  it.each(['', 'log', 'log+00000000+AAAA', `${createNoteSigner('log', seed(1)).verifier.vkey}A`, 'l og+1+A'])(
    'takes no key that is none: %j',
    (vkey) => {
      expect(() => parseVerifierKey(vkey)).toThrow();
    },
  );

  it('sees a key whose digest is another one', () => {
    const { vkey } = createNoteSigner('log', seed(1)).verifier;
    expect(() => parseVerifierKey(vkey.replace('log+', 'other+'))).toThrow(/damaged/);
  });
});

describe('a checkpoint', () => {
  const signer = createNoteSigner('log.example/a', seed(7));
  const root = leafHash(Buffer.from('x'));
  const note = signCheckpoint({ origin: 'log.example/a', size: 42, root }, signer);

  it('comes back as it was signed', () => {
    expect(openCheckpoint(note, [signer.verifier]).checkpoint).toEqual({
      origin: 'log.example/a',
      size: 42,
      root: Buffer.from(root),
    });
  });

  it('is refused unsigned, under another key, another name, or with a number that is none', () => {
    const stranger = createNoteSigner('log.example/a', seed(8));
    expect(() => openCheckpoint(note, [stranger.verifier])).toThrow(/not signed by a key/);
    expect(() => openCheckpoint(note.replace('\n42\n', '\n43\n'), [signer.verifier])).toThrow(/does not hold/);
    const elsewhere = signCheckpoint({ origin: 'log.example/b', size: 42, root }, signer);
    expect(() => openCheckpoint(elsewhere, [signer.verifier])).toThrow(/not signed by a key/);
    for (const size of ['042', '-1', '1e3', '', '99999999999999999']) {
      expect(() => parseCheckpoint(`a\n${size}\n${Buffer.from(root).toString('base64')}\n`)).toThrow(/no checkpoint/);
    }
    expect(() => parseCheckpoint('a\n1\nAAAA\n')).toThrow(/no checkpoint/);
  });

  it('stands in proof files that come back as they were written', () => {
    const proof = [root, leafHash(Buffer.from('y'))];
    const inclusion = { extra: Buffer.from('{"a":1}'), index: 3, proof, checkpoint: note };
    expect(parseProofFile(renderInclusionProof(inclusion))).toEqual({
      kind: 'inclusion',
      ...inclusion,
      proof: proof.map((h) => Buffer.from(h)),
    });
    const consistency = { oldSize: 7, proof, checkpoint: note };
    expect(parseProofFile(renderConsistencyProof(consistency))).toEqual({
      kind: 'consistency',
      ...consistency,
      proof: proof.map((h) => Buffer.from(h)),
    });
    for (const bad of [
      '',
      'x\n\n',
      'old 1',
      'old -1\n\n',
      'old 1\nAAAA\n\n',
      'c2sp.org/tlog-proof@v1\n\n',
      'c2sp.org/tlog-proof@v1\nindex 01\n\n',
    ]) {
      expect(() => parseProofFile(bad)).toThrow(/no proof/);
    }
  });
});
