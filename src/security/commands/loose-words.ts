/**
 * What may be words of a line that can't be split: quotes and escapes dropped, cut at everything that separates.
 * Over-long on purpose; only for looking up what must never be touched.
 */
export function looseWords(target: string): string[] {
  return target
    .slice(0, 65_536)
    .replace(/['"\\]/g, '')
    .split(/[\s;|&()<>{}`]+/)
    .filter((word) => word !== '');
}

/** Parts of a word that a program may take for a path: itself, and what follows `=`, `:`, `,`, `@` or `-x`. */
export function pathsInWord(word: string): string[] {
  const parts = new Set([word]);
  for (const part of word.split(/[=:,@]/)) parts.add(part);
  if (/^-[A-Za-z]./.test(word)) parts.add(word.slice(2));
  parts.delete('');
  return [...parts].filter((part) => !/^-+[A-Za-z0-9-]*$/.test(part));
}
