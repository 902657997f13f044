import { domainToASCII, domainToUnicode } from 'node:url';
import { printable } from '../../kernel/text.ts';

// Small letters of other scripts that nobody tells from Latin ones; what decomposes loses its marks first.
const SAME: Readonly<Record<string, string>> = {
  a: '\u0430\u0251',
  c: '\u0441\u03f2',
  d: '\u0501',
  e: '\u0435\u212e',
  g: '\u0261\u0581',
  h: '\u04bb\u0570',
  i: '\u0456\u0131',
  j: '\u0458\u03f3',
  l: '\u04cf\u01c0',
  n: '\u0578',
  o: '\u043e\u03bf\u0585\u1d0f',
  p: '\u0440\u03c1',
  q: '\u051b\u0566',
  s: '\u0455\ua731',
  u: '\u057d\u028b',
  v: '\u03bd\u0475',
  w: '\u051d\u0461',
  x: '\u0445\u03c7',
  y: '\u0443\u04af\u03b3',
  z: '\u1d22',
};
// Those that pass for one at a glance, and Latin letters that Unicode doesn't take apart.
const SIMILAR: Readonly<Record<string, string>> = {
  a: '\u03b1',
  ae: '\u00e6',
  b: '\u044c\u0432\u0185',
  d: '\u0111\u0257',
  e: '\u04bd\u03b5\u025b',
  f: '\u0192\u0493',
  g: '\u018d',
  h: '\u043d\u0127',
  i: '\u03b9\u0269\u026a',
  k: '\u043a\u03ba\u049b\u0138',
  l: '\u0142\u0196',
  m: '\u043c',
  n: '\u03b7\u043f\u014b',
  o: '\u00f8\u0d20\u0665',
  oe: '\u0153',
  r: '\u0433\u1d26\u027e',
  ss: '\u00df',
  t: '\u0442\u03c4\u01ad',
  u: '\u03c5\u0446',
  w: '\u0448\u03c9',
};
const lettersOf = (table: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(table).flatMap(([latin, others]) => Array.from(others, (one): [string, string] => [one, latin]));
const STRICT = new Map(lettersOf(SAME));
const LETTERS = new Map([...STRICT, ...lettersOf(SIMILAR)]);
const AS_LETTER: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 5: 's', l: 'i' };

/** How a host in Unicode looks to somebody who reads quickly; equal for two hosts that are taken for each other. */
export function skeleton(host: string): string {
  return latinForm(host, LETTERS)
    .replace(/[0135l]/g, (c) => AS_LETTER[c]!)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('ci', 'd')
    .replaceAll('-', '');
}

function latinForm(text: string, letters: ReadonlyMap<string, string>): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return Array.from(plain, (c) => letters.get(c) ?? c).join('');
}

// Scripts that one word may mix, as browsers have it.
const MIXES: readonly RegExp[] = [
  /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Common}\p{Script=Inherited}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hangul}\p{Script=Common}\p{Script=Inherited}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]*$/u,
];
const ALONE = [
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Armenian',
  'Georgian',
  'Devanagari',
  'Thai',
  'Bengali',
  'Tamil',
];
let oneScript: readonly RegExp[] | undefined;

/** Made at the first name that isn't ASCII. */
function scripts(): readonly RegExp[] {
  oneScript ??= [
    ...MIXES,
    ...[
      ...ALONE,
      'Telugu',
      'Kannada',
      'Malayalam',
      'Gujarati',
      'Gurmukhi',
      'Sinhala',
      'Khmer',
      'Lao',
      'Myanmar',
      'Ethiopic',
    ].map((name) => new RegExp(`^[\\p{Script=${name}}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u')),
  ];
  return oneScript;
}

/** The hosts that an owner listed, and how they look. */
export interface KnownHosts {
  readonly names: ReadonlySet<string>;
  /** the name that looks so */
  readonly looks: ReadonlyMap<string, string>;
}

/** What look-alikes are held against: `[policies.network] allowed_domains`, `*.` taken off, without addresses. */
export function knownHosts(patterns: readonly string[]): KnownHosts {
  const names = patterns
    .map((pattern) => domainToASCII(pattern.replace(/^\*\./, '').replace(/\.$/, '')))
    .filter((name) => /[a-z]/.test(name) && !name.startsWith('['));
  return { names: new Set(names), looks: new Map(names.map((name) => [skeleton(domainToUnicode(name)), name])) };
}

const NONE: KnownHosts = { names: new Set(), looks: new Map() };

/**
 * Why a host (lower case, punycode) passes for another one, as a clause; undefined where it doesn't. One that a known
 * host covers is never a look-alike.
 */
export function lookalike(host: string, known: KnownHosts = NONE): string | undefined {
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) return undefined;
  if (known.names.size > 0 && firstOf(host, (part) => (known.names.has(part) ? part : undefined))) return undefined;
  const unicode = host.includes('xn--') ? domainToUnicode(host) : host;
  const meant = known.looks.size === 0 ? undefined : firstOf(skeleton(unicode), (part) => known.looks.get(part));
  if (meant !== undefined) {
    return `"${printable(unicode, 80)}" looks like "${printable(meant, 80)}" and is another host`;
  }
  if (unicode === host)
    return host.split('.').some((label) => label.startsWith('xn--')) ? badPunycode(host) : undefined;
  const labels = unicode.split('.');
  for (const label of labels) {
    if (label.startsWith('xn--')) return badPunycode(host);
    // THREAT: U+2215 and its kind stand in a host like the slash that ends it.
    const sign = /(?![-_\u00b7\u30fb])[\p{P}\p{Sm}\p{Sk}]/u.exec(label);
    if (sign !== null) return `"${printable(label, 80)}" holds the sign "${sign[0]}", which no host name needs`;
    if (!scripts().some((script) => script.test(label))) {
      return `"${printable(label, 80)}" mixes letters of several scripts, as look-alikes do`;
    }
    const foreign = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(label);
    const looks = latinForm(label, STRICT);
    if (foreign && /^[a-z0-9-]+$/.test(looks) && /^[a-z]+$/.test(labels.at(-1)!)) {
      return `"${printable(label, 80)}" is written in letters that all look like Latin ones ("${looks}")`;
    }
  }
  return undefined;
}

/** What `look` finds for the host or one of the domains above it, the longest first. */
function firstOf(host: string, look: (part: string) => string | undefined): string | undefined {
  for (let at = 0; ; ) {
    const found = look(host.slice(at));
    if (found !== undefined) return found;
    const dot = host.indexOf('.', at);
    if (dot < 0) return undefined;
    at = dot + 1;
  }
}

function badPunycode(host: string): string {
  return `"${printable(host, 80)}" holds a label that is no valid punycode`;
}
