import { wordShare } from '../letter-groups.ts';
import { BASE62, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller, isPassword } from './placeholders.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 7);

/** Secrets in addresses, headers and connection strings. */
export const addressRules = once((): readonly ScanRule[] => [
  {
    id: 'url-password',
    title: 'password in a URL',
    keywords: ['://'],
    pattern:
      '(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^/?#@\\s:\'"`<>{}$]{0,64}:([^/?#@\\s\'"`<>{}$]{3,128})@[A-Za-z0-9.[\\]_-]{2,100}',
    ignoreCase: true,
    group: 1,
    before: 24,
    after: 300,
    accept: (secret) => isPassword(secret) && !/[^\x21-\x7e]/.test(secret),
    yes: () => [
      ['postgres://app', `:${s(16)}@db.internal:5432/app`],
      ['mongodb+srv://u', ':9fQ!x7Lm2@cluster0.ab.mongodb.net'],
      ['https://user', `:${s(20)}@git.corp.com/x.git`],
      ['redis://', `:${s(24)}@cache:6379`],
    ],
    no: [
      'postgres://user:password@localhost/db',
      'https://user:pass@example.com',
      'http://a:$PASSWORD@host',
      'https://x:{token}@host',
      'http://localhost:3000/@scope/pkg',
      'https://user:<password>@host',
      'mailto:a:b@c.de',
      'amqp://guest:guest@localhost',
      'mongodb://YOUR_USERNAME:YOUR_PASSWORD@cluster.mongodb.net/test',
      'mysql://admin:REPLACE_WITH_PASSWORD@mysql.server.com:3306/database',
    ],
  },
  {
    id: 'git-credentials',
    title: 'password in .git-credentials',
    keywords: ['https://'],
    pattern: '(?<![^\\n])[ \\t]{0,8}https://[^/\\s:]{1,80}:([^/\\s]{6,100})@[A-Za-z0-9.-]{3,60}(?=\\s|$)',
    group: 1,
    before: 10,
    after: 260,
    accept: (secret) => isPassword(secret) && /[@!#%&*]/.test(secret),
    yes: () => [['https://ada@corp.com', `:x${s(9)}!#@7@github.com\n`]],
    no: ['https://github.com/a/b@v1', 'https://example.com:8443/path@x'],
  },
  {
    id: 'slack-webhook',
    title: 'Slack webhook',
    keywords: ['hooks.slack.com'],
    pattern: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Z0-9]{6,14}/[A-Z0-9]{6,14}/[A-Za-z0-9]{16,48})',
    group: 1,
    before: 20,
    after: 120,
    accept: (secret) => !isFiller(secret),
    yes: () => [['https://hooks.slack.com/', `services/T${s(8, 'ABCDEFGH234')}/B${s(8, 'ABCDEFGH567')}/${s(24)}`]],
    no: [
      'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
      'https://hooks.slack.com/services/',
    ],
  },
  {
    id: 'discord-webhook',
    title: 'Discord webhook',
    keywords: ['/api/webhooks/'],
    pattern: 'discord(?:app)?\\.com/api/webhooks/\\d{17,20}/([A-Za-z0-9_-]{60,72})',
    group: 1,
    before: 30,
    after: 110,
    accept: (secret) => !isFiller(secret),
    yes: () => [['https://discord.com/api/', `webhooks/1039485762019384756/${s(68)}`]],
    no: ['https://discord.com/api/webhooks/{id}/{token}'],
  },
  {
    id: 'azure-storage-key',
    title: 'Azure storage key',
    keywords: ['accountkey=', 'sharedaccesskey='],
    pattern: '(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,88}={0,2})',
    ignoreCase: true,
    group: 1,
    before: 20,
    after: 110,
    // The key of the storage emulator stands in every documentation.
    accept: (secret) => !isFiller(secret) && !secret.startsWith('Eby8vdM02x'),
    yes: () => [
      ['DefaultEndpointsProtocol=https;AccountName=a;Account', `Key=${s(86)}==;EndpointSuffix=core.windows.net`],
    ],
    no: ['AccountKey=<key>', 'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq'],
  },
  {
    id: 'authorization-header',
    title: 'credentials in a header',
    keywords: ['authorization'],
    pattern:
      'authorization["\']?\\s{0,2}[:=,]\\s{0,2}["\'`]?(?:(basic)|bearer|token)[ \\t]{1,3}([A-Za-z0-9+/=_.~-]{16,1000})',
    ignoreCase: true,
    group: 2,
    before: 20,
    after: 1040,
    accept: (secret, match) => (match[1] === undefined ? isMadeByChance(secret) : holdsUserAndPassword(secret)),
    yes: () => [
      ["curl -H 'Authorization: Ba", `sic ${Buffer.from(`ada:${s(16)}`).toString('base64')}' https://a.b`],
      ['curl -H "Authorization: Bea', `rer ${s(40)}" https://a.b`],
      ["{ 'Authorization': 'to", `ken ${s(40)}' }`],
    ],
    no: [
      'Authorization: Bearer $TOKEN',
      'Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      'Authorization: Bearer your-personal-access-token',
      'Authorization: Basic dXNlcm5hbWU6cGFzc3dvcmQ=',
      'Authorization: Bearer authenticationTokenOfTheUser',
    ],
  },
]);

function isMadeByChance(token: string): boolean {
  return !isFiller(token) && isPassword(token) && /\d/.test(token) && /[A-Za-z]/.test(token) && wordShare(token) < 0.5;
}

/** Base 64 of a user and a password that is none of the usual ones. */
function holdsUserAndPassword(encoded: string): boolean {
  const [user, ...rest] = Buffer.from(encoded, 'base64').toString('latin1').split(':');
  const password = rest.join(':');
  return user !== '' && password.length >= 6 && !/[^\x20-\x7e]/.test(user + password) && isPassword(password);
}
