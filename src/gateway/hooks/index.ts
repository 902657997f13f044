export {
  type InstallOptions,
  type InstallPlace,
  installClaudeCode,
  settingsPath,
  uninstallClaudeCode,
} from './install/claude-code.ts';
export { type GitHookOptions, installGitHook, uninstallGitHook } from './install/git-hook.ts';
