import { nearest, printable } from '../kernel/text.ts';
import type { AgentState, Reason } from '../model/decision.ts';
import type { PolicySet } from '../policy/index.ts';
import { type Check, countOf, given, objectOf, textOf, wrong } from './check-input.ts';

/**
 * What the policies decide. What requires approval is objected to, unless `context.approved` is true: whoever asks has
 * the approval then.
 */
export function policyCheck(set: PolicySet): Check {
  return ({ action, evidence, facts }) => {
    const state = facts.state === undefined ? undefined : stateFrom(given(facts, 'state'));
    if (set.stateNeeds(action) !== undefined && state === undefined) {
      throw wrong('context.state is missing: the policies limit how often this may happen');
    }
    const { approved = false } = facts;
    if (typeof approved !== 'boolean') throw wrong('context.approved must be true or false');
    const { outcome, reasons, warnings } = set.decide(action, evidence, state);
    const remarks = warnings.map(sentence);
    if (outcome === 'allowed' || (outcome === 'requires_approval' && approved)) return { objections: [], remarks };
    const what = outcome === 'denied' ? 'denied' : 'requires approval';
    const why = reasons.map(sentence);
    return { objections: why.length === 0 ? [what] : why.map((one) => `${what}: ${one}`), remarks };
  };
}

function sentence({ rule, message }: Reason): string {
  return `${message} [${rule}]`;
}

const STATE = ['provider_requests', 'other_active_agents', 'isolated'];

/** THREAT: a misspelt count would be none, and no limit would be reached: what isn't known is refused. */
function stateFrom(json: ReturnType<typeof given>): AgentState {
  const state = objectOf(json, 'context.state');
  const odd = Object.keys(state).find((name) => !STATE.includes(name));
  if (odd !== undefined) {
    const near = nearest(odd, STATE);
    const known = near === undefined ? `known are ${STATE.join(', ')}` : `did you mean ${near}?`;
    throw wrong(`context.state.${printable(odd)} is not known (${known})`);
  }
  const { provider_requests: requests, other_active_agents: others, isolated } = state;
  const counts = Object.entries(objectOf(requests ?? {}, 'context.state.provider_requests'));
  return {
    providerRequests: Object.fromEntries(
      counts.map(([name, count]) => [name, countOf(count, `context.state.provider_requests.${name}`)]),
    ),
    ...(others === undefined ? {} : { otherActiveAgents: countOf(others, 'context.state.other_active_agents') }),
    ...(isolated === undefined ? {} : { isolated: textOf(isolated, 'context.state.isolated') }),
  };
}
