import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PatternNode, parseRe2 } from '../../kernel/re2-syntax.ts';
import { scanRules } from './find-matches.ts';

/** The pattern without what it only looks at: lookarounds take nothing. */
function withoutLookarounds(pattern: string): string {
  let kept = '';
  for (let at = 0; at < pattern.length; ) {
    if (!/^\(\?<?[=!]/.test(pattern.slice(at, at + 4))) {
      const step = pattern[at] === '\\' ? 2 : 1;
      kept += pattern.slice(at, at + step);
      at += step;
      continue;
    }
    let depth = 0;
    let inClass = false;
    do {
      const c = pattern[at]!;
      if (c === '\\') at += 1;
      else if (inClass) inClass = c !== ']';
      else if (c === '[') inClass = true;
      else if (c === '(') depth += 1;
      else if (c === ')') depth -= 1;
      at += 1;
    } while (depth > 0);
  }
  return kept;
}

/** The pattern as our parser knows it: longer counts than RE2 takes become the longest, and count as `scale` each. */
function treeOf(pattern: string): { tree: PatternNode; scale: number } {
  const counts = [...pattern.matchAll(/\{\d*,?(\d+)\}/g)].map(([, most]) => Number(most));
  const scale = Math.max(1, ...counts.map((most) => Math.ceil(most / 1000)));
  const fitting = withoutLookarounds(pattern).replace(/\{(\d+),(\d{4,})\}/g, (_, least: string, most: string) => {
    return `{${least},${Math.min(1000, Number(most))}}`;
  });
  const tree = parseRe2(fitting);
  expect({ pattern, known: tree !== undefined }).toEqual({ pattern, known: true });
  return { tree: tree!, scale };
}

/** A text that the pattern matches, each choice made by `choose`: a number below the one given. */
function makeText(node: PatternNode, choose: (below: number) => number): string {
  switch (node.kind) {
    case 'assertion':
      return '';
    case 'choice':
      return makeText(node.items[choose(node.items.length)]!, choose);
    case 'sequence':
      return node.items.map((item) => makeText(item, choose)).join('');
    case 'repeat': {
      const times = [node.min, node.max, node.max][choose(3)]!;
      return Array.from({ length: times }, () => makeText(node.item, choose)).join('');
    }
    case 'character': {
      const { ranges, negated } = node.set;
      if (negated) return '~';
      const [low, high] = ranges[choose(ranges.length)]!;
      return String.fromCharCode(low + choose(high - low + 1));
    }
  }
}

it.each(scanRules().map((rule) => [rule.id, rule] as const))('%s: every repetition has an end', (_, { pattern }) => {
  const bare = pattern.replace(/\\./g, '_').replace(/\[\^?[^\]]*\]/g, '_');
  expect(bare.replace(/\{\d+(?:,\d+)?\}/g, '')).not.toMatch(/[*+{]/);
});

it.each(scanRules().map((rule) => [rule.id, rule] as const))(
  '%s: a match lies in the stretch around a keyword',
  (_, rule) => {
    const { tree, scale } = treeOf(rule.pattern);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(997)), (stream) => {
        const text = makeText(tree, (below) => (stream.next().value as number) % below);
        const folded = text.toLowerCase();
        const ends = rule.keywords.flatMap((keyword) => {
          const searched = /[A-Z]/.test(keyword) ? text : folded;
          const found: number[] = [];
          for (let at = searched.indexOf(keyword); at >= 0; at = searched.indexOf(keyword, at + 1))
            found.push(at + keyword.length);
          return found;
        });
        const covers = ends.some((end) => end + 1 <= rule.before + 40 && (text.length - end) * scale + 1 <= rule.after);
        expect({ text: covers ? '' : text, ends: covers ? [] : ends }).toEqual({ text: '', ends: [] });
      }),
      { numRuns: 30 },
    );
  },
);
