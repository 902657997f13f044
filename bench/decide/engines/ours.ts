import { defaultConfig } from '../../../src/config/index.ts';
import type { Action } from '../../../src/model/action.ts';
import type { AgentConfig, GovernanceConfig, RuleEntry } from '../../../src/model/configuration.ts';
import { compilePolicies } from '../../../src/policy/index.ts';
import { globText, type World } from '../world.ts';
import type { Engine } from './engine.ts';

const entries = (patterns: readonly string[]): RuleEntry[] =>
  patterns.map((pattern) => ({ pattern, match: [], noMatch: [] }));

/** The world as configuration; what parsing TOML costs is not measured here. */
export function configOf(world: World): GovernanceConfig {
  const { config } = defaultConfig();
  const { policies } = config;
  const agents: Record<string, AgentConfig> = {};
  for (const agent of world.agents) {
    agents[agent.name] = {
      canRead: entries(agent.canRead.map(globText)),
      cannotRead: entries(agent.cannotRead.map(globText)),
      canWrite: entries(agent.canWrite.map(globText)),
      cannotWrite: entries(agent.cannotWrite.map(globText)),
      canExecute: entries(agent.canExecute),
      cannotExecute: [],
      canCall: entries(agent.canCall),
      cannotCall: entries(agent.cannotCall),
    };
  }
  return {
    ...config,
    policies: {
      ...policies,
      security: {
        ...policies.security,
        allowedCommands: { commands: entries(world.commands), requireApproval: entries(world.askedCommands) },
      },
      operational: {
        ...policies.operational,
        requireApprovalForDestructive: true,
        requireApprovalForExternalCalls: false,
        autoApproveReadOnly: true,
        autoApproval: { operations: [] },
        requireApproval: { operations: [] },
      },
      agents,
      network: {
        ...policies.network,
        allowedDomains: entries(world.allowedDomains),
        blockedDomains: entries(world.blockedDomains),
      },
    },
  };
}

/** The engine as callers have it: the raw target goes in, a decision with reasons, files and lines comes out. */
export function loadOurs(world: World): Engine {
  const result = compilePolicies({
    config: configOf(world),
    locate: () => ({ file: 'config/governance.toml', line: 1, column: 1 }),
    digest: 'bench',
    home: '/home/user',
    workspace: '/home/user/project',
  });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const { set } = result;
  return {
    name: 'ggen-governance',
    prepare: ({ kind, agent, target }) => {
      const action: Action = { actionType: kind, target, requester: agent };
      return () => set.decide(action).outcome;
    },
  };
}
