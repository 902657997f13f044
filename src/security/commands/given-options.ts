/** Options with which an archive is taken apart. */
export const EXTRACTS: ReadonlySet<string> = new Set(['-x', '--extract', '--get']);

/** True where one of the options was given. */
export function some(given: ReadonlySet<string>, options: ReadonlySet<string>): boolean {
  for (const option of given) if (options.has(option)) return true;
  return false;
}
