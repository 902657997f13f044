export { type GitText, gitHooksFolder, historyFiles, stagedFiles } from './git-source.ts';
export { walkFiles } from './walk-files.ts';
