import type { PathPattern } from './pattern.ts';
import { eachCovering, eachMatch } from './segment-globs.ts';
import { lowest, type TrieNode } from './trie.ts';

/**
 * Index of a pattern of the trie, other than `except`, that surely matches everything that `pattern` matches; -1
 * where none is found. Sound but not complete: the pattern is walked through the trie like a path whose stars only
 * stars can take, so that what is found holds for every path, and a cover made of several patterns is not seen.
 * `reach` says whether a subtree's own directory counts as matched.
 */
export function coveringPattern(
  root: TrieNode,
  prefix: readonly string[],
  pattern: PathPattern,
  except: number,
  reach: 'inside' | 'self',
): number {
  let best = -1;
  const note = (index: number): void => {
    if (index !== except) best = lowest(best, index);
  };
  let states = closure(new Set([root]));
  const advance = (segment: string, isLiteral: boolean): void => {
    const next = new Set<TrieNode>();
    const add = (node: TrieNode): void => void next.add(node);
    for (const node of states) {
      // Something follows in any case (`**` is never last), so all of it lies below here.
      note(node.subtree);
      if (node.isDeep) add(node);
      // `**` takes any number of segments, none too: only what stays reached whatever comes survives it.
      if (!isLiteral && segment === '**') continue;
      if (isLiteral || !segment.includes('*')) {
        const literal = node.literals.get(segment);
        if (literal) add(literal);
        if (node.globs) eachMatch(node.globs, segment, add);
      } else if (node.globs) eachCovering(node.globs, segment, add);
    }
    states = closure(next);
  };
  for (const segment of prefix) advance(segment, true);
  for (const segment of pattern.segments) advance(segment, false);
  for (const node of states) {
    if (pattern.subtree || reach === 'self') note(node.subtree);
    if (!pattern.subtree) note(node.exact);
  }
  return best;
}

function closure(states: Set<TrieNode>): Set<TrieNode> {
  for (const node of states) if (node.deep) states.add(node.deep); // a Set visits what is added while it is walked
  return states;
}
