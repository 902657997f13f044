import { crc32 } from 'node:zlib';

/** Chance that is the same at every run: one stream of numbers for each seed. */
export interface Chance {
  /** a whole number from 0 to below `n` */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** `length` characters of the alphabet */
  text(length: number, alphabet?: string): string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const UPPER = LOWER.toUpperCase();
export const LETTERS = UPPER + LOWER;
export const BASE62 = DIGITS + UPPER + LOWER;
export const BASE64 = `${BASE62}+/`;
export const URL64 = `${BASE62}-_`;

/** A stream of chance for a name. */
export function chanceOf(seed: string): Chance {
  let state = crc32(seed) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n: number): number => next() % n;
  return {
    below,
    pick: (list) => list[below(list.length)]!,
    text(length, alphabet = BASE62) {
      let text = '';
      for (let at = 0; at < length; at += 1) text += alphabet[below(alphabet.length)];
      return text;
    },
  };
}

/** The last six characters of a GitHub or npm token: CRC-32 of those before, in base 62. */
export function checksumOf(body: string): string {
  let rest = crc32(body) >>> 0;
  let text = '';
  for (let at = 0; at < 6; at += 1) {
    text = BASE62[rest % 62]! + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
