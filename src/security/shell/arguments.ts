/** Where in the line something stands: UTF-16 units, from 0, end not included. */
export interface Span {
  readonly pos: number;
  readonly end: number;
}

/**
 * One argument as a program will get it, as far as that is known before running.
 * `literal`: exactly `text`. `glob`: file names that match `text`, or `text` itself where none does. `partial`: begins
 * with `text`, goes on unknown. `unknown`: nothing is known; where `many`, it may also be several words or none.
 */
export interface Argument extends Span {
  readonly kind: 'literal' | 'glob' | 'partial' | 'unknown';
  readonly text: string;
  readonly many?: boolean;
  /** `glob`: each name is split at its spaces and matched again, as in a variable without quotes */
  readonly split?: boolean;
  /** unknown, but some whole number: it has no spaces and is no pattern */
  readonly number?: boolean;
}

export function literal(text: string, { pos, end }: Span): Argument {
  return { kind: 'literal', text, pos, end };
}
