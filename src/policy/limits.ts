import type { Action } from '../model/action.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import type { AgentState, Reason } from '../model/decision.ts';
import type { StateNeeds } from './policy-set.ts';

/** Which shared counters bound this action; undefined where none does. */
export function limitsOf(config: GovernanceConfig, action: Action): StateNeeds | undefined {
  const { resource } = config.policies;
  if (!resource.enabled) return undefined;
  const provider = action.context?.provider;
  const limit =
    provider !== undefined && Object.hasOwn(resource.rateLimits, provider) ? resource.rateLimits[provider]! : 0;
  const concurrency = resource.maxConcurrentAgents;
  if (limit === 0 && concurrency === 0) return undefined;
  return {
    agent: action.requester,
    ...(limit > 0 ? { rate: { provider: provider!, limit } } : {}),
    ...(concurrency > 0 ? { concurrency: { limit: concurrency } } : {}),
  };
}

/** The limits that are reached already, this action not counted. */
export function reachedLimits(
  needs: StateNeeds | undefined,
  state: AgentState,
  place: (rule: string, message: string) => Reason,
): Reason[] {
  const reached: Reason[] = [];
  if (needs?.rate) {
    const { provider, limit } = needs.rate;
    const used = state.providerRequests?.[provider] ?? 0;
    const rule = `policies.resource.rate_limits.${provider}_requests_per_minute`;
    // INVARIANT: a count that is no number is no free count.
    if (!(used < limit))
      reached.push(
        place(rule, `${used} requests by ${provider} in the last minute; at most ${limit}; try again later`),
      );
  }
  if (needs?.concurrency) {
    const others = state.otherActiveAgents ?? 0;
    const { limit } = needs.concurrency;
    if (!(others < limit)) {
      reached.push(
        place('policies.resource.max_concurrent_agents', `${others} other agents are active; at most ${limit} at once`),
      );
    }
  }
  return reached;
}
