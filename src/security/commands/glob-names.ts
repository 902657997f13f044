import { posix } from 'node:path';
import type { Argument } from '../shell/index.ts';

/** More names than these stand for one pattern, and what it means is not known. */
const MAX_NAMES = 1000;

/** The folder's names; undefined where it can't be read. */
export type ListNames = (folder: string) => readonly string[] | undefined;

/**
 * What a pattern stands for where it runs, as literal arguments: the names that match, or the pattern itself where none
 * does, as a shell leaves it. Undefined where that can't be known. `**` counts as in shells that descend with it.
 */
export function expandGlob(argument: Argument, cwd: string, list: ListNames): Argument[] | undefined {
  const parts = argument.text.split('/');
  if (parts.some((part) => part === '**')) return undefined;
  const absolute = parts[0] === '';
  let found: string[] = [absolute ? '/' : ''];
  let matched = false;
  for (const [index, part] of (absolute ? parts.slice(1) : parts).entries()) {
    if (part === '') continue;
    const plain = part.replace(/\\([\s\S])/g, '$1');
    const next: string[] = [];
    for (const start of found) {
      if (!isPattern(part)) {
        // Behind a pattern only what is there counts.
        const there = !matched || /^\.\.?$/.test(plain) || list(posix.resolve(cwd, start))?.includes(plain);
        if (there) next.push(joined(start, plain));
        continue;
      }
      const names = list(posix.resolve(cwd, start === '' ? '.' : start));
      if (names === undefined) {
        if (index === 0 || found.length === 1) return undefined;
        continue;
      }
      const matches = matcherOf(part);
      if (matches === undefined) return undefined;
      for (const name of names) {
        // A leading dot is matched by a dot alone.
        if (name.startsWith('.') && !part.startsWith('.') && !part.startsWith('\\.')) continue;
        if (matches(name)) next.push(joined(start, name));
      }
      if (next.length > MAX_NAMES) return undefined;
    }
    found = next;
    matched ||= isPattern(part);
  }
  if (matched && argument.text.endsWith('/')) {
    found = found.filter((name) => list(posix.resolve(cwd, name)) !== undefined).map((name) => `${name}/`);
  }
  const { pos, end } = argument;
  const texts = found.length > 0 ? found : [argument.text.replace(/\\([\s\S])/g, '$1')];
  // The names in a variable without quotes are split and matched again.
  if (argument.split && texts.some((text) => /[\s*?[\\]/.test(text))) {
    return [{ kind: 'unknown', text: '', many: true, pos, end }];
  }
  return texts.map((text) => ({ kind: 'literal' as const, text, pos, end }));
}

function joined(start: string, name: string): string {
  return start === '' || start.endsWith('/') ? start + name : `${start}/${name}`;
}

function isPattern(part: string): boolean {
  return /[*?[]/.test(part.replace(/\\[\s\S]/g, ''));
}

type Piece = { readonly any: true } | { readonly any: false; readonly fits: (c: string) => boolean };

/** Matches in time linear in name times pattern. Undefined for a pattern that can't be read. */
function matcherOf(text: string): ((name: string) => boolean) | undefined {
  const pieces: Piece[] = [];
  const pattern = [...text];
  for (let at = 0; at < pattern.length; at += 1) {
    const c = pattern[at]!;
    if (c === '*') {
      if (!pieces.at(-1)?.any) pieces.push({ any: true });
    } else if (c === '?') pieces.push({ any: false, fits: () => true });
    else if (c === '[') {
      const close = pattern.indexOf(']', at + (/[!^]/.test(pattern[at + 1] ?? '') ? 3 : 2));
      if (close < 0) return undefined;
      const inner = pattern.slice(at + 1, close).join('');
      if (/[[\\:]/.test(inner)) return undefined;
      const negated = /^[!^]/.test(inner);
      const ranges = negated ? inner.slice(1) : inner;
      pieces.push({ any: false, fits: (one) => inRanges([...ranges], one) !== negated });
      at = close;
    } else {
      if (c === '\\') at += 1;
      const exact = pattern[at];
      pieces.push({ any: false, fits: (one) => one === exact });
    }
  }
  return (name) => {
    let states = new Set([0]);
    const settle = (state: number, into: Set<number>): void => {
      into.add(state);
      if (pieces[state]?.any) settle(state + 1, into);
    };
    const start = new Set<number>();
    settle(0, start);
    states = start;
    for (const c of name) {
      const next = new Set<number>();
      for (const state of states) {
        const piece = pieces[state];
        if (piece === undefined) continue;
        if (piece.any) settle(state, next);
        else if (piece.fits(c)) settle(state + 1, next);
      }
      states = next;
    }
    return states.has(pieces.length);
  };
}

function inRanges(ranges: readonly string[], c: string): boolean {
  for (let at = 0; at < ranges.length; at += 1) {
    if (ranges[at + 1] === '-' && at + 2 < ranges.length) {
      if (c >= ranges[at]! && c <= ranges[at + 2]!) return true;
      at += 2;
    } else if (ranges[at] === c) return true;
  }
  return false;
}
