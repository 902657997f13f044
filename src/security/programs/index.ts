export { checkProgramTables, type ProgramProblem } from './check-tables.ts';
export { type Complaint, type Match, matchArguments, type Use } from './match-arguments.ts';
export { type Entry, type Kind, type NotationProblem, type Program, parseEntry } from './notation.ts';
export { builtinProgram, withEntries } from './registry.ts';
