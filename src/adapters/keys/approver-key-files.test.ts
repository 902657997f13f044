import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSignedBy, parseSshSignature } from '../../kernel/ssh-signature.ts';
import { createApproverKeyFiles } from './approver-key-files.ts';

const COST = 1024;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-approver-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => createApproverKeyFiles(join(folder, 'keys'));
const PASSPHRASE = 'Schlüssel 7';

it('seals a key so that only its passphrase opens it, however that is composed', async () => {
  const made = await files().create('ann', PASSPHRASE.normalize('NFD'), COST);
  const [closed] = files().list();
  expect(closed).toMatchObject({ approver: 'ann', key: { text: made.key.text } });
  const opened = await files().open(closed!, PASSPHRASE.normalize('NFC'));
  const signature = parseSshSignature(await opened.sign('this'));
  expect(signature.key.text).toBe(made.key.text);
  expect(isSignedBy(signature, 'ggen-approval', 'this')).toBe(true);
  for (const wrong of ['', 'schlüssel 7', `${PASSPHRASE} `])
    await expect(files().open(closed!, wrong)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
});

it('leaves nothing of the key or the passphrase in the file, which is only this user’s', async () => {
  const { sign } = await files().create('a/../b', PASSPHRASE, COST);
  const [name] = readdirSync(join(folder, 'keys', 'approvers'));
  expect(name).toMatch(/^a%2F\.\.%2Fb\.[A-Za-z0-9]{12}\.json$/);
  const path = join(folder, 'keys', 'approvers', name!);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'keys', 'approvers')).mode & 0o777).toBe(0o700);
  const text = readFileSync(path, 'utf8');
  expect(text).not.toContain(PASSPHRASE);
  expect(Object.keys(JSON.parse(text))).toEqual([
    'kind',
    'approver',
    'public_key',
    'scrypt',
    'cipher',
    'nonce',
    'sealed',
  ]);
  expect(await sign('x')).toBeTruthy();
});

it('takes no passphrase that is short', async () => {
  await expect(files().create('ann', 'seven77', COST)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect(files().list()).toEqual([]);
});

it('opens no file that was changed: not under another name, not with other numbers', async () => {
  await files().create('ann', PASSPHRASE, COST);
  const [closed] = files().list();
  const text = readFileSync(closed!.path, 'utf8');
  const file = JSON.parse(text);
  const bent = (change: object): void => writeFileSync(closed!.path, JSON.stringify({ ...file, ...change }));
  bent({ approver: 'ben' });
  await expect(files().open(closed!, PASSPHRASE)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  const sealed = Buffer.from(file.sealed, 'base64');
  for (let at = 0; at < sealed.length; at += 1) {
    const other = Buffer.from(sealed);
    other[at]! ^= 1;
    bent({ sealed: other.toString('base64') });
    await expect(files().open(closed!, PASSPHRASE)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  }
  for (const change of [
    { kind: 'something' },
    { cipher: 'none' },
    { sealed: 7 },
    { scrypt: { ...file.scrypt, N: 2 ** 30 } },
    { scrypt: { ...file.scrypt, r: 1000 } },
    { scrypt: null },
  ]) {
    bent(change);
    expect(() => files().list(), JSON.stringify(change)).toThrow('is no key of an approver');
  }
  for (const other of ['null', '{', '[]']) {
    writeFileSync(closed!.path, other);
    expect(() => files().list(), other).toThrow('is no key of an approver');
  }
});

it('says so where the folder can’t be used', async () => {
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'approvers'), '');
  expect(() => files().list()).toThrow(/could not be used: ENOTDIR/);
  await expect(files().create('ann', PASSPHRASE, COST)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
