import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicBytesOf } from './ed25519.ts';
import { parseSshPublicKey, SSH_SK_ED25519, sshKeyBlob, sshKeyFromBlob } from './ssh-key.ts';
import { armored, isSignedBy, parseSshSignature, signSsh } from './ssh-signature.ts';
import { sshString } from './ssh-wire.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const key = sshKeyFromBlob(sshKeyBlob(publicBytesOf(privateKey)))!;
const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe('an SSH signature', () => {
  it('holds for its message and its purpose, and for no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, other) => {
        const signature = parseSshSignature(signSsh(privateKey, 'ggen-approval', message));
        expect(signature.key.fingerprint).toBe(key.fingerprint);
        expect(isSignedBy(signature, 'ggen-approval', message)).toBe(true);
        expect(isSignedBy(signature, 'git', message)).toBe(false);
        const same = Buffer.from(other).equals(Buffer.from(message));
        expect(isSignedBy(signature, 'ggen-approval', other)).toBe(same);
      }),
      { numRuns: 50 },
    );
  });

  it('does not survive the change of any byte', () => {
    const message = 'exactly this\n';
    const blob = Buffer.from(signSsh(privateKey, 'ggen-approval', message), 'base64');
    for (let at = 0; at < blob.length; at += 1) {
      const bent = Buffer.from(blob);
      bent[at]! ^= 1;
      let holds: boolean;
      try {
        const signature = parseSshSignature(bent.toString('base64'));
        holds = signature.key.fingerprint === key.fingerprint && isSignedBy(signature, 'ggen-approval', message);
      } catch {
        holds = false;
      }
      expect(holds, `byte ${at}`).toBe(false);
    }
  });

  it('is refused where it is cut off, longer, or of another key', () => {
    const whole = signSsh(privateKey, 'n', 'm');
    const blob = Buffer.from(whole, 'base64');
    for (let length = 0; length < blob.length; length += 1)
      expect(() => parseSshSignature(blob.subarray(0, length).toString('base64'))).toThrow('that is no SSH signature');
    expect(() => parseSshSignature(Buffer.concat([blob, Buffer.of(0)]).toString('base64'))).toThrow('damaged');
    expect(() => parseSshSignature('A'.repeat(9000))).toThrow('longer than 8192');
    expect(() => parseSshSignature('not base64!')).toThrow('not base64');
  });

  it('of a security key counts only where somebody touched it', () => {
    const skBlob = Buffer.concat([sshString(SSH_SK_ED25519), sshString(publicBytesOf(privateKey)), sshString('ssh:')]);
    const signed = Buffer.concat([
      Buffer.from('SSHSIG'),
      sshString('ggen-approval'),
      sshString(''),
      sshString('sha512'),
      sshString(hash('sha512', 'm', 'buffer')),
    ]);
    const with_ = (flags: number) => {
      const counter = Buffer.of(0, 0, 0, 7);
      const bytes = sign(
        null,
        Buffer.concat([hash('sha256', 'ssh:', 'buffer'), Buffer.of(flags), counter, hash('sha256', signed, 'buffer')]),
        privateKey,
      );
      const inner = Buffer.concat([sshString(SSH_SK_ED25519), sshString(bytes), Buffer.of(flags), counter]);
      return Buffer.concat([
        Buffer.from('SSHSIG'),
        Buffer.of(0, 0, 0, 1),
        sshString(skBlob),
        sshString('ggen-approval'),
        sshString(''),
        sshString('sha512'),
        sshString(inner),
      ]).toString('base64');
    };
    expect(isSignedBy(parseSshSignature(with_(1)), 'ggen-approval', 'm')).toBe(true);
    expect(isSignedBy(parseSshSignature(with_(5)), 'ggen-approval', 'm')).toBe(true);
    expect(isSignedBy(parseSshSignature(with_(0)), 'ggen-approval', 'm')).toBe(false);
  });

  it.skipIf(!hasSsh)('is what OpenSSH makes, and what it checks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ggen-ssh-'));
    try {
      const at = (name: string) => join(folder, name);
      const ssh = (args: string[], input?: string) =>
        spawnSync('ssh-keygen', args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
      // Ours, checked by theirs.
      writeFileSync(at('signers'), `ann namespaces="ggen-approval" ${key.text}\n`);
      writeFileSync(at('ours.sig'), armored(signSsh(privateKey, 'ggen-approval', 'ünï\n')));
      const check = ['-Y', 'verify', '-f', at('signers'), '-I', 'ann', '-n', 'ggen-approval', '-s', at('ours.sig')];
      expect(ssh(check, 'ünï\n').stdout).toContain(
        `Good "ggen-approval" signature for ann with ED25519 key ${key.fingerprint}`,
      );
      expect(ssh(check, 'other\n').status).not.toBe(0);
      // Theirs, checked by ours.
      ssh(['-q', '-t', 'ed25519', '-N', '', '-C', 'no comment', '-f', at('id')]);
      const theirs = parseSshPublicKey(readFileSync(at('id.pub'), 'utf8'));
      expect(ssh(['-l', '-f', at('id.pub')]).stdout).toContain(theirs.fingerprint);
      writeFileSync(at('message'), 'ünï\n');
      ssh(['-Y', 'sign', '-n', 'ggen-approval', '-f', at('id'), at('message')]);
      const signature = parseSshSignature(readFileSync(at('message.sig'), 'utf8'));
      expect(signature.key.text).toBe(theirs.text);
      expect(isSignedBy(signature, 'ggen-approval', 'ünï\n')).toBe(true);
      ssh(['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', at('rsa')]);
      expect(() => parseSshPublicKey(readFileSync(at('rsa.pub'), 'utf8'))).toThrow('that is no Ed25519 key');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('an SSH public key', () => {
  it('of small order, damaged or of another kind is refused', () => {
    expect(parseSshPublicKey(`${key.text} ann@home`).fingerprint).toBe(key.fingerprint);
    const small = sshKeyBlob(Buffer.concat([Buffer.of(1), Buffer.alloc(31)])).toString('base64');
    for (const text of [
      `ssh-ed25519 ${small}`,
      `ssh-ed25519 ${key.text.split(' ')[1]!.slice(0, -4)}`,
      `ssh-ed25519 ${key.text.split(' ')[1]}AAAA`,
      `${SSH_SK_ED25519} ${key.text.split(' ')[1]}`,
      'ssh-ed25519',
    ])
      expect(() => parseSshPublicKey(text), text).toThrow('damaged');
    expect(() => parseSshPublicKey('ssh-rsa AAAA')).toThrow('no Ed25519 key');
    expect(createPublicKey(privateKey).equals(key.key)).toBe(true);
  });
});
