import type { AgentConfig, GovernanceConfig } from '../model/configuration.ts';
import type { Reason } from '../model/decision.ts';
import { covers } from './globs/cover.ts';
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

function compileAgent(compilation: Compilation, agent: string, table: AgentConfig): Bounds {
  const base = /^[A-Za-z0-9_-]+$/.test(agent) ? `policies.agents.${agent}` : `policies.agents.${JSON.stringify(agent)}`;
  const says = (list: string) => (pattern: string) => `matches ${list} ${JSON.stringify(pattern)} of agent ${agent}`;
  const paths = (key: string, entries: AgentConfig['canRead'], deny: boolean, names = false): PathList | undefined =>
    entries && compilePathList(compilation, entries, `${base}.${key}`, says(key), { foldCase: deny, names });
  const words = (key: string, entries: AgentConfig['canExecute']): WordList | undefined =>
    entries && compileWordList(compilation, entries, `${base}.${key}`, says(key));
  const outside = (key: string, list: unknown): Reason =>
    placed(compilation, `${base}.${key}`, list ? `is in no ${key} of agent ${agent}` : `agent ${agent} has no ${key}`);
  const bounds: Bounds = {
    agent,
    read: {
      can: paths('can_read', table.canRead, false),
      cannot: paths('cannot_read', table.cannotRead, true)!,
      outside: outside('can_read', table.canRead),
    },
    write: {
      can: paths('can_write', table.canWrite, false),
      cannot: paths('cannot_write', table.cannotWrite, true)!,
      outside: outside('can_write', table.canWrite),
    },
    execute: {
      can: words('can_execute', table.canExecute),
      cannot: words('cannot_execute', table.cannotExecute)!,
      outside: outside('can_execute', table.canExecute),
    },
    call: {
      can: paths('can_call', table.canCall, false, true),
      cannot: paths('cannot_call', table.cannotCall, true, true)!,
      outside: outside('can_call', table.canCall),
    },
  };
  warnDead(compilation, bounds.read);
  warnDead(compilation, bounds.write);
  warnDead(compilation, bounds.call);
  return bounds;
}

/** A rule that another one wholly covers can never decide anything: its author hopes for something else. */
function warnDead(compilation: Compilation, { can, cannot }: AccessBounds<PathList>): void {
  const dead = (list: PathList, index: number, why: string): void => {
    const rule = list.rules[index]!;
    compilation.warnings.push(placed(compilation, rule.id, `${JSON.stringify(rule.pattern)} has no effect: ${why}`));
  };
  for (const [index, pattern] of (can?.patterns ?? []).entries()) {
    const denier = cannot.patterns.findIndex((other) => covers(other, pattern));
    const earlier = can!.patterns.findIndex(
      (other, at) => at !== index && covers(other, pattern) && (at < index || !covers(pattern, other)),
    );
    if (denier >= 0) dead(can!, index, `${cannot.rules[denier]!.id} denies all of it`);
    else if (earlier >= 0) dead(can!, index, `${can!.rules[earlier]!.id} covers all of it`);
  }
}
