import { delimiter, resolve } from 'node:path';
import { nodeFileSystem } from '../adapters/files/index.ts';
import { hashReferences } from '../adapters/references/index.ts';
import { type ApproverKeys, renderApproverKey, SLACK_NAMESPACE, slackButtonsOf } from '../approvals/index.ts';
import {
  type ConfigFile,
  type ConfigProblem,
  type Environment,
  type LoadedConfig,
  parseConfig,
} from '../config/index.ts';
import type { PolicySnapshot } from '../governor/index.ts';
import { GgenError, isGgenError } from '../kernel/errors.ts';
import { compilePolicies } from '../policy/index.ts';
import {
  checkProgramTables,
  checkSecretPatterns,
  createInspector,
  type InspectorInput,
  protectedPathsFor,
} from '../security/index.ts';
import { renderAlternatives } from './alternatives.ts';
import { openRoster } from './approver-roster.ts';
import { KEYS_FILE } from './config-files.ts';
import { deciderPrograms } from './decider-programs.ts';
import type { Places } from './places.ts';
import { privateTargets } from './private-targets.ts';

export interface LoadedSnapshot extends PolicySnapshot {
  readonly loaded: LoadedConfig;
  /** what its inspector is made of, but for the file system */
  readonly inspection: Omit<InspectorInput, 'files'>;
  /** the keys that approvers sign with, as they are now */
  readonly keys: ApproverKeys;
  /** those that there were when this was loaded */
  readonly keysThen: string;
}

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: LoadedSnapshot; readonly problems: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Text to a set that can judge, or every reason why it can't; warnings of both floors together. The approvers' keys
 * are read from the folder of the configuration: they are no policy, and a new one doesn't make another set.
 */
export function buildSnapshot(files: readonly ConfigFile[], places: Places, env: Environment): SnapshotResult {
  const parsed = parseConfig(files, env);
  if (!parsed.ok) return parsed;
  return snapshotOf(parsed.loaded, places, env);
}

export function snapshotOf(loaded: LoadedConfig, places: Places, env: Environment): SnapshotResult {
  const { config } = loaded;
  const compiled = compilePolicies({
    config,
    locate: loaded.locate,
    digest: loaded.digest,
    home: places.home,
    workspace: places.workspace,
  });
  const secrets = checkSecretPatterns(config.policies.security.secretPatterns.patterns).map(({ index, message }) => ({
    rule: `policies.security.secret_patterns.patterns[${index}]`,
    message,
  }));
  const programs = checkProgramTables(config.policies.security.programs).map(({ program, index, message }) => ({
    rule: `policies.security.programs.${program}[${index}]`,
    message,
  }));
  const deciders = deciderPrograms(config.approvals, places);
  const keys = openRoster(places.configDir);
  const badKeys = problemOf(keys);
  if (!compiled.ok || secrets.length || programs.length || deciders.errors.length || badKeys) {
    const wrong = [...(compiled.ok ? [] : compiled.problems), ...secrets, ...programs, ...deciders.errors];
    const problems = wrong.map((problem) => toProblem(loaded, problem, 'error'));
    return { ok: false, problems: [...loaded.problems, ...problems, ...(badKeys ? [badKeys] : [])] };
  }
  const { set } = compiled;
  const inspection: Omit<InspectorInput, 'files'> = {
    security: config.policies.security,
    operation: (name) => set.operation(name),
    workspace: places.workspace,
    home: places.home,
    protectedPaths: protectedPathsFor({
      workspace: places.workspace,
      configDir: places.configDir,
      storePath: places.storePath(config.audit.storage.path),
      witnesses: config.audit.witnesses.map(places.storePath),
      exportDir: places.storePath(config.audit.export.destination),
      programDir: places.programDir,
      home: places.home,
      deciders: deciders.files,
      env,
    }),
    searchPath: workspaceFirst(env.PATH, places.workspace),
    knownDomains: config.policies.network.allowedDomains.map(({ pattern }) => pattern),
  };
  const inspector = createInspector({ ...inspection, files: nodeFileSystem() });
  const snapshot: LoadedSnapshot = {
    loaded,
    keys,
    keysThen: keys.all.map(renderApproverKey).join('\n'),
    set,
    inspection,
    inspector: {
      inspect: inspector.inspect,
      maskSecrets: inspector.maskSecrets,
      mayHoldSecret: inspector.mayHoldSecret,
      references: (evidence, action) =>
        hashReferences(evidence, resolve(places.workspace, action.context?.cwd ?? '.'), places.workspace),
    },
    approvals: { config: config.approvals, keys },
    alternatives: (action) => renderAlternatives(config, set.operation(action.actionType), action),
    recordReadOnlyOutcomes: config.policies.operational.auditAllOperations,
  };
  const doubts = [
    ...set.warnings,
    ...deciders.warnings,
    ...(config.approvals.enabled ? privateTargets(config.approvals) : []),
  ];
  const warnings = doubts.map((warning) => toProblem(loaded, warning, 'warning'));
  return { ok: true, snapshot, problems: [...loaded.problems, ...warnings, ...withoutKeys(loaded, keys)] };
}

/** Why the keys' file can't be used. */
function problemOf(keys: ApproverKeys): ConfigProblem | undefined {
  try {
    void keys.all;
    return undefined;
  } catch (error) {
    if (!isGgenError(error) || error.position === undefined) throw error;
    const { message, hint, position } = error;
    return { severity: 'error', path: KEYS_FILE, message, position, ...(hint ? { hint } : {}) };
  }
}

/** Who may decide and can't, having no key to sign with. */
function withoutKeys(loaded: LoadedConfig, keys: ApproverKeys): ConfigProblem[] {
  const { approvals } = loaded.config;
  const now = Date.now();
  const { user, agent } = approvals.approvers;
  const clickers = [...(slackButtonsOf(approvals)?.users ?? [])].flatMap(([slackUser, id]): ConfigProblem[] => {
    if (!approvals.enabled || keys.has(id, now, SLACK_NAMESPACE)) return [];
    const path = `approvals.slack.users.${slackUser}`;
    const message = `${path}: no key passes clicks of ${JSON.stringify(id)} on, so they decide nothing`;
    const hint = `ggen-mcp keys create --approver ${id} --relay slack`;
    return [{ severity: 'warning', path, message, hint, position: loaded.locate(path) }];
  });
  const voters = [...user, ...agent].flatMap(({ id }, index): ConfigProblem[] => {
    if (!approvals.enabled || keys.has(id, now)) return [];
    const isAgent = index >= user.length;
    const path = `approvals.approvers.${isAgent ? `agent[${index - user.length}]` : `user[${index}]`}`;
    const message = `${path}: ${JSON.stringify(id)} has no key, so nothing can be decided in that name`;
    const hint = `ggen-mcp keys create --approver ${id}${isAgent ? ' --unattended' : ''}`;
    return [{ severity: 'warning', path, message, hint, position: loaded.locate(path) }];
  });
  return [...voters, ...clickers];
}

/** PATH as far as it matters: up to its last folder that the agent might write in; usually there is none. */
function workspaceFirst(path: string | undefined, workspace: string): readonly string[] {
  const folders = (path ?? '').split(delimiter);
  const last = folders.findLastIndex(
    (folder) => !folder.startsWith('/') || folder === workspace || folder.startsWith(`${workspace}/`),
  );
  return path === undefined ? [] : folders.slice(0, last + 1);
}

function toProblem(
  loaded: LoadedConfig,
  reason: { rule: string; message: string },
  severity: ConfigProblem['severity'],
): ConfigProblem {
  return {
    severity,
    path: reason.rule,
    message: `${reason.rule}: ${reason.message}`,
    position: loaded.locate(reason.rule),
  };
}

/** The first thing wrong as an error, with the way to see the rest. */
export function configError(problems: readonly ConfigProblem[]): GgenError {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const first = errors[0];
  if (!first) return new GgenError('CONFIG_INVALID', 'the configuration can not be used');
  const more = errors.length > 1 ? `; and ${errors.length - 1} more, shown by ggen-mcp policy validate` : '';
  return new GgenError('CONFIG_INVALID', `${first.message}${first.hint ? ` (${first.hint})` : ''}${more}`, {
    position: first.position,
  });
}
