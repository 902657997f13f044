type Sqlite = typeof import('node:sqlite');

let loaded: Sqlite | undefined;

/**
 * Node's own SQLite, loaded when a store is first opened: whoever opens none doesn't pay for it. Node 22 to 24 warn
 * at that moment that it is experimental; that one warning is kept from the terminal, every other is passed on.
 */
export function loadSqlite(): Sqlite {
  if (loaded) return loaded;
  const emitWarning = process.emitWarning;
  const quiet = (warning: string | Error, ...rest: unknown[]): void => {
    if (isSqliteWarning(warning, rest[0])) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet as typeof process.emitWarning;
  try {
    loaded = process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
  return loaded;
}

function isSqliteWarning(warning: string | Error, type: unknown): boolean {
  return type === 'ExperimentalWarning' && typeof warning === 'string' && warning.startsWith('SQLite ');
}
