import { LOOK_ALIKES } from './look-alikes.ts';

const LATIN_OF = new Map(Object.entries(LOOK_ALIKES).flatMap(([latin, all]) => [...all].map((one) => [one, latin])));

/** The longest name that somebody may have. */
const MAX_NAME = 200;
// What leaves no mark of its own where it stands: controls, formats, what renderers skip, blanks other than a space.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\s/u;

/** True for names that a person would take for the same, however they are spelt. */
export function isSameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/**
 * A name as it is compared with others: without case, marks and signs, what looks like a Latin letter as that letter.
 * One that holds nothing else stays as it is.
 */
export function foldName(name: string): string {
  let folded = name;
  // What is left out may bring together what belongs together: until nothing changes any more.
  for (let before = ''; before !== folded; ) {
    before = folded;
    folded = once(before);
  }
  return folded === '' ? name : folded;
}

function once(name: string): string {
  const text = name
    .toWellFormed()
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
    .normalize('NFKC');
  const mixed = /\p{Script=Latin}/u.test(text);
  let folded = '';
  for (const letter of text) {
    // Upper case first: a long s and a sharp s meet their plain forms only that way.
    const upper = letter.toUpperCase();
    const lower = upper.toLowerCase();
    // Among Latin letters each stands for what it looks like itself. A name in another alphabet keeps to capitals, so
    // that it is one name in both cases: a Greek nu looks like a v, its capital like an N.
    const alike = (mixed ? LATIN_OF.get(letter) : undefined) ?? LATIN_OF.get(upper) ?? LATIN_OF.get(lower);
    folded += alike ?? lower;
  }
  // Marks spell vowels in many scripts, but none beside a Latin letter; an accent that has no letter of its own is dropped.
  return folded
    .replace(/[^\p{L}\p{N}\p{M}]+|\p{Script=Inherited}+/gu, '')
    .replace(/(^|[\p{Script=Latin}\p{N}])\p{M}+/gu, '$1')
    .normalize('NFKC');
}

/** Why a text is no name of anybody, as a clause: what people can't see or tell from another. */
export function whyNoName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'is no text';
  if (name.trim() === '') return 'is empty';
  if (name.length > MAX_NAME) return `is longer than ${MAX_NAME} characters`;
  if (HIDDEN.test(name)) return 'holds a character that nobody sees';
  return name === name.trim() ? undefined : 'starts or ends with a blank';
}
