import { digestOf } from '../kernel/digest.ts';
import type { Json } from '../kernel/json.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import { crossCheck } from './cross-check.ts';
import { hintForKey } from './known-keys.ts';
import { locateIn, mergeFiles } from './merge-files.ts';
import { collectProblems } from './problems.ts';
import { ROOT } from './root.ts';
import type { Report } from './spec.ts';
import { parseTomlFile, type TomlFile } from './toml-file.ts';
import type { ConfigFile, ConfigResult, Environment } from './types.ts';

/**
 * All files together as one configuration. Pure. Every error is reported at once, with its place; with any error
 * there is no configuration: never a partial one, never defaults in the place of what was wrong.
 */
export function parseConfig(files: readonly ConfigFile[], env: Environment): ConfigResult {
  const parsed: TomlFile[] = [];
  const locate = (path: string) => locateIn(parsed, path);
  const problems = collectProblems(locate);
  for (const file of files) {
    const result = parseTomlFile(file);
    if (result.ok) parsed.push(result.toml);
    else problems.errorAt(result.position, '', result.message);
  }
  if (parsed.length < files.length) return { ok: false, problems: problems.sorted() };

  const merged = mergeFiles(parsed, (path, first, second) => {
    problems.errorAt(second, path, `is set in two places: ${first.file}:${first.line}:${first.column} has it too`);
  });
  const unset: { path: string; name: string }[] = [];
  let usedVariables = false;
  const report: Report = {
    error: problems.error,
    warning: problems.warning,
    notYet: problems.notEnforced,
    unknownKey(path, key, known) {
      if (!problems.isOpen('error')) return problems.error(path, '');
      const hint = hintForKey(key, known, path === key);
      problems.error(path, `unknown key ${JSON.stringify(key)}`, hint);
    },
    variable(name) {
      usedVariables = true;
      return env[name] === '' ? undefined : env[name];
    },
    unset: (path, name) => unset.push({ path, name }),
  };
  const config = ROOT.read(merged, '', report);
  crossCheck(config, { unset }, report);

  const sorted = problems.sorted();
  if (sorted[0]?.severity === 'error') return { ok: false, problems: sorted };
  const named = usedVariables || unset.length > 0 ? ROOT.read(merged, '', NAMES_ONLY) : config;
  return { ok: true, loaded: { config, locate, digest: digestOfConfig(named), problems: sorted } };
}

/** The digest names the variable where a value came from the environment: a secret must not show in it. */
const NAMES_ONLY: Report = {
  error: () => undefined,
  warning: () => undefined,
  notYet: () => undefined,
  unknownKey: () => undefined,
  variable: (name) => `\${${name}}`,
  unset: () => undefined,
};

/** INVARIANT: files are well-formed Unicode and numbers finite, so the configuration always has a canonical form. */
function digestOfConfig(config: GovernanceConfig): string {
  return digestOf('ggen-config', config as unknown as Json);
}
