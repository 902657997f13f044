import { GgenError, isGgenError } from '../../kernel/errors.ts';

/** What Postgres' refusals mean to the person who must mend them, by SQLSTATE or its class. */
const FAULTS: readonly (readonly [state: RegExp, problem: string, hint: string])[] = [
  [/^28/, 'does not let this user in', 'look at user and password in the connection string, and at pg_hba.conf'],
  [/^3D000/, 'does not exist', 'create it: CREATE DATABASE …'],
  [/^42501/, 'does not give this user the right', 'it must own the schema ggen_governance, or be granted its tables'],
  [/^53100/, 'has no space left on its disk', 'free some space; nothing was written'],
  [/^53300/, 'takes no more connections', 'raise max_connections, or end some of those that are open'],
  [/^53/, 'lacks memory or another resource', 'nothing was written'],
  [/^(25006|57P0)/, 'takes no writes now', 'it is stopping, starting, or a standby'],
  [/^(55P03|40|57014)/, 'is locked by another process', 'see pg_stat_activity for who holds it; nothing was written'],
  [/^(42P01|3F000|42703)/, 'lacks tables of the governance store', 'restore a backup, or name another database'],
  [/^(XX|58)/, 'is damaged or could not be read', 'look into the log of the server'],
];

/** The code of a refusal by the server; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * True where the connection was lost, or the server said that it is going: whether a statement that was under way
 * has happened is not known then.
 */
export function isLost(error: unknown): boolean {
  if (isGgenError(error)) return false;
  const state = sqlState(error);
  if (state === undefined) return true;
  return /^(08|57P0)/.test(state) || (error as { severity?: string }).severity !== 'ERROR';
}

/** True where nothing was done, and the same may go through in a moment. */
export function isWorthAnotherTry(error: unknown): boolean {
  return /^(40001|40P01|55P03|53300|57P03|25006)$/.test(sqlState(error) ?? '');
}

/** True where a value was refused: another try is refused too. */
export function isRefusedValue(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}

/** Any fault of the database as STORE_UNAVAILABLE, with what to do. What is one of ours already stays as it is. */
export function storeFault(error: unknown, name: string): GgenError {
  if (isGgenError(error)) return error;
  const state = sqlState(error);
  if (state === undefined) {
    return new GgenError('STORE_UNAVAILABLE', `the governance database ${name} could not be reached: ${why(error)}`, {
      hint: 'see that the server runs and that connection_string names it',
    });
  }
  const [, problem, hint] = FAULTS.find(([states]) => states.test(state)) ?? [];
  // THREAT: a refusal quotes values and may be shown to anybody, so only what names no value is passed on.
  return new GgenError('STORE_UNAVAILABLE', `the governance database ${name} ${problem ?? 'failed'} (${state})`, {
    hint: hint ?? 'nothing was written',
  });
}

/** Why there is no connection, in words that hold nothing of the connection string. */
function why(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined) return code;
  const message = error instanceof Error ? error.message.split('\n', 1)[0]! : '';
  return KNOWN.find((known) => message.includes(known)) ?? 'no connection';
}

/** What pg says itself, none of it from a connection string. */
const KNOWN: readonly string[] = [
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'The server does not support SSL connections',
  'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
];
