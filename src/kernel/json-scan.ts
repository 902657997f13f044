import { isUtf8 } from 'node:buffer';
import { GgenError } from './errors.ts';
import type { Json } from './json.ts';
import { KeySet } from './json-keys.ts';
import { isExactNumber } from './json-number.ts';

/** A member of the outermost object (or an element of the outermost array, with key ''), as a range of bytes. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  /** exclusive */
  readonly end: number;
}

/** What a strict reading of one JSON text found. */
export interface JsonScan {
  readonly ok: true;
  readonly kind: 'object' | 'array' | 'scalar';
  readonly members: readonly JsonMember[];
  /** how many values there are in all, containers and their contents alike */
  readonly values: number;
  /**
   * Some object holds two keys that a lenient reader takes for one (they differ in case only), or a key with a
   * control character.
   */
  readonly lookalikeKeys: boolean;
  /** some string holds half a surrogate pair, which has no UTF-8 form */
  readonly loneSurrogates: boolean;
  /** some number has no exact IEEE 754 double, so that two readers may see two values */
  readonly inexactNumbers: boolean;
}

export interface JsonFault {
  readonly ok: false;
  readonly problem: string;
  /** of the byte where it was found, from 0 */
  readonly offset: number;
}

export interface ScanLimits {
  /** containers within containers; default 128 */
  readonly maxDepth?: number;
  /** members of one object, elements of the outermost array; default 250,000 */
  readonly maxMembers?: number;
}

/**
 * Reads one JSON text (RFC 8259, UTF-8 without a byte order mark) strictly, in linear time and without building
 * values. INVARIANT: what it accepts, every conforming parser reads as the same tree, up to the three flags of the
 * result: no key occurs twice in an object, no invalid UTF-8, no value outside the one text.
 */
export function scanJson(bytes: Uint8Array, limits: ScanLimits = {}): JsonScan | JsonFault {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(text)) return { ok: false, problem: 'not valid UTF-8', offset: 0 };
  return new Scanner(text, limits.maxDepth ?? 128, limits.maxMembers ?? 250_000).run();
}

/** The value of one JSON text, read strictly. Throws INPUT_INVALID with what is wrong and at which byte. */
export function parseJson(text: string, limits: ScanLimits = {}): Json {
  if (!text.isWellFormed()) throw new GgenError('INPUT_INVALID', 'not usable as JSON: half a surrogate pair');
  const scan = scanJson(Buffer.from(text), limits);
  if (scan.ok) return JSON.parse(text) as Json;
  throw new GgenError('INPUT_INVALID', `not usable as JSON: ${scan.problem}, at byte ${scan.offset}`);
}

const CONTROL = /[\u0000-\u001f]/;

interface Failure {
  readonly problem: string;
  readonly offset: number;
}

class Scanner {
  private at = 0;
  private values = 0;
  private lookalikeKeys = false;
  private loneSurrogates = false;
  private inexactNumbers = false;
  /** the last string read held an escape or a character beyond ASCII */
  private plain = true;
  private readonly members: JsonMember[] = [];
  private readonly text: Buffer;
  private readonly maxDepth: number;
  private readonly maxMembers: number;

  constructor(text: Buffer, maxDepth: number, maxMembers: number) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.maxMembers = maxMembers;
  }

  run(): JsonScan | JsonFault {
    try {
      this.space();
      const first = this.text[this.at];
      this.value(0);
      this.space();
      if (this.at < this.text.length) this.fail('more text after the value');
      const kind = first === 0x7b ? 'object' : first === 0x5b ? 'array' : 'scalar';
      const { members, values, lookalikeKeys, loneSurrogates, inexactNumbers } = this;
      return { ok: true, kind, members, values, lookalikeKeys, loneSurrogates, inexactNumbers };
    } catch (failure) {
      if (failure instanceof Error) throw failure;
      const { problem, offset } = failure as Failure;
      return { ok: false, problem, offset };
    }
  }

  private fail(problem: string): never {
    // not an Error: a stack trace for each bad frame would make bad frames expensive
    const failure: Failure = { problem, offset: this.at };
    throw failure;
  }

  private space(): void {
    const { text } = this;
    let at = this.at;
    while (at < text.length) {
      const c = text[at]!;
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
      at += 1;
    }
    this.at = at;
  }

  private value(depth: number): void {
    this.values += 1;
    const c = this.at < this.text.length ? this.text[this.at]! : -1;
    if (c === 0x22) this.string();
    else if (c === 0x7b) this.object(depth);
    else if (c === 0x5b) this.array(depth);
    else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) this.number();
    else if (c === 0x74) this.literal('true');
    else if (c === 0x66) this.literal('false');
    else if (c === 0x6e) this.literal('null');
    else this.fail(c === -1 ? 'the text ends where a value should stand' : 'a value is expected here');
  }

  private object(depth: number): void {
    if (depth >= this.maxDepth) this.fail(`nested deeper than ${this.maxDepth} levels`);
    this.at += 1;
    this.space();
    if (this.text[this.at] === 0x7d) {
      this.at += 1;
      return;
    }
    const keys = new KeySet();
    for (let count = 1; ; count += 1) {
      if (count > this.maxMembers) this.fail(`more than ${this.maxMembers} members in one object`);
      if (this.text[this.at] !== 0x22) this.fail('a key in double quotes is expected here');
      const key = this.key();
      const seen = keys.add(key);
      // THREAT: of two equal keys one parser takes the first and another the last, and so a call could be judged
      // by one name or argument and made with the other.
      if (seen === 'same') this.fail('a key occurs twice in one object');
      if (seen === 'alike' || CONTROL.test(key)) this.lookalikeKeys = true;
      this.space();
      if (this.text[this.at] !== 0x3a) this.fail("':' is expected here");
      this.at += 1;
      this.space();
      const start = this.at;
      this.value(depth + 1);
      if (depth === 0) this.members.push({ key, start, end: this.at });
      if (this.closes(0x7d)) return;
    }
  }

  private array(depth: number): void {
    if (depth >= this.maxDepth) this.fail(`nested deeper than ${this.maxDepth} levels`);
    this.at += 1;
    this.space();
    if (this.text[this.at] === 0x5d) {
      this.at += 1;
      return;
    }
    for (;;) {
      const start = this.at;
      this.value(depth + 1);
      if (depth === 0) {
        if (this.members.length >= this.maxMembers) this.fail(`more than ${this.maxMembers} elements`);
        this.members.push({ key: '', start, end: this.at });
      }
      if (this.closes(0x5d)) return;
    }
  }

  /** Reads what stands between two members: true at the closing bracket, false after a comma. */
  private closes(bracket: number): boolean {
    this.space();
    const c = this.text[this.at];
    if (c !== bracket && c !== 0x2c) this.fail(`',' or '${String.fromCharCode(bracket)}' is expected here`);
    this.at += 1;
    if (c === bracket) return true;
    this.space();
    return false;
  }

  private key(): string {
    const start = this.at;
    this.string();
    if (this.plain) return this.text.toString('latin1', start + 1, this.at - 1);
    return JSON.parse(this.text.toString('utf8', start, this.at)) as string;
  }

  private string(): void {
    const { text } = this;
    const end = text.length;
    let plain = true;
    let at = this.at + 1;
    for (;;) {
      if (at >= end) {
        this.at = end;
        this.fail('a string is not closed');
      }
      const c = text[at]!;
      if (c === 0x22) break;
      if (c === 0x5c) {
        plain = false;
        this.at = at;
        this.escape();
        at = this.at;
      } else if (c < 0x20) {
        this.at = at;
        this.fail('a control character in a string');
      } else {
        if (c >= 0x80) plain = false;
        at += 1;
      }
    }
    this.at = at + 1;
    this.plain = plain;
  }

  private escape(): void {
    const c = this.text[this.at + 1];
    if (c !== 0x75) {
      if (c === undefined || !ESCAPES.has(c)) this.fail('an escape that JSON does not know');
      this.at += 2;
      return;
    }
    const unit = this.codeUnit();
    if (unit < 0xd800 || unit > 0xdfff) return;
    const paired = unit < 0xdc00 && this.text[this.at] === 0x5c && this.text[this.at + 1] === 0x75;
    if (!paired) {
      this.loneSurrogates = true;
      return;
    }
    const before = this.at;
    const low = this.codeUnit();
    if (low >= 0xdc00 && low <= 0xdfff) return;
    this.loneSurrogates = true;
    this.at = before;
  }

  /** Reads `\uXXXX`. */
  private codeUnit(): number {
    const digits = this.text.toString('latin1', this.at + 2, this.at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('\\u needs four hexadecimal digits');
    this.at += 6;
    return Number.parseInt(digits, 16);
  }

  private number(): void {
    const { text } = this;
    const start = this.at;
    if (text[this.at] === 0x2d) this.at += 1;
    if (text[this.at] === 0x30) this.at += 1;
    else this.digits();
    if (text[this.at] === 0x2e) {
      this.at += 1;
      this.digits();
    }
    const exponent = text[this.at] === 0x65 || text[this.at] === 0x45;
    if (exponent) {
      this.at += 1;
      if (text[this.at] === 0x2b || text[this.at] === 0x2d) this.at += 1;
      this.digits();
    }
    if (!exponent && this.at - start <= 15) return;
    // a number of a thousand digits is inexact whatever its digits are
    const long = this.at - start > 1000;
    if (long || !isExactNumber(text.toString('latin1', start, this.at))) this.inexactNumbers = true;
  }

  private digits(): void {
    const start = this.at;
    for (;;) {
      const c = this.at < this.text.length ? this.text[this.at]! : 0;
      if (c < 0x30 || c > 0x39) break;
      this.at += 1;
    }
    if (this.at === start) this.fail('a digit is expected here');
  }

  private literal(word: string): void {
    if (this.text.toString('latin1', this.at, this.at + word.length) !== word) this.fail('a value is expected here');
    this.at += word.length;
  }
}

const ESCAPES = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map((c) => c.charCodeAt(0)));
