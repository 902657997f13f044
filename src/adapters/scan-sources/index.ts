export { gitHooksFolder } from './git-process.ts';
export { type GitText, historyFiles, stagedFiles } from './git-source.ts';
export { walkFiles } from './walk-files.ts';
