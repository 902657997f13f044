export { type CommandOutput, type RunOptions, runWords } from './run-words.ts';
