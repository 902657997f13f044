import { BASE62, HEX, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller } from './tokens.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 7);

/** Secrets that are known by what stands around them. */
export const structureRules = once((): readonly ScanRule[] => [
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
    id: 'telegram-token',
    title: 'Telegram bot token',
    keywords: [':aa'],
    pattern: '(?<![A-Za-z0-9])\\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])',
    before: 12,
    after: 40,
    accept: (secret) => !isFiller(secret.slice(secret.indexOf(':'))),
    yes: () => [['7483920175', `:AA${s(33)}`]],
    no: ['12345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-too-long-to-be-one', '12:AAx'],
  },
  {
    id: 'npmrc-token',
    title: 'token in .npmrc',
    keywords: ['_authtoken', '_auth', '_password'],
    pattern: '(?<![A-Za-z0-9_])_(?:authToken|auth|password)\\s{0,3}=\\s{0,3}"?([A-Za-z0-9+/=_.-]{16,250})',
    ignoreCase: true,
    group: 1,
    before: 3,
    after: 280,
    accept: (secret) => !isFiller(secret) && !/^(?:NpmToken)?\$/.test(secret),
    yes: () => [['//npm.corp.com/:_auth', `Token=${s(40)}`]],
    no: ['//registry.npmjs.org/:_authToken=${NPM_TOKEN}', '_authToken = <token>'],
  },
  {
    id: 'netrc-password',
    title: 'password in .netrc',
    keywords: ['machine'],
    pattern:
      '(?<![^\\n])[ \\t]{0,8}machine\\s{1,5}\\S{3,100}\\s{1,10}login\\s{1,5}\\S{1,100}\\s{1,10}password\\s{1,5}(\\S{6,100})',
    group: 1,
    before: 12,
    after: 420,
    accept: (secret) => isPassword(secret),
    yes: () => [['machine git.corp.com login ada ', `password ${s(18)}`]],
    no: ['machine learning login page password reset', 'machine host login user password $PASS'],
  },
  {
    id: 'openai-key-old',
    title: 'OpenAI key',
    keywords: ['t3blbkfj'],
    pattern: '(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20}(?![A-Za-z0-9_-])',
    before: 34,
    after: 30,
    yes: () => [['sk-', `${s(20)}T3BlbkFJ${s(20)}`]],
    no: ['sk-T3BlbkFJ'],
  },
  {
    id: 'discord-bot-token',
    title: 'Discord bot token',
    // The number of the bot's account in base 64: what its digits can begin with.
    keywords: ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'],
    pattern:
      '(?<![A-Za-z0-9_-])(?:M[Tjz]|N[DTjz]|O[DT])[A-Za-z0-9]{22,26}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])',
    before: 4,
    after: 90,
    accept: (secret) =>
      !isFiller(secret) && /^\d{17,20}$/.test(Buffer.from(secret.split('.', 1)[0]!, 'base64').toString('latin1')),
    yes: () => [[Buffer.from('1482009441615548071').toString('base64').slice(0, 26), `.${s(6)}.${s(38)}`]],
    no: ['MTIzNDU2.abcdef.ghijklmnop', 'Node.prototype.isEqualNodeWithSomeVeryLongName'],
  },
  {
    id: 'braintree-token',
    title: 'Braintree token',
    keywords: ['access_token$'],
    pattern: 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
    before: 2,
    after: 80,
    yes: () => [['access_token$production', `$${s(16).toLowerCase()}$${s(32, HEX)}`]],
    no: ['access_token$production$id$key'],
  },
  {
    id: 'terraform-token',
    title: 'Terraform token',
    keywords: ['.atlasv1.'],
    pattern: '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,70}',
    before: 26,
    after: 80,
    yes: () => [[`${s(14)}.atlas`, `v1.${s(67)}`]],
    no: ['xxx.atlasv1.yyy'],
  },
  {
    id: 'cloudflare-origin-key',
    title: 'Cloudflare origin CA key',
    keywords: ['v1.0-'],
    pattern: '(?<![A-Za-z0-9.])v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}',
    before: 2,
    after: 190,
    yes: () => [['v1.0', `-${s(24, HEX)}-${s(146, HEX)}`]],
    no: ['v1.0-alpha', 'v1.0-0123456789ab'],
  },
  {
    id: 'azure-client-secret',
    title: 'Azure client secret',
    keywords: ['q~'],
    pattern: '(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])',
    before: 8,
    after: 40,
    accept: (secret) => !isFiller(secret),
    yes: () => [['aB3', `8Q~${s(34)}`]],
    no: ['abc1Q~short'],
  },
  {
    id: 'secret-element',
    title: 'secret in an element',
    keywords: [
      ...['pass', 'secret', 'token', 'apikey', 'api_key', 'accesskey', 'access_key', 'privatekey', 'private_key'],
      ...['encryptionkey', 'encryption_key', 'signingkey', 'signing_key'],
    ],
    pattern:
      '<([A-Za-z0-9_.:-]{0,40}(?:pass|password|passwd|passphrase|secret|token|(?:api|access|private|encryption|signing)_?key))(?:\\s[^<>]{0,60})?>([^<>\\s]{8,200})</',
    ignoreCase: true,
    group: 2,
    before: 60,
    after: 300,
    accept: (secret) =>
      isPassword(secret) &&
      !isFiller(secret) &&
      /\d/.test(secret) &&
      /[A-Za-z]/.test(secret) &&
      !/[{}$()]/.test(secret),
    yes: () => [['<Pass', `word>${s(20)}</Password>`]],
    no: ['<password>${db.password}</password>', '<token>identifier</token>', '<secret>true</secret>'],
  },
  {
    id: 'php-define',
    title: 'secret in a definition of PHP',
    keywords: ['define'],
    pattern:
      'define\\s{0,2}\\(\\s{0,2}[\'"][A-Z0-9_]{0,40}(?:KEY|SALT|PASSWORD|PASSWD|PWD|SECRET|TOKEN)[\'"]\\s{0,12},\\s{0,12}[\'"]([^\'"\\n]{16,200})[\'"]',
    group: 1,
    before: 10,
    after: 300,
    accept: (secret) => isPassword(secret) && !/unique phrase|your|example/i.test(secret) && new Set(secret).size >= 12,
    yes: () => [["define( 'AUTH", `_KEY', '${s(40)}>M%0Vl 2(#o' );`]],
    no: [
      "define('AUTH_KEY', 'put your unique phrase here');",
      "define('DB_NAME', 'main');",
      "define('API_KEY', getenv('API_KEY'));",
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
    id: 'docker-auth',
    title: 'credentials of a container registry',
    keywords: ['"auth"'],
    pattern: '"auth"\\s{0,4}:\\s{0,4}"([A-Za-z0-9+/]{16,250}={0,2})"',
    group: 1,
    before: 2,
    after: 290,
    accept: (secret) =>
      /^[\x21-\x7e]{1,100}:[\x21-\x7e]{6,200}$/.test(Buffer.from(secret, 'base64').toString('latin1')),
    yes: () => [['{"auths":{"r.io":{"', `auth":"${Buffer.from(`ada:${s(20)}`).toString('base64')}"}}}`]],
    no: ['"auth": "required"', '{"auth":"aGVsbG8gd29ybGQgdGhpcyBpcw=="}'],
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
    id: 'laravel-app-key',
    title: 'key of a Laravel application',
    keywords: ['app_key'],
    pattern: 'APP_KEY["\']?\\s{0,4}(?:=|:)\\s{0,4}["\']?(base64:[A-Za-z0-9+/]{42,44}={0,2})',
    group: 1,
    before: 10,
    after: 90,
    accept: (secret) => !isFiller(secret),
    yes: () => [['APP', `_KEY=base64:${s(43)}=`]],
    no: ['APP_KEY=', 'APP_KEY=base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
  },
  {
    id: 'password-hash',
    title: 'hash of a password, beside its user',
    keywords: [':$1$', ':$5$', ':$6$', ':$y$', ':$2a$', ':$2b$', ':$2y$', ':$apr1$'],
    pattern:
      '(?<![^\\n])[ \\t]{0,8}[A-Za-z0-9_.@-]{1,64}:\\$(?:1|5|6|y|2[aby]|apr1)\\$[A-Za-z0-9./$=,]{20,130}(?=[:\\s]|$)',
    before: 74,
    after: 140,
    accept: (secret) => !isFiller(secret),
    yes: () => [['ada:$', `6$${s(16)}$${s(86)}:19000:0:99999:7:::`]],
    no: ['root:*:19000:0:99999:7:::', 'ada:$6$x', 'cost:$1$2'],
  },
  {
    id: 'pgpass-password',
    title: 'password in .pgpass',
    keywords: [':5432:', ':*:'],
    pattern: '(?<![^\\n])[ \\t]{0,8}[^\\s:#]{1,100}:(?:5432|\\*):[^\\s:]{1,63}:[^\\s:]{1,63}:([^\\s:]{4,128})(?=\\s|$)',
    group: 1,
    before: 116,
    after: 260,
    accept: (secret) => isPassword(secret) && !isFiller(secret),
    yes: () => [['db.corp.com:5432:main:ada', `:${s(16)}`]],
    no: ['localhost:5432:database:root:password', '#hostname:5432:database:username:password', 'a:*:b:c'],
  },
  {
    id: 'aws-secret-key',
    title: 'AWS secret access key',
    keywords: ['aws_secret', 'aws-secret', 'awssecret', 'secretaccess', 'secret_access', 'secret-access'],
    pattern:
      '(?:secret[_-]?access[_-]?key|aws[_-]?secret[A-Za-z_-]{0,20})["\'`]?\\s{0,4}(?::|=>|=)\\s{0,4}["\'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])',
    ignoreCase: true,
    group: 1,
    before: 24,
    after: 100,
    accept: (secret) => !isFiller(secret) && /[A-Z]/.test(secret) && /[a-z]/.test(secret) && /\d/.test(secret),
    yes: () => [
      ['aws_secret_', `access_key = ${s(40)}`],
      ['"SecretAccess', `Key": "${s(40)}"`],
    ],
    no: ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', `aws_secret_access_key = ${s(40, HEX)}`],
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

const USUAL =
  /^(?:pass(?:word|wd|phrase)?|pwd|secret|guest|admin|root|user(?:name)?|test(?:ing)?|demo|foo|bar|baz|changeme|example|postgres|mysql|redis|token|key|x+|\*+|\.+|my[-_]?password|p@ssw0rd|1234.*)\d*$/i;

/** Not a placeholder, nor a reference to a value that stands elsewhere. */
export function isPassword(secret: string): boolean {
  if (/your[-_]|replace[-_]?(?:with|me)|placeholder|change[-_]?(?:me|it)/i.test(secret)) return false;
  if (USUAL.test(secret) || /^[${<[(]|\$\{|\}\}|^\*+$|^\.+$/.test(secret)) return false;
  // What a text is put into is short; a long one is made by chance.
  if (secret.length < 24 && /^%|%[sd]\b/.test(secret)) return false;
  return new Set(secret).size >= 4;
}
