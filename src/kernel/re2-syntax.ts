/**
 * A parser for the everyday part of RE2's syntax. What it accepts, RE2 accepts and means the same; what it doesn't know
 * (Unicode classes, `\Q…\E`, anything beyond ASCII, oddities) it gives up on, which says nothing about the pattern.
 * So that loading a configuration and looking for the literals of a pattern need no regular-expression engine.
 */

/** Code units that one position of a pattern takes: pairs of first and last, or everything but them. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
  /** letters match without case */
  readonly fold: boolean;
}

export type PatternNode =
  | { readonly kind: 'character'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly min: number; readonly max: number }
  /** a position that must hold and takes nothing: `^`, `\b` */
  | { readonly kind: 'assertion' };

/** RE2 refuses larger counts, also where repetitions multiply. */
const MAX_REPEAT = 1000;
const MAX_DEPTH = 200;
const MAX_LENGTH = 10_000;

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
}

/** Thrown inside the parser where it gives up, and caught there. */
class GiveUp extends Error {}

// The configuration's check and the scanner ask for the same few patterns.
const MAX_REMEMBERED = 256;
const remembered = new Map<string, PatternNode | undefined>();

/** The pattern as a tree; undefined where it is wrong or uses more than this parser knows. Never throws. */
export function parseRe2(pattern: string): PatternNode | undefined {
  if (remembered.has(pattern)) return remembered.get(pattern);
  const node = read(pattern);
  if (remembered.size < MAX_REMEMBERED) remembered.set(pattern, node);
  return node;
}

function read(pattern: string): PatternNode | undefined {
  if (pattern.length > MAX_LENGTH || !/^[\t\n\r\u0020-\u007e]*$/.test(pattern)) return undefined;
  try {
    const reader = new PatternReader(pattern);
    const node = reader.choice({ fold: false, dotAll: false }, 0);
    return reader.done() && repeatsFit(node, 1) ? node : undefined;
  } catch (error) {
    if (error instanceof GiveUp) return undefined;
    throw error;
  }
}

function repeatsFit(node: PatternNode, times: number): boolean {
  switch (node.kind) {
    case 'sequence':
    case 'choice':
      return node.items.every((item) => repeatsFit(item, times));
    case 'repeat': {
      const count = Math.max(1, node.max === Number.POSITIVE_INFINITY ? node.min : node.max);
      return times * count <= MAX_REPEAT && repeatsFit(node.item, times * count);
    }
    default:
      return true;
  }
}

const CLASSES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const NEWLINE: CharacterSet = { ranges: [[10, 10]], negated: true, fold: false };
const ANYTHING: CharacterSet = { ranges: [], negated: true, fold: false };

class PatternReader {
  readonly #text: string;
  #at = 0;
  readonly #names = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  done(): boolean {
    return this.#at === this.#text.length;
  }

  choice(flags: Flags, depth: number): PatternNode {
    if (depth > MAX_DEPTH) throw new GiveUp();
    // A flag group without a body, `(?i)`, holds to the end of the enclosing group, over `|` too.
    const scope = { flags };
    const items = [this.#sequence(scope, depth)];
    while (this.#take('|')) items.push(this.#sequence(scope, depth));
    return items.length === 1 ? items[0]! : { kind: 'choice', items };
  }

  #sequence(scope: { flags: Flags }, depth: number): PatternNode {
    const items: PatternNode[] = [];
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined || c === '|' || c === ')') break;
      const start = this.#at;
      const item = this.#atom(scope, depth);
      if (item === undefined) {
        if (/[*+?]/.test(this.#text[this.#at] ?? '') || this.#count() !== undefined) throw new GiveUp();
        continue;
      }
      if (this.#at === start) throw new GiveUp();
      items.push(this.#repeated(item));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeated(item: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return item;
    if (item.kind === 'assertion') throw new GiveUp();
    this.#take('?');
    // `a**` and `a{2}{3}` are errors.
    if (this.#bounds() !== undefined) throw new GiveUp();
    return { kind: 'repeat', item, ...bounds };
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const count = this.#count();
    if (count === undefined) return undefined;
    this.#at += count.length;
    if (count.min > MAX_REPEAT || count.min > count.max) throw new GiveUp();
    if (count.max > MAX_REPEAT && count.max !== Number.POSITIVE_INFINITY) throw new GiveUp();
    return { min: count.min, max: count.max };
  }

  /** `{2}`, `{2,}`, `{2,3}` here; anything else that starts with `{` is a literal brace. */
  #count(): { min: number; max: number; length: number } | undefined {
    const match = /^\{(\d{1,5})(,(\d{1,5})?)?\}/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (match === null) return undefined;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    return { min, max, length: match[0].length };
  }

  /** One thing that can be repeated; undefined for `(?i)`, which only changes the flags of what follows. */
  #atom(scope: { flags: Flags }, depth: number): PatternNode | undefined {
    const c = this.#text[this.#at]!;
    this.#at += 1;
    switch (c) {
      case '(':
        return this.#group(scope, depth);
      case '[':
        return { kind: 'character', set: this.#class(scope.flags.fold) };
      case '.':
        return { kind: 'character', set: scope.flags.dotAll ? ANYTHING : NEWLINE };
      case '^':
      case '$':
        return { kind: 'assertion' };
      case '\\':
        return this.#escape(scope.flags.fold);
      case '*':
      case '+':
      case '?':
        throw new GiveUp();
      case '{':
        // Where it isn't a count, RE2 takes it as it stands; engines differ on the edges.
        throw new GiveUp();
      default:
        return literal(c.charCodeAt(0), scope.flags.fold);
    }
  }

  #group(scope: { flags: Flags }, depth: number): PatternNode | undefined {
    let flags = scope.flags;
    if (this.#take('?')) {
      const named = /^P?<([A-Za-z_]\w*)>/.exec(this.#text.slice(this.#at, this.#at + 80));
      if (named !== null) {
        if (this.#names.has(named[1]!)) throw new GiveUp();
        this.#names.add(named[1]!);
        this.#at += named[0].length;
      } else {
        const set = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#text.slice(this.#at, this.#at + 20));
        if (set === null || (set[3] === ')' && set[0] === ')')) throw new GiveUp();
        this.#at += set[0].length;
        flags = changeFlags(flags, set[1]!, set[2] ?? '');
        if (set[3] === ')') {
          scope.flags = flags;
          return undefined;
        }
      }
    }
    const node = this.choice(flags, depth + 1);
    if (!this.#take(')')) throw new GiveUp();
    // A group is one thing even where it is empty or an assertion, and may be repeated.
    return node.kind === 'assertion' ? { kind: 'sequence', items: [node] } : node;
  }

  #escape(fold: boolean): PatternNode {
    const c = this.#text[this.#at];
    if (c === undefined) throw new GiveUp();
    if (/[bBAz]/.test(c)) {
      this.#at += 1;
      return { kind: 'assertion' };
    }
    const set = this.#escapedSet();
    return set.ranges.length === 1 && set.ranges[0]![0] === set.ranges[0]![1] && !set.negated
      ? literal(set.ranges[0]![0], fold)
      : { kind: 'character', set: { ...set, fold } };
  }

  /** What stands after a backslash, inside a class or outside. */
  #escapedSet(): CharacterSet {
    const c = this.#text[this.#at]!;
    this.#at += 1;
    const ranges = CLASSES[c.toLowerCase()];
    if (ranges !== undefined) return { ranges, negated: c !== c.toLowerCase(), fold: false };
    const control = CONTROL[c];
    if (control !== undefined) return single(control);
    if (c === 'x') {
      const hex = /^[0-9A-Fa-f]{2}/.exec(this.#text.slice(this.#at, this.#at + 2));
      if (hex === null || Number.parseInt(hex[0], 16) > 0x7f) throw new GiveUp();
      this.#at += 2;
      return single(Number.parseInt(hex[0], 16));
    }
    if (/[!-/:-@[-`{-~]/.test(c)) return single(c.charCodeAt(0));
    throw new GiveUp();
  }

  #class(fold: boolean): CharacterSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; ; first = false) {
      const c = this.#text[this.#at];
      if (c === undefined || (c === '[' && this.#text[this.#at + 1] === ':')) throw new GiveUp();
      if (c === ']') {
        if (first) throw new GiveUp();
        this.#at += 1;
        return { ranges, negated, fold };
      }
      const low = this.#classItem();
      if (low.ranges.length !== 1 || low.negated || low.ranges[0]![0] !== low.ranges[0]![1]) {
        if (low.negated || this.#isRange()) throw new GiveUp();
        ranges.push(...low.ranges);
        continue;
      }
      // A dash is itself only first or last in a class.
      if (c === '-' && !first && this.#text[this.#at] !== ']') throw new GiveUp();
      if (!this.#isRange()) {
        ranges.push(low.ranges[0]!);
        continue;
      }
      this.#at += 1;
      const high = this.#classItem();
      if (high.ranges.length !== 1 || high.negated || high.ranges[0]![0] !== high.ranges[0]![1]) throw new GiveUp();
      if (high.ranges[0]![0] < low.ranges[0]![0]) throw new GiveUp();
      ranges.push([low.ranges[0]![0], high.ranges[0]![0]]);
    }
  }

  #classItem(): CharacterSet {
    const c = this.#text[this.#at];
    if (c === undefined) throw new GiveUp();
    this.#at += 1;
    if (c !== '\\') return single(c.charCodeAt(0));
    if (this.#at >= this.#text.length) throw new GiveUp();
    return this.#escapedSet();
  }

  /** True before `-x`, false before `-]`. */
  #isRange(): boolean {
    return this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']' && this.#text[this.#at + 1] !== undefined;
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at += 1;
    return true;
  }
}

function changeFlags(flags: Flags, on: string, off: string): Flags {
  const flag = (name: string, before: boolean): boolean => (before || on.includes(name)) && !off.includes(name);
  return { fold: flag('i', flags.fold), dotAll: flag('s', flags.dotAll) };
}

function single(code: number): CharacterSet {
  return { ranges: [[code, code]], negated: false, fold: false };
}

function literal(code: number, fold: boolean): PatternNode {
  return { kind: 'character', set: { ranges: [[code, code]], negated: false, fold } };
}
