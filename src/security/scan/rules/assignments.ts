import { entropyOf, wordShare } from '../letter-groups.ts';
import { BASE62, HEX, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller, isPassword } from './placeholders.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 3);

/** What is a secret where `key` follows it. */
const KEYS = ['api', 'auth', 'access', 'private', 'encryption', 'signing', 'client', 'master'];

function spelled(kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => [`${kind}key`, `${kind}_key`, `${kind}-key`]);
}

/**
 * A value that is given to a name which says that it is secret: in code, configuration, environment, JSON, YAML. Nothing
 * in its form says so, so it is judged: how much its characters vary, how much of it is words, whether it stands for
 * something else.
 */
export const assignmentRules = once((): readonly ScanRule[] => [
  {
    id: 'secret-assignment',
    title: 'secret in an assignment',
    keywords: ['pass', 'pwd', 'secret', 'token', 'credential', ...spelled(KEYS)],
    pattern:
      '(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{0,80}(?:passw(?:or)?d|passphrase|pass(?![a-z])|pwd|secret|token|api[_-]?key|auth[_-]?key|access[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|client[_-]?key|credentials?|master[_-]?key)[A-Za-z0-9_-]{0,24})["\'\\]]{0,2}[ \\t]{0,4}(?::[ \\t]{0,2}[&A-Za-z]{2,14}[ \\t]{0,2}=(?!=)|:=|=>|=(?![=~>])|:)[ \\t]{0,4}@?(?:"([^"\\s]{8,200})"|\'([^\'\\s]{8,200})\'|`([^`\\s]{8,200})`|([A-Za-z0-9+/=_.~!?@#$%^&*-]{8,200})(?=[\\s,;}]|$))',
    ignoreCase: true,
    // A name is only looked at from where it begins: anywhere else, long ones would be looked at again and again.
    before: 90,
    after: 300,
    accept: (_, match) => {
      const value = match[2] ?? match[3] ?? match[4] ?? match[5] ?? '';
      return isSecretValue(match[1]!, value, match[5] === undefined);
    },
    yes: () => [
      ['const api', `Key = "${s(32)}";`],
      ['DB_', `PASSWORD=${s(16)}`],
      ['client_', `secret: '${s(40)}'`],
      ['{"auth', `Token": "${s(24)}"}`],
      ['password', ' = "kX9#mQ2$vL7!"'],
      ['pass', 'word: Rk4$mQzw'],
      ['"pass', '": "hunter22"'],
      ['IRC_PASS', '=kiTTen2931'],
      ['SECRET', `_KEY = "%a+7lr)0zp#h4^xsk8^92yag17xb_@!x"`],
      ['WALLET_PRIVATE', `_KEY=0x${s(40, HEX)}`],
      ['api', `_token = "-${s(31)}"`],
    ],
    no: [
      'password = "changeme"',
      'passenger: "kX9mQ2vL7abc"',
      'bypass = "2024-01-01"',
      'password: options.Password9!',
      'token = "--no-color-output"',
      'PASSWORD=$OTHER_PASSWORD9',
      'password = "%(password)s-9A"',
      'const token = getTokenFromHeader(request)',
      'api_key: ${API_KEY}',
      'secret: {{ vault.secret }}',
      'tokenType: "IdentifierToken"',
      'password: "your-password-here"',
      'TOKEN=settings.env.TOKEN',
      'passwordField = "#login-password-input"',
      'secretName: my-app-database-secret',
      'accessTokenUrl = "https://login.example.com/oauth/token"',
      'token: 550e8400-e29b-41d4-a716-446655440000',
      'password == "abcDEF123!@#xyz"',
      'apiKey = "XXXXXXXXXXXXXXXXXXXX"',
      'const tokenPattern = "[A-Za-z0-9]{20,40}"',
      'csrfToken = document.querySelector("meta")',
    ],
  },
  {
    id: 'secret-attribute',
    title: 'secret in an attribute',
    keywords: [
      ...['passw', 'passphrase', 'secret', 'token', 'credential'],
      ...spelled(['api', 'access', 'private', 'encryption']),
    ],
    pattern:
      '(?:name|key)\\s{0,2}=\\s{0,2}"([A-Za-z0-9_.-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|encryption[_-]?key|credentials?)[A-Za-z0-9_-]{0,24})"\\s{1,8}value\\s{0,2}=\\s{0,2}"([^"\\s]{8,200})"',
    ignoreCase: true,
    group: 2,
    before: 60,
    after: 260,
    accept: (secret, match) => isSecretValue(match[1]!, secret, true),
    yes: () => [['<add key="api', `Key" value="${s(32)}"/>`]],
    no: [
      '<property name="password" value="${db.password}"/>',
      '<input name="password" value="Enter password"/>',
      '<x name="token" value="identifier"/>',
    ],
  },
]);

/** Names that say what kind of thing the value is, not that it is secret. */
const NOT_SECRET =
  /(?:type|kind|name|url|uri|path|file|dir|field|label|prefix|suffix|header|pattern|regex|length|size|count|expiry|expires|ttl|id|ids|class|style|color|version|algorithm|format|endpoint|limit|index|list|map|provider|store|manager|service|policy|public[_-]?key|key[_-]?id)s?$/i;

/** Whether the value of a name that speaks of secrets is one itself. */
export function isSecretValue(name: string, value: string, quoted: boolean): boolean {
  // Bytes beyond ASCII are text of some language, read as single bytes here.
  if (/[^\x21-\x7e]/.test(value) || /^(?:token|secret|key|session|request|test|user)[-_]?\d{1,6}$/i.test(value))
    return false;
  if (NOT_SECRET.test(name.replace(/["'\]]/g, '')) || isFiller(value) || !isPassword(value)) return false;
  // References, calls, paths, addresses, patterns, markup, versions.
  if (
    /^(?:process|os|env|config|self|this|ctx|secrets?|var|data|local|module|settings|window|req|request|options?|props|params|args|ENV)[.[(]/i.test(
      value,
    )
  )
    return false;
  const random = value.length >= 24 && new Set(value).size >= 16 && entropyOf(value) >= 4.2 && wordShare(value) < 0.4;
  if (
    (/[(){}<>[\]|\\]/.test(value) && !(quoted && random)) ||
    /^(?:https?:|\/|\.{1,2}\/|~\/|[#@][a-z][a-z-]*$|--?[a-z][a-z-]*$)/i.test(value)
  )
    return false;
  if (/^[A-Za-z]+(?:[._-][A-Za-z]+)*$/.test(value) && wordShare(value) > 0.5) return false;
  if (/^(?:\d+|\d+\.\d+[\d.]*|true|false|null|undefined|none)$/i.test(value)) return false;
  // A UUID is an identifier, but as the key of an interface.
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return /api[_-]?key$/i.test(name);
  if (/^(?:sha(?:1|256|384|512)|md5|integrity)[-:]/i.test(value)) return false;
  const digits = /\d/.test(value);
  const letters = /[A-Za-z]/.test(value);
  const marks = /[^A-Za-z0-9]/.test(value);
  const varied = entropyOf(value);
  // Hexadecimal digits spell no words, though their groups may.
  const words = /^(?:0x)?[0-9a-f]+$/i.test(value) && digits ? 0 : wordShare(value);
  // A password that a person made up holds words; under a name that says password and nothing else it counts all the same.
  if (isMadeUp(name, value) && (quoted || isOfAllKinds(value) || /^[A-Z0-9_]+$/.test(name))) return true;
  // Without quotes it may be any expression: only what is plainly made by chance.
  if (!quoted)
    return value.length >= 12 && digits && letters && varied >= 3.2 && words < 0.4 && !/^[\d.,:-]+$/.test(value);
  if (value.length >= 16) return varied >= 3 && words < 0.5 && (digits || marks || varied >= 3.5);
  return varied >= 2.75 && digits && letters && (marks || words < 0.35);
}

/** Small and capital letters, digits and marks that stand in no expression. */
function isOfAllKinds(value: string): boolean {
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && /[!#$%^&*?@~]/.test(value) && !/[.=+/]/.test(value);
}

const PLACEHOLDER =
  /your|example|sample|dummy|fake|test|demo|secret|change|replace|password|passwd|placeholder|todo|enter|login|user|admin/i;

function isMadeUp(name: string, value: string): boolean {
  return (
    /(?:passw(?:or)?d|passphrase|pass|pwd)$/i.test(name) &&
    /[A-Za-z]/.test(value) &&
    /\d/.test(value) &&
    !PLACEHOLDER.test(value) &&
    !/[/\s]/.test(value)
  );
}
