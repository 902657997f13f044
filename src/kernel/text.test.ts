import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forTerminal, hasControlCharacter, nearest, printable } from './text.ts';

describe('text for people', () => {
  it('finds the key that was meant', () => {
    expect(nearest('enforcment_mode', ['version', 'enforcement_mode', 'security'])).toBe('enforcement_mode');
    expect(nearest('can_wirte', ['can_read', 'can_write'])).toBe('can_write');
    expect(nearest('zzzzzz', ['version', 'security'])).toBeUndefined();
  });

  it('spells out what can’t be seen, and never lets a control character through', () => {
    expect(printable('a\u001b[31mb')).toBe('a\\u{1b}[31mb');
    expect(printable('rm \u202Etxt')).toBe('rm \\u{202e}txt');
    expect(printable('x'.repeat(300), 10)).toBe('xxxxxxxxxx… (300 characters)');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasControlCharacter(printable(text, 10_000))).toBe(false);
        expect(printable(text, 10_000).isWellFormed()).toBe(true);
      }),
    );
  });

  it.each([
    [0x34f, 0x34f],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x2800, 0x2800],
    [0x3164, 0x3164],
    [0xfe00, 0xfe0e],
    [0xffa0, 0xffa0],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe007f],
    [0xe0100, 0xe01ef],
  ])('spells out U+%x to U+%x, which leave no mark of their own', (from, to) => {
    for (let code = from; code <= to; code += 1)
      expect(printable(`a${String.fromCodePoint(code)}b`)).toBe(`a\\u{${code.toString(16)}}b`);
  });

  it('leaves what people write: a no-break space, an emoji', () => {
    expect(printable('a\u00a0b ❤\ufe0f')).toBe('a\u00a0b ❤\ufe0f');
  });

  it('sees every control character and lone surrogate', () => {
    for (const bad of ['\0', '\n', '\u007f', '\u0085', '\u2028', '\ud800', 'a\udfff']) {
      expect(hasControlCharacter(`x${bad}y`)).toBe(true);
    }
    for (const good of ['', 'plain', 'ünïcode', '😀', '日本']) expect(hasControlCharacter(good)).toBe(false);
  });
});

it.each([
  ['plain 😀 text', false],
  ['😀\u0007', true],
  ['a\u2028', true],
  ['😀\ud800', true],
  ['', false],
])('a control character is seen wherever it stands: %j', (text, has) => {
  expect(hasControlCharacter(text)).toBe(has);
});

describe('what is shown at a terminal', () => {
  it('steers nothing, and stays the JSON that it is', () => {
    const text = '\u001b[2Kx\u0000\u009b31m\u0085\u007f\ttab\nline';
    expect(forTerminal(text)).toBe('\\u001b[2Kx\\u0000\\u009b31m\\u0085\\u007f\ttab\nline');
    expect(JSON.parse(forTerminal(JSON.stringify({ text })))).toEqual({ text });
    expect(printable('a\u00adb\u061cc\u180ed')).toBe('a\\u{ad}b\\u{61c}c\\u{180e}d');
  });
});
