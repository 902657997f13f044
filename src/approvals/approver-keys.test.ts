import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicBytesOf } from '../kernel/ed25519.ts';
import { type SshPublicKey, sshKeyBlob, sshKeyFromBlob } from '../kernel/ssh-key.ts';
import {
  isKeyHolderName,
  isLive,
  parseApproverKeys,
  renderApproverKey,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
} from './approver-keys.ts';

const newKey = (): SshPublicKey =>
  sshKeyFromBlob(sshKeyBlob(publicBytesOf(generateKeyPairSync('ed25519').privateKey)))!;
const [one, two] = [newKey(), newKey()];
const parse = (text: string) => parseApproverKeys({ name: 'config/approvers.allowed_signers', text }).all;
const at = (time: string) => Date.parse(time);

describe('the file of approvers’ keys', () => {
  it('is read as OpenSSH reads it', () => {
    const text = [
      '# who may approve',
      '',
      `ann namespaces="ggen-approval" ${one.text} ann@home`,
      `ben valid-after="20260102",valid-before="20260304050607Z" ${two.text}\r`,
    ];
    expect(() => parse(text.join('\n'))).toThrow('valid-after="20260102" is not understood');
    text[3] = text[3]!.replace('"20260102"', '"20260102Z"');
    const [ann, ben] = parse(text.join('\n'));
    expect(ann).toMatchObject({ approver: 'ann', line: 3, from: 0, until: Number.POSITIVE_INFINITY });
    expect(ben).toMatchObject({ approver: 'ben', line: 4, from: at('2026-01-02'), until: at('2026-03-04T05:06:07Z') });
    expect(ben!.key.fingerprint).toBe(two.fingerprint);
    expect(
      [at('2026-01-01'), at('2026-01-02'), at('2026-03-04T05:06:06Z'), ben!.until].map((t) => isLive(ben!, t)),
    ).toEqual([false, true, true, false]);
  });

  it('is written so that it reads the same', () => {
    const seconds = fc.integer({ min: 1, max: 4_000_000_000 }).map((s) => s * 1000);
    const namespaces = fc.constantFrom(VOTE_NAMESPACE, SLACK_NAMESPACE);
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isKeyHolderName);
    fc.assert(
      fc.property(name, fc.option(seconds), fc.option(seconds), namespaces, (approver, from, until, namespace) => {
        const entry = { approver, key: one, from: from ?? 0, until: until ?? Number.POSITIVE_INFINITY, namespace };
        expect(parse(renderApproverKey(entry))).toMatchObject([
          { approver, from: entry.from, until: entry.until, namespace, line: 1 },
        ]);
      }),
    );
  });

  it.each([
    ['ann,ben ssh-ed25519 AAAA', 'the line does not begin with one approver’s name'],
    ['* ssh-ed25519 AAAA', 'the line does not begin with one approver’s name'],
    [`ann namespaces="git" ${one.text}`, 'namespaces="git" is not for approvals'],
    [`ann namespaces="ggen-approval,git" ${one.text}`, 'namespaces="ggen-approval is not understood'],
    [`ann cert-authority ${one.text}`, 'cert-authority is not understood'],
    [`ann valid-before="20260231Z" ${one.text}`, 'valid-before="20260231Z" is not understood'],
    ['ann', 'the line is not understood'],
    ['ann ssh-rsa AAAA', 'that is no Ed25519 key in OpenSSH form'],
    ['ann ssh-ed25519 AAAA', 'the ssh-ed25519 key is damaged, or one that anybody can sign for'],
    [
      `ann ssh-ed25519 ${sshKeyBlob(Buffer.concat([Buffer.of(1), Buffer.alloc(31)])).toString('base64')}`,
      'the ssh-ed25519 key is damaged, or one that anybody can sign for',
    ],
    [`ben ${two.text}`, 'the key of line 2 stands here a second time'],
    [`ann ${two.text}`, 'the key of line 2 stands here a second time'],
  ])('is refused with its line where it says %s', (line, message) => {
    const text = `# comment\nben ${two.text}\n${line}\n`;
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message,
        position: { file: 'config/approvers.allowed_signers', line: 3, column: 1 },
      }),
    );
  });
});
