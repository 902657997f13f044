export { onExit } from './exit.ts';
export { type CommandOutput, type RunOptions, runWords } from './run-words.ts';
