/** The one error type of the system: a fault, never a decision. */

/** A place in a file a person can edit; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type ErrorCode =
  | 'CONFIG_INVALID' // a configuration file can't be used
  | 'CONFIG_MISSING' // a configuration file isn't there
  | 'INPUT_INVALID' // what a caller handed in isn't of the form asked for
  | 'USAGE' // a command line that isn't understood
  | 'STORE_UNAVAILABLE' // the governance database can't be opened, locked or written
  | 'STORE_INCOMPATIBLE' // the database was written by a newer version
  | 'NOT_FOUND' // no such request, entry or rule
  | 'CONFLICT' // the thing changed state meanwhile
  | 'NOT_PERMITTED' // the person or agent may not do this
  | 'TIMEOUT' // what was waited for did not come in time
  | 'NOT_AVAILABLE' // needs machinery that this version lacks
  | 'INTERNAL'; // our own fault

/**
 * A fault with what was wrong (`message`), where (`position`) and what to do (`hint`).
 * Messages are shown to people and agents: they MUST NOT carry secrets.
 */
export class GgenError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly position: Position | undefined;

  constructor(code: ErrorCode, message: string, more: { hint?: string; position?: Position; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'GgenError';
    this.code = code;
    this.hint = more.hint;
    this.position = more.position;
  }
}

/** True for a GgenError, also one made by another copy of this package. */
export function isGgenError(value: unknown): value is GgenError {
  return value instanceof Error && value.name === 'GgenError' && 'code' in value;
}

/** One line for a person: `file:line:column: message. hint`. Never a stack trace. */
export function renderError(error: unknown): string {
  if (!isGgenError(error)) return error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
  const { position } = error;
  // A file as a whole has no line.
  const place = position && position.line > 0 ? `:${position.line}:${position.column}` : '';
  const where = position ? `${position.file}${place}: ` : '';
  return `${where}${error.message}${error.hint ? ` (${error.hint})` : ''}`;
}
