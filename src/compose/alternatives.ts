import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { GovernanceConfig, RuleEntry } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';

const MAX_SHOWN = 8;

/** What the agent may do instead of a refused action, in one sentence; empty where nothing sensible can be said. */
export function renderAlternatives(
  config: GovernanceConfig,
  operation: OperationSpec | undefined,
  action: Action,
): string {
  const agents = config.policies.agents;
  const agent = (Object.hasOwn(agents, action.requester) ? agents[action.requester] : undefined) ?? agents.default;
  const who = printable(action.requester, 60);
  switch (operation?.access) {
    case 'read':
      return agent ? `${who} may read: ${paths(agent.canRead)}.` : `${who} has no [policies.agents] table.`;
    case 'write':
      return agent ? `${who} may write: ${paths(agent.canWrite)}.` : `${who} has no [policies.agents] table.`;
    case 'execute': {
      const { commands, requireApproval } = config.policies.security.allowedCommands;
      const asked = requireApproval.length ? `; with approval: ${list(requireApproval)}` : '';
      return `The programs that may run: ${list(agent?.canExecute ?? commands)}${asked}.`;
    }
    case 'connect':
      return config.policies.network.allowOutbound
        ? `Allowed domains: ${list(config.policies.network.allowedDomains)}.`
        : 'Outbound connections are off.';
    case 'call':
      return agent?.canCall ? `${who} may call: ${list(agent.canCall)}.` : '';
    default:
      return '';
  }
}

/** A lone `*` is the workspace. */
function paths(entries: readonly RuleEntry[] | undefined): string {
  return entries?.some(({ pattern }) => pattern === '*') ? 'everything in the workspace' : list(entries);
}

function list(entries: readonly RuleEntry[] | undefined): string {
  if (!entries?.length) return 'nothing';
  const shown = entries.slice(0, MAX_SHOWN).map((entry) => printable(entry.pattern, 80));
  return shown.join(', ') + (entries.length > MAX_SHOWN ? `, and ${entries.length - MAX_SHOWN} more` : '');
}
