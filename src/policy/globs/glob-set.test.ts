import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_REMEMBERED } from './automaton.ts';
import { compileGlobs, type GlobSet, type Reach } from './glob-set.ts';
import { type PathPattern, parseNamePattern, parsePattern } from './pattern.ts';

const WORKSPACE = '/w/p';
const HOME = '/w';

function parsed(text: string): PathPattern {
  const result = parsePattern(text, HOME);
  if (!result.ok) throw new Error(`${text} ${result.why}`);
  return result.pattern;
}

function setOf(texts: readonly string[], foldCase = false): GlobSet {
  return compileGlobs(texts.map(parsed), { workspace: WORKSPACE, foldCase, names: false });
}

/** The dialect once more, as slowly and plainly as it can be said: over absolute paths, by trying everything. */
function naive(text: string, path: string, reach: Reach): boolean {
  let full = text === '~' || text.startsWith('~/') ? HOME + text.slice(1) : text;
  if (!full.startsWith('/')) full = `${WORKSPACE}/${full}`;
  const wanted = full.split('/').filter((segment) => segment !== '' && segment !== '.');
  const given = `${path.startsWith('/') ? '' : `${WORKSPACE}/`}${path}`.split('/').filter((segment) => segment !== '');
  const segment = (glob: string, name: string): boolean => {
    if (glob === '') return name === '';
    if (glob[0] !== '*') return glob[0] === name[0] && segment(glob.slice(1), name.slice(1));
    return Array.from({ length: name.length + 1 }, (_, i) => i).some((i) => segment(glob.slice(1), name.slice(i)));
  };
  const tail = (p: number, n: number): boolean => {
    const glob = wanted[p];
    const isLast = p === wanted.length - 1;
    if (glob === undefined) {
      if (text.endsWith('/')) return n < given.length || reach !== 'inside';
      return n === given.length && reach !== 'tree';
    }
    if (isLast && (glob === '*' || glob === '**')) return n < given.length || reach !== 'inside';
    if (glob === '**') return Array.from({ length: given.length - n + 1 }, (_, i) => n + i).some((i) => tail(p + 1, i));
    return n < given.length && segment(glob, given[n]!) && tail(p + 1, n + 1);
  };
  return tail(0, 0);
}

const name = fc.constantFrom('a', 'b', 'ab', 'ba', '.a', 'w', 'p', 'aab');
const glob = fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', '*b', '*a*', 'a*b', 'w', 'p', '.*', '*a*b*');
const pattern = fc
  .tuple(
    fc.constantFrom('', '/', '~/', '/w/', '/w/p/', './'),
    fc.array(glob, { minLength: 1, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([start, segments, slash]) => `${start}${segments.join('/')}${slash ? '/' : ''}`);
const path = fc
  .tuple(fc.constantFrom('', '/', '/w/'), fc.array(name, { minLength: 1, maxLength: 4 }))
  .map(([start, segments]) => start + segments.join('/'))
  .filter((text) => text !== '/w/p' && !text.startsWith('/w/p/'));
const reach = fc.constantFrom<Reach>('inside', 'self', 'tree');

describe('compiled patterns', () => {
  it('agree with a naive oracle, and name the first pattern that matches', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 6 }), path, reach, (texts, target, how) => {
        expect(setOf(texts).match(target, how)).toBe(texts.findIndex((text) => naive(text, target, how)));
      }),
      { numRuns: 3000 },
    );
  });

  it('whether they match does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 6 }), path, (texts, target) => {
        const forward = setOf(texts).match(target, 'self') >= 0;
        expect(setOf([...texts].reverse()).match(target, 'self') >= 0).toBe(forward);
      }),
    );
  });

  it('overlaps says yes wherever something below matches', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 4 }),
        path,
        fc.array(name, { minLength: 1, maxLength: 3 }),
        (texts, directory, rest) => {
          const below = `${directory}/${rest.join('/')}`;
          fc.pre(below !== '/w/p' && !below.startsWith('/w/p/'));
          const set = setOf(texts);
          if (set.match(below, 'self') >= 0) expect(set.overlaps(directory)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('overlaps says no where nothing below can match', () => {
    const set = setOf(['src/secrets/*', 'docs/*.pem']);
    expect(set.overlaps('src')).toBe(0);
    expect(set.overlaps('docs')).toBe(1);
    expect(set.overlaps('lib')).toBe(-1);
    expect(set.overlaps('docs/a')).toBe(-1);
    expect(set.overlaps('/w')).toBe(0);
    expect(set.overlaps('/etc')).toBe(-1);
  });

  it('holds says which pattern names something below a directory', () => {
    const set = setOf(['src/secrets/*', 'docs/**/key', '*/x', '/etc/ssl/*']);
    expect(set.holds('src')).toBe(0);
    expect(set.holds('docs')).toBe(1);
    expect(set.holds('')).toBe(0);
    expect(set.holds('/etc')).toBe(3);
    expect(set.holds('/w')).toBe(0);
    expect(set.holds('/')).toBe(0);
    // README may be a file: that every folder's x is named says nothing about it.
    expect(set.holds('README')).toBe(-1);
    expect(set.holds('docs/a')).toBe(-1);
    expect(set.holds('src/other')).toBe(-1);
  });
});

describe('what covers a pattern', () => {
  it('is never said wrongly', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 2, maxLength: 5 }),
        fc.array(path, { minLength: 20, maxLength: 40 }),
        (texts, targets) => {
          const set = setOf(texts);
          for (const how of ['inside', 'self'] as const) {
            texts.forEach((text, index) => {
              const by = set.coveredBy(parsed(text), index, how);
              if (by < 0) return;
              expect(by).not.toBe(index);
              for (const target of targets) {
                if (naive(text, target, how))
                  expect([texts[by], target, naive(texts[by]!, target, how)]).toEqual([texts[by], target, true]);
              }
            });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['src/*', 'src/a/b.ts'],
    ['src/**', 'src/**/x'],
    ['**/*.pem', 'keys/*.pem'],
    ['**/*.pem', '**/a*.pem'],
    ['*', 'src/*'],
    ['~/**', 'src/*'],
    ['/w/*', '/w/p/src/a'],
    ['*/x', 'a/x'],
    ['/*', '~/.ssh/*'],
  ])('%s covers %s', (outer, inner) => {
    expect(setOf([outer]).coveredBy(parsed(inner), -1, 'self')).toBe(0);
  });

  it.each([
    ['src/*', '*'],
    ['a*', '*a'],
    ['src/*.ts', 'src/*'],
    ['*', '/etc/*'],
    ['a/*/x', 'a/**/x'],
  ])('%s does not cover %s', (outer, inner) => {
    expect(setOf([outer]).coveredBy(parsed(inner), -1, 'self')).toBe(-1);
  });
});

describe('cost', () => {
  const steps = (texts: readonly string[], target: string): number => {
    const set = setOf(texts);
    set.match(target, 'self');
    return set.steps();
  };

  it('does not grow with patterns that do not apply', () => {
    const many = Array.from({ length: 5000 }, (_, i) => [`dir${i}/**/x`, `**/*.e${i}`, `f${i}*/y`]).flat();
    const few = many.slice(0, 30);
    const target = 'src/deep/er/file.ts';
    expect(steps(many, target)).toBe(steps(few, target));
    const set = setOf(many);
    set.match(target, 'self');
    const first = set.steps();
    set.match('src/deep/er/other.ts', 'self');
    expect(set.steps() - first).toBe(4);
  });

  it('stays within states × segments for patterns made to blow up', () => {
    const stars = `${'**/a/'.repeat(40)}b`;
    const target = Array.from({ length: 400 }, () => 'a').join('/');
    expect(setOf([stars]).match(target, 'self')).toBe(-1);
    expect(steps([stars], target)).toBeLessThanOrEqual(401 * (2 * 82 + 1));
  });

  it('what is remembered stays bounded, and answers stay right beyond the bound', () => {
    // Each path passes other folders in other orders: as many states as there are subsets.
    const names = Array.from({ length: 40 }, (_, i) => `d${i}`);
    const set = setOf(names.map((folder) => `**/${folder}/**/end-${folder}`));
    for (let n = 1; n <= 600; n += 1) {
      const passed = names.filter((_, i) => ((n * 2654435761) >>> (i % 30)) & 1 || (n * (i + 7)) % 11 === 0);
      const asked = `d${n % 40}`;
      const expected = passed.includes(asked) ? names.indexOf(asked) : -1;
      expect(set.match(`${passed.join('/')}/x/end-${asked}`, 'self')).toBe(expected);
    }
    expect(set.remembered()).toBeLessThanOrEqual(MAX_REMEMBERED);
    expect(set.remembered()).toBeGreaterThan(MAX_REMEMBERED * 0.9);
  });

  it('a segment of many stars is decided by one pass', () => {
    const set = setOf([`${'*a'.repeat(200)}*b`]);
    expect(set.match('a'.repeat(5000), 'self')).toBe(-1);
    expect(set.match(`${'a'.repeat(5000)}b`, 'self')).toBe(0);
  });
});

describe('deny lists', () => {
  it.each([
    ['secrets/*', 'SECRETS/x'],
    ['straße/*', 'STRASSE/x'],
    ['caf\u00e9/*', 'CAFE\u0301/x'],
    ['*.pem', 'KEY.PEM'],
    ['kelvin', '\u212aelvin'],
    ['git/*', 'g\u200bit/x'],
  ])('%s matches %s', (text, target) => {
    expect(setOf([text], true).match(target, 'self')).toBe(0);
    expect(setOf([text], false).match(target, 'self')).toBe(-1);
  });
});

describe('the dialect', () => {
  it.each([
    'a?',
    'a[b]',
    '{a,b}',
    '!a',
    'a\\b',
    'a\nb',
    'a\u0000',
    '\ud800',
    '+(a)',
    '@(a)',
    '',
    '~other/x',
    '../x',
    'a/../b',
    'a**',
    '**b/c',
  ])('refuses %j', (text) => {
    expect(parsePattern(text, HOME).ok).toBe(false);
  });

  it('a pattern without a slash is an entry of the workspace itself', () => {
    const set = setOf(['*.pem']);
    expect(set.match('a.pem', 'self')).toBe(0);
    expect(set.match('keys/a.pem', 'self')).toBe(-1);
    expect(set.match('.pem', 'self')).toBe(0);
  });

  it('names are no paths', () => {
    const pattern = (text: string): PathPattern => {
      const result = parseNamePattern(text);
      if (!result.ok) throw new Error(result.why);
      return result.pattern;
    };
    const set = (text: string) => compileGlobs([pattern(text)], { workspace: WORKSPACE, foldCase: false, names: true });
    expect(set('*').match('/anything', 'self')).toBe(0);
    expect(set('*').match('', 'self')).toBe(0);
    expect(set('memory/*').match('memory/read', 'self')).toBe(0);
    expect(set('~').match('~', 'self')).toBe(0);
    expect(set('../x').match('../x', 'self')).toBe(0);
    expect(set('memory/*').match('/memory/read', 'self')).toBe(-1);
  });
});
