import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodedForms, otherReadings } from './decoded-forms.ts';
import { devicePath } from './device-paths.ts';
import { hostileForm } from './hostile-forms.ts';
import { countParents, isInside, normalizeAbsolute, policyForm } from './lexical.ts';

describe('hostile spellings', () => {
  it.each([
    '%2e%2e/etc',
    '..;/x',
    'a/..%c1%pc..%c1%pcx',
    '..%uEFC8/x',
    '...\\x',
    '%2e%2e%2fetc',
    '..%2fetc',
    '%252e%252e%252fetc',
    '%25252e%25252e/x',
    '%%32%65%%32%65/x',
    '..%c0%af../x',
    '%c0%ae%c0%ae/x',
    '%e0%80%ae%e0%80%ae/x',
    '%f0%80%80%ae./x',
    '%f8%80%80%80%ae./x',
    '%fc%80%80%80%80%ae./x',
    '..%c1%9c../x',
    '%u002e%u002e/x',
    '%uff0e%uff0e/x',
    '\\x2e\\x2e/x',
    '\\u002e./x',
    '．．/x',
    '..／..／x',
    '‥/x',
    '..∕..∕x',
    '..＼x',
    '%2fetc/passwd',
    '%5c%5cserver',
    'a%00.png',
    'a%0d%0ab',
    '..\\..\\x',
    'a\\..\\..\\x',
    '\\etc\\passwd',
    '\\\\server\\share',
    'C:\\x',
    'c:/x',
    'C:',
    'C:x',
    '//server/share',
    'a.txt::$DATA',
    'a:$i30',
    '.../x',
    '..../x',
    'a./b',
    'a /b',
    'a.',
    'b ',
    '. ./x',
    `%${'25'.repeat(12)}2e`,
    '/ws/%2e%2e/x',
    'a/../%2e%2e/x',
    '%7e/.ssh/id_rsa',
    'C|/x',
    '\\\\?\\C:\\x',
    '\\??\\C:\\x',
    'a.txt%3a%3a$DATA',
    '.env%20',
    '.env%2e',
    'NUL',
    'src/con',
    'src\\AUX',
    'COM1:',
    'lpt9 .txt',
    'conout$',
    'COM\u00b9',
  ])('%j', (target) => {
    expect(hostileForm(target)).toBeDefined();
  });

  it.each([
    'src/a.ts',
    '../x',
    './x',
    '..',
    '.',
    '/etc/passwd',
    '~/x',
    'a..b',
    '..a/b',
    'a%20b',
    '100%',
    '%zz',
    'a%2fb',
    'src/[id]/page.tsx',
    '(group)/x',
    'a+b@c,d=e',
    'über/ß漢.md',
    'Foo::Bar.3pm',
    'ab:c',
    'C++/x',
    '.env',
    '.git/config',
    'a\\b',
    'name with spaces/x y',
    '@scope/pkg',
    '#1',
    "it's",
    '///x',
    'a//b',
    '…x',
    'Wait…',
    'aux.ts',
    'con/a.ts',
    'null',
    'com10',
    'C|x',
    '50%~',
  ])('an honest one passes: %j', (target) => {
    expect(hostileForm(target)).toBeUndefined();
  });

  it('decoding ends, and never brings an honest ASCII name into question', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        decodedForms(text);
        hostileForm(text);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,6}[A-Za-z0-9_]$/), { minLength: 1 }),
        (parts) => {
          expect(hostileForm(`${parts.join('/')}_`)).toBeUndefined();
        },
      ),
    );
  });

  it('finds `..` however its characters are percent-encoded, up to five times over', () => {
    const encode = (text: string, picks: readonly boolean[]): string =>
      Array.from(text, (c, i) =>
        picks[i % picks.length] ? `%${c.charCodeAt(0).toString(16).padStart(2, '0')}` : c,
      ).join('');
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
        (rounds) => {
          const target = rounds.reduce(encode, 'a/../../x');
          expect(target === 'a/../../x' || countParents(target) === 2 || hostileForm(target) !== undefined).toBe(true);
        },
      ),
    );
  });
});

describe('other readings', () => {
  it('drop blanks, quotes and angle brackets around a path, in time that grows with its length', () => {
    expect(otherReadings(` "a b" `)).toContain('a b');
    expect(otherReadings('<file:///etc/passwd>')).toContain('/etc/passwd');
    expect(otherReadings('<>')).toEqual([]);
    const long = `a${' '.repeat(65_000)}b`;
    for (let i = 0; i < 50; i += 1) expect(otherReadings(long)).toEqual([]);
  });
});

describe('devices and processes', () => {
  it.each([
    '/proc/self/root/etc',
    '/proc/1/cwd',
    '/proc/thread-self/fd/3',
    '/proc/self/task/12/root',
    '/proc/1/environ',
    '/proc/self/exe',
    '/dev/fd/3',
    '/dev/tcp/host/80',
    '/dev/udp/h/1',
    '/dev/stdin',
    '/dev/sda',
    '/dev/mem',
  ])('%s is refused', (path) => {
    expect(devicePath(path, false)).toBeDefined();
  });

  it('reading /proc is fine, writing to the kernel is not', () => {
    for (const path of [
      '/proc/cpuinfo',
      '/sys/class',
      '/proc/self/status',
      '/dev/null',
      '/dev/shm/x',
      '/procfile',
      '/device',
    ]) {
      expect(devicePath(path, false)).toBeUndefined();
    }
    expect(devicePath('/dev/null', true)).toBeUndefined();
    expect(devicePath('/proc/sys/kernel/core_pattern', true)).toBeDefined();
    expect(devicePath('/sys/power/state', true)).toBeDefined();
  });
});

describe('paths as text', () => {
  it('are normalised, placed and spelt', () => {
    expect(normalizeAbsolute('/a//b/./c/../d/')).toBe('/a/b/d');
    expect(normalizeAbsolute('/..')).toBe('/');
    expect(isInside('/a', '/a')).toBe(true);
    expect(isInside('/a', '/ab')).toBe(false);
    expect(isInside('/', '/x')).toBe(true);
    expect(policyForm('/ws', '/ws')).toBe('');
    expect(policyForm('/ws', '/ws/a/b')).toBe('a/b');
    expect(policyForm('/ws', '/wsx')).toBe('/wsx');
    expect(policyForm('/', '/etc')).toBe('etc');
    expect(countParents('../a/..b/c../..')).toBe(2);
  });
});
