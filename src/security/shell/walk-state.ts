import type { Script } from 'unbash';
import type { Argument, Span } from './arguments.ts';
import type { Scope } from './scope.ts';
import { judgeVariable } from './variables.ts';

/** A program that the line would start, wherever in the line it stands. */
export interface FoundCommand extends Span {
  /** the program first; always literal */
  readonly argv: readonly Argument[];
  /** where it may run, absolute; undefined: nobody knows */
  readonly cwds: readonly string[] | undefined;
  /** what it reads on standard input comes from the line: a pipe, a here-document, a file */
  readonly fed: boolean;
  /** a builtin of the shell that does nothing outside it */
  readonly builtin?: true;
}

/** A file that the shell itself opens. */
export interface FoundRedirect {
  readonly access: 'read' | 'write';
  readonly target: Argument;
  readonly cwds: readonly string[] | undefined;
}

/** Why a part of the line can't be let through as it stands: `ask` where a person may well say yes. */
export interface Problem extends Span {
  readonly verdict: 'deny' | 'ask';
  /** a clause */
  readonly reason: string;
}

export interface Walk {
  readonly commands: FoundCommand[];
  readonly redirects: FoundRedirect[];
  readonly problems: Problem[];
  /** nodes that may still be looked at */
  budget: number;
  /** how many substitutions stand around what is looked at */
  depth: number;
  /** the folder that `cd target` leads to from `cwd`; undefined where nobody knows */
  readonly enter: (cwd: string, target: string) => string | undefined;
  readonly harmless: ReadonlySet<string>;
  /** walks the script of a substitution */
  readonly script: (walk: Walk, script: ReadScript, scope: Scope) => void;
  /** text that was cut out of the line has positions of its own: where it stands in the line */
  readonly offset: number;
}

/** A script as the parser gives it, with what it couldn't read. */
export type ReadScript = Script & { readonly errors?: readonly { message: string; pos: number }[] | undefined };

/** Deepest substitutions in substitutions that are read. */
export const MAX_DEPTH = 12;

export function spend(walk: Walk, span: Span): boolean {
  walk.budget -= 1;
  if (walk.budget === 0) deny(walk, span, 'the line has more parts than are judged');
  return walk.budget > 0;
}

export function deny(walk: Walk, { pos, end }: Span, reason: string): void {
  walk.problems.push({ verdict: 'deny', reason, pos: pos + walk.offset, end: end + walk.offset });
}

export function ask(walk: Walk, { pos, end }: Span, reason: string): void {
  walk.problems.push({ verdict: 'ask', reason, pos: pos + walk.offset, end: end + walk.offset });
}

/** THREAT: a loop or `read` sets a variable as well as an assignment does. */
export function assertAssignable(walk: Walk, span: Span, name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) deny(walk, span, 'which variable is set can not be known');
  else if (judgeVariable(name, walk.harmless) === 'leading')
    deny(walk, span, `the variable ${name} can change what runs`);
}
