export { type Argument, literal, type Span } from './arguments.ts';
export { readShell, type ShellReading, type ShellScene } from './read-shell.ts';
export { judgeVariable, type VariableVerdict } from './variables.ts';
export type { FoundCommand, FoundRedirect, Problem } from './walk-state.ts';
export { PIPE } from './words.ts';
