import { BASE62, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller, isPassword } from './placeholders.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 7);

/** Secrets known by the kind of file that they stand in. */
export const fileRules = once((): readonly ScanRule[] => [
  {
    id: 'npmrc-token',
    title: 'token in .npmrc',
    keywords: ['_authtoken', '_auth', '_password'],
    pattern: '(?<![A-Za-z0-9_.])_(?:authToken|auth|password)\\s{0,3}=\\s{0,3}"?([A-Za-z0-9+/=_.-]{16,250})',
    ignoreCase: true,
    group: 1,
    before: 3,
    after: 280,
    accept: (secret) => !isFiller(secret) && /\d|=$/.test(secret),
    yes: () => [['//npm.corp.com/:_auth', `Token=${s(40)}`]],
    no: [
      '//registry.npmjs.org/:_authToken=${NPM_TOKEN}',
      '_authToken = <token>',
      'self._password = handler.password_of_user',
    ],
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
    accept: (secret) => isPassword(secret.replaceAll('"', '')) && !isFiller(secret),
    yes: () => [['machine git.corp.com login ada ', `password ${s(18)}`]],
    no: [
      'machine learning login page password reset',
      'machine host login user password $PASS',
      'machine HOST login USER password "PASSWORD"',
    ],
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
    id: 'pgpass-password',
    title: 'password in .pgpass',
    keywords: [':5432:', ':*:'],
    pattern:
      '(?<![^\\n])[ \\t]{0,8}[^\\s:#]{1,100}:(?:5432|\\*):(?!\\d{1,10}:)[^\\s:]{1,63}:[^\\s:]{1,63}:([^\\s:]{4,128})(?=\\s|$)',
    group: 1,
    before: 116,
    after: 260,
    accept: (secret) => isPassword(secret) && !isFiller(secret),
    yes: () => [['db.corp.com:5432:main:ada', `:${s(16)}`]],
    no: [
      'localhost:5432:database:root:password',
      '#hostname:5432:database:username:password',
      'a:*:b:c',
      'list:*:38:38:Mailing List',
    ],
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
]);
