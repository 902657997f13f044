const NAMED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'GGEN_HOME'];

/** What a program of the user's gets of our environment: the rest may hold secrets of ours. */
export function plainEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(NAMED.map((name) => [name, process.env[name]]));
}
