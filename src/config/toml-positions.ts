import { join } from './spec.ts';

/** Where each key, table and list element of a TOML document stands, by its path (`a.b[0].c`), as text offsets. */
export type TomlPositions = ReadonlyMap<string, number>;

/**
 * Finds the positions in one pass over a document that the TOML parser has already accepted: it relies on that and
 * checks nothing itself. The parser gives values without positions; messages to people need both.
 */
export function tomlPositions(text: string): TomlPositions {
  const scan = new Scan(text);
  scan.document();
  return scan.found;
}

/** Finds 1-based line and column of an offset; builds its index of line starts once. */
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

class Scan {
  readonly found = new Map<string, number>();
  readonly #text: string;
  #at = 0;
  /** number of members so far of each array of tables */
  readonly #members = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table = '';
    for (this.#blank(); this.#at < this.#text.length; this.#blank()) {
      const before = this.#at;
      if (this.#text[this.#at] === '[') table = this.#header();
      else this.#keyValue(table);
      if (this.#at <= before) return; // not what the parser accepted: give up rather than loop
    }
  }

  #header(): string {
    const start = this.#at;
    const isArray = this.#text.startsWith('[[', start);
    this.#at += isArray ? 2 : 1;
    const keys = this.#dottedKey();
    while (this.#at < this.#text.length && this.#text[this.#at] === ']') this.#at += 1;
    let path = '';
    keys.forEach((key, index) => {
      path = join(path, key.name);
      const last = index === keys.length - 1;
      if (last && isArray) {
        const count = this.#members.get(path) ?? 0;
        this.#members.set(path, count + 1);
        this.#note(path, start);
        path = `${path}[${count}]`;
        this.#note(path, start);
      } else {
        const count = this.#members.get(path);
        if (count !== undefined) path = `${path}[${count - 1}]`;
        this.#note(path, start);
      }
    });
    return path;
  }

  #keyValue(table: string): void {
    let path = table;
    for (const key of this.#dottedKey()) {
      path = join(path, key.name);
      this.#note(path, key.at);
    }
    this.#at += 1; // =
    this.#spaces();
    this.#value(path);
  }

  #value(path: string): void {
    const c = this.#text[this.#at];
    if (c === '"' || c === "'") this.#string();
    else if (c === '[') this.#array(path);
    else if (c === '{') this.#inlineTable(path);
    else {
      const before = this.#at;
      while (this.#at < this.#text.length && !',]}#\n\r'.includes(this.#text[this.#at]!)) this.#at += 1;
      if (this.#at === before) this.#at += 1; // only in text that is no TOML: go on rather than loop
    }
  }

  #array(path: string): void {
    this.#at += 1;
    let index = 0;
    for (this.#blank(); this.#at < this.#text.length && this.#text[this.#at] !== ']'; this.#blank()) {
      if (this.#text[this.#at] === ',') {
        this.#at += 1;
        continue;
      }
      const here = `${path}[${index}]`;
      this.#note(here, this.#at);
      this.#value(here);
      index += 1;
    }
    this.#at += 1;
  }

  #inlineTable(path: string): void {
    this.#at += 1;
    for (this.#blank(); this.#at < this.#text.length && this.#text[this.#at] !== '}'; this.#blank()) {
      if (this.#text[this.#at] === ',') this.#at += 1;
      else this.#keyValue(path);
    }
    this.#at += 1;
  }

  #dottedKey(): { name: string; at: number }[] {
    const keys: { name: string; at: number }[] = [];
    for (;;) {
      this.#spaces();
      const at = this.#at;
      const c = this.#text[at];
      if (c === '"' || c === "'") {
        this.#string();
        keys.push({ name: unquote(this.#text.slice(at, this.#at)), at });
      } else {
        while (this.#at < this.#text.length && /[A-Za-z0-9_-]/.test(this.#text[this.#at]!)) this.#at += 1;
        keys.push({ name: this.#text.slice(at, this.#at), at });
      }
      this.#spaces();
      if (this.#text[this.#at] !== '.') return keys;
      this.#at += 1;
    }
  }

  #string(): void {
    const quote = this.#text[this.#at]!;
    const triple = quote.repeat(3);
    if (this.#text.startsWith(triple, this.#at)) {
      this.#at += 3;
      while (this.#at < this.#text.length && !this.#text.startsWith(triple, this.#at)) {
        this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
      }
      this.#at += 3;
      while (this.#text[this.#at] === quote) this.#at += 1; // up to two quotes may stand before the closing three
      return;
    }
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== quote) {
      this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += 1;
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }

  /** White space, line ends and comments. */
  #blank(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === ' ' || c === '\t' || c === '\n' || c === '\r' || c === '\ufeff') this.#at += 1;
      else if (c === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end + 1;
      } else return;
    }
  }

  #note(path: string, at: number): void {
    if (!this.found.has(path)) this.found.set(path, at);
  }
}

function unquote(quoted: string): string {
  if (quoted.startsWith("'")) return quoted.slice(1, -1);
  try {
    return JSON.parse(
      quoted.replace(/\\U([0-9A-Fa-f]{8})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    ) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
