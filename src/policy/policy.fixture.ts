import type { Action } from '../model/action.ts';
import type { AgentConfig, GovernanceConfig, RuleEntry } from '../model/configuration.ts';
import { type CompileResult, compilePolicies, type PolicySet } from './index.ts';

export const WORKSPACE = '/home/user/project';
export const HOME = '/home/user';

/** Rule entries from bare patterns. */
export function entries(...patterns: string[]): RuleEntry[] {
  return patterns.map((pattern) => ({ pattern, match: [], noMatch: [] }));
}

type Lists = { readonly [K in keyof AgentConfig]?: readonly string[] | undefined };

/** Bounds from bare patterns; what is not named is absent. */
export function agent(lists: Lists): AgentConfig {
  const list = (patterns: readonly string[] | undefined) => patterns && entries(...patterns);
  return {
    canRead: list(lists.canRead),
    cannotRead: list(lists.cannotRead) ?? [],
    canWrite: list(lists.canWrite),
    cannotWrite: list(lists.cannotWrite) ?? [],
    canExecute: list(lists.canExecute),
    cannotExecute: list(lists.cannotExecute) ?? [],
    canCall: list(lists.canCall),
    cannotCall: list(lists.cannotCall) ?? [],
  };
}

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: Deep<T[K]> } : T;
export type Over = Deep<GovernanceConfig['policies']>;

/** Makes policy sets from `base` with nothing in it but what is given: no lists, no switches that ask. */
export function policiesOver(base: GovernanceConfig) {
  const configOf = (over: Over, approvals: { enabled?: boolean } = {}): GovernanceConfig => {
    const policies = merge(merge(base.policies, BARE), over);
    return { ...base, policies, approvals: { ...base.approvals, enabled: true, ...approvals } };
  };
  const setOf = (over: Over, approvals: { enabled?: boolean } = {}): PolicySet => {
    const result = compile(configOf(over, approvals));
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    return result.set;
  };
  return { configOf, setOf };
}

const BARE: Over = {
  security: { allowedCommands: { commands: [], requireApproval: [] } },
  operational: {
    requireApprovalForDestructive: false,
    requireApprovalForExternalCalls: false,
    autoApproveReadOnly: true,
    autoApproval: { operations: [] },
    requireApproval: { operations: [] },
  },
  network: { allowOutbound: true, allowedDomains: [], blockedDomains: [], requireTls: true },
  agents: {},
};

function merge<T>(base: T, over: unknown): T {
  if (!isTable(over) || !isTable(base)) return over as T;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged as T;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Places a rule on the line that its list index says, so that tests see whose place is reported. */
export function compile(config: GovernanceConfig): CompileResult {
  const locate = (path: string) => ({
    file: 'g.toml',
    line: 10 + Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0),
    column: 1,
  });
  return compilePolicies({ config, locate, digest: 'set', home: HOME, workspace: WORKSPACE });
}

export function act(actionType: string, target: string, more: Partial<Action> = {}): Action {
  return { actionType, target, requester: 'a', ...more };
}
