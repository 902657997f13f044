export {
  type InstallOptions,
  type InstallPlace,
  installClaudeCode,
  settingsPath,
  uninstallClaudeCode,
} from './install/claude-code.ts';
