// Characters that some file systems leave out when they compare names (HFS+ does).
const IGNORED = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * A path as the most forgiving file system compares it: without case, in one Unicode form, without invisible
 * characters. Two paths that fold differently are different files everywhere.
 */
export function foldPath(path: string): string {
  if (ASCII.test(path)) return path.toLowerCase();
  // Upper case first: a long s and a sharp s only meet their plain forms that way.
  return path.replace(IGNORED, '').normalize('NFC').toUpperCase().toLowerCase();
}
