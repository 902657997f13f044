// Characters that some file systems leave out when they compare names.
const IGNORED = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A path as the most forgiving volume compares it: without case, in one Unicode form, without invisible characters.
 * Deny lists and protected places compare folded text, so that `STRASSE` can't step around `straße`; allow lists compare
 * exactly.
 */
export function foldPath(path: string): string {
  for (let i = 0; i < path.length; i += 1) {
    const c = path.charCodeAt(i);
    if (c >= 0x80 || (c >= 0x41 && c <= 0x5a)) return fold(path);
  }
  return path;
}

function fold(path: string): string {
  // Upper case first: a long s and a sharp s meet their plain forms only that way.
  return path.replace(IGNORED, '').normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
