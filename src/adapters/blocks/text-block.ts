import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** How many entries stand together in a block at most: an attempt and its outcome are often among them. */
export const BLOCK = 32;
/** A block takes no further entry once it holds so many characters: bounds what reading one entry costs. */
const BLOCK_LENGTH = 64 * 1024;
/** A block never inflates to more: an entry has at most 1 Mi characters, 3 bytes each, plus escapes. */
const MAX_INFLATED = 16 * 1024 * 1024;
/** What most blocks inflate to, in bytes: zlib reserves as much at once. */
const INFLATED = 32 * 1024;

/** Which texts of an entry stand in a block, by the names of SQLite's columns. */
export const OWN_TEXTS = [
  'actor_type',
  'actor_name',
  'ip_address',
  'operation_parameters',
  'target',
  'metadata',
] as const;
/** An entry's, in the order of OWN_TEXTS. */
export type OwnTexts = readonly (string | null)[];

/**
 * Entries that follow one another as blocks, each with the place of its first one. Together they take about a tenth of
 * what they take one by one, and no dictionary that would outlive what is erased.
 */
export function packBlocks(entries: readonly OwnTexts[]): { readonly first: number; readonly block: Uint8Array }[] {
  const blocks: { first: number; block: Uint8Array }[] = [];
  let first = 0;
  let length = 0;
  const close = (end: number): void => {
    blocks.push({ first, block: deflateRawSync(JSON.stringify(entries.slice(first, end)), { level: 6 }) });
    first = end;
    length = 0;
  };
  entries.forEach((texts, place) => {
    for (const text of texts) length += text?.length ?? 0;
    if (place - first + 1 === BLOCK || length >= BLOCK_LENGTH) close(place + 1);
  });
  if (first < entries.length) close(entries.length);
  return blocks;
}

/** The entries of a block, in their order. Throws what zlib and JSON throw where it is none. */
export function unpackBlock(block: Uint8Array): readonly OwnTexts[] {
  const bytes = inflateRawSync(block, { chunkSize: INFLATED, maxOutputLength: MAX_INFLATED });
  const entries: unknown = JSON.parse(bytes.toString());
  if (!Array.isArray(entries) || !entries.every(isOwnTexts)) throw new SyntaxError('no block of entries');
  return entries;
}

function isOwnTexts(value: unknown): value is OwnTexts {
  return (
    Array.isArray(value) &&
    value.length === OWN_TEXTS.length &&
    value.every((text) => text === null || typeof text === 'string')
  );
}
