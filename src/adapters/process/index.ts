export { onExit } from './exit.ts';
export { plainEnvironment } from './plain-environment.ts';
export { type CommandOutput, type RunOptions, runWords } from './run-words.ts';
