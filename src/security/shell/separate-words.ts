import type { Assignment, Redirection, Word } from 'unbash';
import { deny, type Walk } from './walk-state.ts';

/**
 * THREAT: `a<(b)` is one word to bash, and so is the target of `> a<(b)`; the parser ends a word there and begins
 * another. What touches a process substitution is refused: as two words it would be judged as something else.
 */
export function assertSeparate(walk: Walk, items: readonly (Word | Assignment | Redirection)[]): void {
  const sorted = items.toSorted((a, b) => a.pos - b.pos);
  for (const [index, item] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.end !== item.pos) continue;
    if (substitutes(item, 0) || (isWord(item) && substitutes(before, -1))) {
      deny(walk, item, 'a process substitution is a part of a word');
    }
  }
}

function substitutes(item: Word | Assignment | Redirection, at: 0 | -1): boolean {
  // The end of a redirection is the end of its target.
  const word = item.type === 'Redirect' || item.type === 'HereString' ? (at < 0 ? item.target : undefined) : item;
  return word?.type === 'Word' && word.parts?.at(at)?.type === 'ProcessSubstitution';
}

function isWord(item: Word | Assignment | Redirection): boolean {
  return item.type === 'Word' || item.type === 'Assignment';
}
