import type { AgentConfig, GovernanceConfig } from '../model/configuration.ts';
import type { Reason } from '../model/decision.ts';
import {
  type Compilation,
  compilePathList,
  compileWordList,
  type PathList,
  placed,
  type WordList,
} from './rule-list.ts';

/** What one agent may reach, compiled. */
export interface Bounds {
  readonly agent: string;
  readonly read: AccessBounds<PathList>;
  readonly write: AccessBounds<PathList>;
  readonly execute: AccessBounds<WordList>;
  readonly call: AccessBounds<PathList>;
}

export interface AccessBounds<L> {
  /** undefined: the list is absent, which means something else for each kind of access */
  readonly can: L | undefined;
  readonly cannot: L;
  /** said where the target is in no `can` list */
  readonly outside: Reason;
}

export function compileBounds(compilation: Compilation, config: GovernanceConfig): Map<string, Bounds> {
  const compiled = new Map<string, Bounds>();
  for (const [agent, table] of Object.entries(config.policies.agents)) {
    compiled.set(agent, compileAgent(compilation, agent, table));
  }
  return compiled;
}

/** Where an agent's table stands in the configuration. */
export function agentPath(agent: string): string {
  return /^[A-Za-z0-9_-]+$/.test(agent) ? `policies.agents.${agent}` : `policies.agents.${JSON.stringify(agent)}`;
}

function compileAgent(compilation: Compilation, agent: string, table: AgentConfig): Bounds {
  const base = agentPath(agent);
  const says = (list: string) => (pattern: string) => `matches ${list} ${JSON.stringify(pattern)} of agent ${agent}`;
  const can = (key: string, entries: AgentConfig['canRead'], names = false): PathList | undefined =>
    entries && compilePathList(compilation, entries, `${base}.${key}`, says(key), { deny: false, names });
  const cannot = (key: string, entries: AgentConfig['cannotRead'], names = false): PathList =>
    compilePathList(compilation, entries, `${base}.${key}`, says(key), { deny: true, names });
  const outside = (key: string, list: unknown): Reason =>
    placed(compilation, `${base}.${key}`, list ? `is in no ${key} of agent ${agent}` : `agent ${agent} has no ${key}`);
  return {
    agent,
    read: {
      can: can('can_read', table.canRead),
      cannot: cannot('cannot_read', table.cannotRead),
      outside: outside('can_read', table.canRead),
    },
    write: {
      can: can('can_write', table.canWrite),
      cannot: cannot('cannot_write', table.cannotWrite),
      outside: outside('can_write', table.canWrite),
    },
    execute: {
      can:
        table.canExecute &&
        compileWordList(compilation, table.canExecute, `${base}.can_execute`, says('can_execute'), { deny: false }),
      cannot: compileWordList(compilation, table.cannotExecute, `${base}.cannot_execute`, says('cannot_execute'), {
        deny: true,
      }),
      outside: outside('can_execute', table.canExecute),
    },
    call: {
      can: can('can_call', table.canCall, true),
      cannot: cannot('cannot_call', table.cannotCall, true),
      outside: outside('can_call', table.canCall),
    },
  };
}
