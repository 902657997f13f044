/** One kind of secret that files are searched for. */
export interface ScanRule {
  /** `aws-access-key-id` */
  readonly id: string;
  /** what it is, for a person */
  readonly title: string;
  /** each match holds one of these: one with a capital as written, others without case; bytes are searched for them first */
  readonly keywords: readonly string[];
  /**
   * JavaScript's syntax, of our own making: every repetition is bounded, or over one class that what follows isn't in, so
   * that a window is searched in linear time. Patterns of users never come here.
   */
  readonly pattern: string;
  readonly ignoreCase?: true;
  /** which group is the secret; default the whole match */
  readonly group?: number;
  /** bytes before and after a keyword that a match can reach */
  readonly before: number;
  readonly after: number;
  /** whether what looks like one is one */
  readonly accept?: (secret: string, match: RegExpExecArray) => boolean;
  /** texts that hold one, cut in pieces so that no scanner stops at this file, made when asked for; and texts that don't */
  readonly yes: () => readonly (readonly string[])[];
  readonly no: readonly string[];
}

/** Text of no meaning for examples: the same for each seed, of letters and digits. */
export function sampleText(length: number, alphabet: string, seed: number): string {
  let state = seed * 2654435761;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 + i) | 0;
    text += alphabet[(state >>> 0) % alphabet.length];
  }
  return text;
}

export const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const HEX = '0123456789abcdef';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A table that is made when it is first asked for: a program that searches nothing pays nothing. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
