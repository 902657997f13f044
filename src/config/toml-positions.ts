import type { PathStep } from './key-path.ts';

/**
 * Where the keys, tables and list elements of a document stand, as a tree of the document's own shape, so that it
 * takes no more room than the document. A leaf is its offset alone.
 */
export type Placed = number | PlacedNode;

export interface PlacedNode {
  /** offset in the text: of the key, of the table's first header, of the list element */
  readonly at: number;
  readonly keys?: Map<string, Placed>;
  readonly items?: Placed[];
}

/** Below this nothing is told apart: what stands deeper is found at its ancestor. */
const MAX_DEPTH = 80;

/**
 * Finds the positions in one pass over a document that the TOML parser has already accepted: it relies on that and
 * checks nothing itself. The parser gives values without positions; messages to people need both.
 */
export function tomlPositions(text: string): PlacedNode {
  const scan = new Scan(text);
  scan.document();
  return scan.root;
}

/** How far the document has the steps, and the offset of the last one it has; the root is at 0. */
export function findPosition(root: PlacedNode, steps: readonly PathStep[]): { found: number; at: number } {
  let node: Placed = root;
  for (const [index, step] of steps.entries()) {
    const next: Placed | undefined =
      typeof node === 'number' ? undefined : typeof step === 'number' ? node.items?.[step] : node.keys?.get(step);
    if (next === undefined) return { found: index, at: offsetOf(node) };
    node = next;
  }
  return { found: steps.length, at: offsetOf(node) };
}

export function offsetOf(placed: Placed): number {
  return typeof placed === 'number' ? placed : placed.at;
}

/** Finds 1-based line and column (in UTF-16 units) of an offset; builds its index of line starts once. */
export function lineFinder(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

interface OpenNode {
  at: number;
  depth: number;
  keys?: Map<string, Placed>;
  items?: Placed[];
}

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;

class Scan {
  readonly root: OpenNode = { at: 0, depth: 0 };
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table = this.root;
    for (this.#blank(); this.#at < this.#text.length; this.#blank()) {
      const before = this.#at;
      if (this.#text[this.#at] === '[') table = this.#header();
      else this.#keyValue(table);
      if (this.#at <= before) return; // not what the parser accepted: give up rather than loop
    }
  }

  #header(): OpenNode {
    const start = this.#at;
    const isArray = this.#text[start + 1] === '[';
    this.#at += isArray ? 2 : 1;
    const keys = this.#dottedKey();
    while (this.#text[this.#at] === ']') this.#at += 1;
    let node = this.root;
    for (const [index, key] of keys.entries()) {
      node = this.#open(node, key.name, start);
      if (isArray && index === keys.length - 1) {
        const item: OpenNode = { at: start, depth: node.depth + 1 };
        node.items ??= [];
        node.items.push(item);
        return item;
      }
      // A table of an array of tables is named through its last member.
      const last = node.items?.at(-1);
      if (last !== undefined && typeof last !== 'number') node = last as OpenNode;
    }
    return node;
  }

  #keyValue(table: OpenNode): void {
    let node = table;
    const keys = this.#dottedKey();
    const last = keys.pop();
    if (last === undefined) return;
    for (const key of keys) node = this.#open(node, key.name, key.at);
    this.#at += 1; // =
    this.#spaces();
    const placed = this.#value(last.at, node.depth + 1);
    if (node.depth >= MAX_DEPTH) return;
    node.keys ??= new Map();
    if (!node.keys.has(last.name)) node.keys.set(last.name, placed);
  }

  /** The member table `name`, made at the first mention. */
  #open(node: OpenNode, name: string, at: number): OpenNode {
    if (node.depth >= MAX_DEPTH) return node;
    node.keys ??= new Map();
    const there = node.keys.get(name);
    if (there !== undefined && typeof there !== 'number') return there as OpenNode;
    const made: OpenNode = { at, depth: node.depth + 1 };
    node.keys.set(name, made);
    return made;
  }

  #value(at: number, depth: number): Placed {
    const c = this.#text.charCodeAt(this.#at);
    if (c === QUOTE || c === APOSTROPHE) this.#string(c);
    else if (c === 0x5b && depth < MAX_DEPTH) return this.#array({ at, depth });
    else if (c === 0x7b && depth < MAX_DEPTH) return this.#inlineTable({ at, depth });
    else while (this.#at < this.#text.length && !endsBare(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return at;
  }

  #array(node: OpenNode): OpenNode {
    this.#at += 1;
    const items: Placed[] = [];
    for (this.#blank(); this.#at < this.#text.length && this.#text[this.#at] !== ']'; this.#blank()) {
      const before = this.#at;
      if (this.#text[this.#at] === ',') this.#at += 1;
      else items.push(this.#value(this.#at, node.depth + 1));
      if (this.#at <= before) break;
    }
    this.#at += 1;
    node.items = items;
    return node;
  }

  #inlineTable(node: OpenNode): OpenNode {
    this.#at += 1;
    for (this.#blank(); this.#at < this.#text.length && this.#text[this.#at] !== '}'; this.#blank()) {
      const before = this.#at;
      if (this.#text[this.#at] === ',') this.#at += 1;
      else this.#keyValue(node);
      if (this.#at <= before) break;
    }
    this.#at += 1;
    return node;
  }

  #dottedKey(): { name: string; at: number }[] {
    const keys: { name: string; at: number }[] = [];
    for (;;) {
      this.#spaces();
      const at = this.#at;
      const c = this.#text.charCodeAt(at);
      if (c === QUOTE || c === APOSTROPHE) {
        this.#string(c);
        keys.push({ name: unquote(this.#text.slice(at, this.#at)), at });
      } else {
        while (isBare(this.#text.charCodeAt(this.#at))) this.#at += 1;
        keys.push({ name: this.#text.slice(at, this.#at), at });
      }
      this.#spaces();
      if (this.#text[this.#at] !== '.') return keys;
      this.#at += 1;
    }
  }

  #string(quote: number): void {
    const text = this.#text;
    const isTriple = text.charCodeAt(this.#at + 1) === quote && text.charCodeAt(this.#at + 2) === quote;
    this.#at += isTriple ? 3 : 1;
    for (; this.#at < text.length; this.#at += 1) {
      const c = text.charCodeAt(this.#at);
      if (c === BACKSLASH && quote === QUOTE) this.#at += 1;
      else if (c === quote && !isTriple) break;
      else if (c === quote && text.charCodeAt(this.#at + 1) === quote && text.charCodeAt(this.#at + 2) === quote) break;
    }
    this.#at += isTriple ? 3 : 1;
    // Up to two quotes may stand before the closing three.
    if (isTriple) while (text.charCodeAt(this.#at) === quote) this.#at += 1;
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }

  /** White space, line ends and comments. */
  #blank(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d || c === 0xfeff) this.#at += 1;
      else if (c === 0x23) {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end + 1;
      } else return;
    }
  }
}

function isBare(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x5f || c === 0x2d;
}

/** `,`, `]`, `}`, `#` or a line's end. */
function endsBare(c: number): boolean {
  return c === 0x2c || c === 0x5d || c === 0x7d || c === 0x23 || c === 0x0a || c === 0x0d;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };

/** A quoted key as the parser reads it. */
function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'") || !inner.includes('\\')) return inner;
  return inner.replace(
    /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g,
    (whole, x, u, long, plain) => {
      const hex = (x ?? u ?? long) as string | undefined;
      if (hex === undefined) return ESCAPES[plain as string] ?? (plain as string);
      const code = Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
