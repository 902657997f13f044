import { BASE62, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller } from './placeholders.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 7);

/** Keys and signed tokens, known by how they begin. */
export const keyRules = once((): readonly ScanRule[] => [
  {
    id: 'private-key',
    title: 'private key',
    keywords: ['private key'],
    pattern:
      '-----BEGIN (?:[A-Z0-9]{2,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\\\r|\\\\n|\\s|\\\\){0,8}([A-Za-z0-9+/=:, -]{24})',
    before: 90,
    after: 120,
    accept: (_, match) => !isFiller(match[1]!),
    yes: () => [
      ['-----BEGIN RSA ', `PRIVATE KEY-----\n${s(64)}\n`],
      ['-----BEGIN ', `PRIVATE KEY-----\\n${s(64)}\\n`],
      ['-----BEGIN PGP ', `PRIVATE KEY BLOCK-----\n\n${s(64)}\n`],
      ['-----BEGIN OPENSSH ', `PRIVATE KEY-----\n${s(70)}\n`],
    ],
    no: [
      '-----BEGIN PUBLIC KEY-----\nMIIB',
      '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
      'if (text.includes("-----BEGIN PRIVATE KEY-----"))',
    ],
  },
  {
    id: 'putty-private-key',
    title: 'PuTTY private key',
    keywords: ['putty-user-key-file'],
    pattern: 'PuTTY-User-Key-File-[23]:[^\\n]{1,60}',
    before: 30,
    after: 80,
    yes: () => [['PuTTY-User-Key', '-File-3: ssh-ed25519\nEncryption: none']],
    no: ['PuTTY-User-Key-File'],
  },
  {
    id: 'jwt',
    title: 'JSON web token',
    keywords: ['eyj'],
    pattern: '(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{8,400})\\.eyJ[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{16,700}',
    before: 4,
    after: 8500,
    // The example of every documentation says that its subject is 1234567890.
    accept: (secret, match) =>
      !isFiller(secret) && !secret.includes('.eyJzdWIiOiIxMjM0NTY3ODkw') && headerOfJwt(match[1]!),
    yes: () => [
      [
        Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url'),
        `.${Buffer.from('{"sub":"123456","name":"Ada"}').toString('base64url')}.${s(43)}`,
      ],
    ],
    no: ['eyJhbGciOiJub25lIn0', 'eyJabcdefghijk.eyJabcdefghijklmnop.abcdefghijklmnopqrstuvwx'],
  },
  {
    id: 'kubeconfig-key',
    title: 'key of a client of Kubernetes',
    keywords: ['key-data'],
    pattern: 'client-key-data["\']?:[ \\t]{1,4}["\']?(LS0tLS1CRUdJTi[A-Za-z0-9+/=]{20,4000})',
    group: 1,
    before: 20,
    after: 4100,
    accept: (secret) => / PRIVATE KEY/.test(Buffer.from(secret.slice(0, 64), 'base64').toString('latin1')),
    yes: () => [
      ['client-key', `-data: ${Buffer.from(`-----BEGIN RSA ${'PRIVATE'} KEY-----\\n${s(64)}`).toString('base64')}`],
    ],
    no: ['client-key-data: REDACTED', 'client-key-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM='],
  },
]);

function headerOfJwt(header: string): boolean {
  try {
    const read = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown };
    return typeof read.alg === 'string';
  } catch {
    return false;
  }
}
