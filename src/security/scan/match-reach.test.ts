import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRe2 } from '../../kernel/re2-syntax.ts';
import { compileMatcher } from '../secrets/engine.ts';
import { requiredLiterals } from '../secrets/required-literals.ts';
import { positionsOf } from '../secrets/rough-match.ts';
import { liveStretches } from './live-stretches.ts';
import { reachOf, windowsAround, withContext } from './match-reach.ts';

const reach = (pattern: string) => reachOf(pattern, parseRe2(pattern)!);

describe('how far a match can go', () => {
  it.each<[string, number]>([
    ['abc', 3],
    ['AKIA[A-Z]{16}', 20],
    ['(?i)ab', 6],
    ['a[^b]c', 6],
    ['a{2,5}|bb', 5],
    ['(?:ab){3}c?', 7],
    ['ab+', Number.POSITIVE_INFINITY],
    ['a\\bb', 2],
    ['(?:\\b)*a', 1],
    ['ab{0}c', 2],
    ['\\^\\$[^x]', 6],
  ])('%s: %s bytes', (pattern, longest) => {
    expect(reach(pattern)?.longest).toBe(longest);
  });

  it.each<[string, number]>([
    ['(password|pwd)\\s*[:=]', 8],
    ['x{2}abc.*', 5],
    ['ab|xyz', 3],
    ['.*abc', Number.POSITIVE_INFINITY],
    ['ab.*longer', Number.POSITIVE_INFINITY],
  ])('%s: a literal within %s bytes', (pattern, lead) => {
    expect(reach(pattern)?.lead).toBe(lead);
  });

  it.each(['^ab', 'ab$', '\\Aab', 'ab\\z', '\\[^ab', '(?m)^ab'])('%s needs the whole text', (pattern) => {
    expect(reach(pattern)).toBeUndefined();
  });
});

/** The matches as a search around the literals finds them; positions in bytes. */
function around(pattern: string, text: string, live: boolean): string[] | undefined {
  const tree = parseRe2(pattern);
  const literals = tree && requiredLiterals(tree);
  const far = tree && reachOf(pattern, tree);
  if (literals === undefined || far === undefined) return undefined;
  const bytes = Buffer.from(text);
  const folded = bytes.toString('latin1').replace(/[A-Z]/g, (c) => c.toLowerCase());
  const ends: number[] = [];
  for (let end = 1; end <= folded.length; end += 1) {
    if (literals.some((literal) => folded.slice(0, end).endsWith(literal))) ends.push(end);
  }
  const positions = live && tree !== undefined && far.lead < 256 ? positionsOf(tree) : undefined;
  if (live && positions === undefined) return undefined;
  const stretches = positions ? liveStretches(bytes, ends, far.lead, positions) : windowsAround(bytes, ends, far);
  return stretches.flatMap((window) => {
    const { from, to } = withContext(bytes, window);
    const part = bytes.toString('utf8', from, to);
    const at = (index: number): number => from + Buffer.byteLength(part.slice(0, index));
    return compileMatcher(pattern)
      .all(part)
      .map(({ start, end }) => `${at(start)}-${at(end)}`);
  });
}

describe('stretches around literals', () => {
  it.each([
    ['by their bytes', false],
    ['by what can follow', true],
  ])('hold exactly the matches of the whole text, %s', (_, live) => {
    const pieces = fc.array(
      fc.constantFrom(
        ...[
          'a',
          'b',
          '1',
          '(?:xy)*',
          '[ab]',
          '[^a]',
          '\\s?',
          '\\b',
          '\\B',
          '.',
          '-*',
          '[a-z1]{0,3}',
          '(?:a|1b)+',
          '.*',
        ],
        ...['[ab1]{2}', '\\W', '(?:|b)', '[^ -]*'],
      ),
      { maxLength: 3 },
    );
    const literals = fc.constantFrom('ab', 'xy', '(?:ab|xy)', '(?i)ab', '(?:ab){1,2}', '(?i)(?:a|x)b');
    const texts = fc.string({
      unit: fc.constantFrom('a', 'b', 'ab', 'A', 'B', '1', 'xy', ' ', '\n', '-', '.', 'é', '😀'),
      maxLength: 30,
    });
    let compared = 0;
    let matched = 0;
    fc.assert(
      fc.property(pieces, literals, pieces, texts, (before, literal, after, text) => {
        const pattern = [...before, literal, ...after].join('');
        if (parseRe2(pattern) === undefined) return;
        const found = around(pattern, text, live);
        if (found === undefined) return;
        const at = (index: number): number => Buffer.byteLength(text.slice(0, index));
        const whole = compileMatcher(pattern).all(text);
        expect({ pattern, text, found }).toEqual({
          pattern,
          text,
          found: whole.map(({ start, end }) => `${at(start)}-${at(end)}`),
        });
        compared += 1;
        if (whole.length > 0) matched += 1;
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(compared, matched)).toBeGreaterThan(300);
  });

  it('never touch, and visit each byte a bounded number of times', () => {
    const far = reach('ab[a-z]{0,3}')!;
    const bytes = Buffer.from('ab'.repeat(1000));
    const ends = Array.from({ length: 1000 }, (_, index) => index * 2 + 2);
    expect(windowsAround(bytes, ends, far)).toEqual([{ from: 0, to: 2000 }]);
    expect(windowsAround(Buffer.from('..ab..ab..'), [4, 8], far)).toEqual([
      { from: 2, to: 4 },
      { from: 6, to: 8 },
    ]);
  });

  it('begin with a whole character, however far back a match may begin', () => {
    const positions = positionsOf(parseRe2('.?ab+')!)!;
    const bytes = Buffer.from('😀é😀ab ééabbb');
    const ends = [12, 19];
    for (let lead = 2; lead < 18; lead += 1) {
      for (const { from, to } of liveStretches(bytes, ends, lead, positions)) {
        expect(bytes.toString('utf8', from, to)).not.toContain('\ufffd');
      }
    }
    expect(liveStretches(bytes, ends, 2, positions).map(({ to }) => to)).toEqual([13, 21]);
  });

  it('are cut between characters', () => {
    const bytes = Buffer.from('é😀ab😀é');
    expect(withContext(bytes, { from: 6, to: 8 })).toEqual({ from: 2, to: 12 });
    expect(withContext(bytes, { from: 0, to: bytes.length })).toEqual({ from: 0, to: bytes.length });
  });
});
