import { type GovernedSystem, newId } from '../../compose/index.ts';
import { printable } from '../../kernel/text.ts';

export interface Unjudged {
  readonly agent: string;
  readonly session: string | undefined;
  readonly server: string;
  readonly tool: string;
  readonly why: string;
}

/**
 * Records a tool call that could not even be put to the governor: its frame or its arguments can be read in two ways,
 * or not at all. It is refused whether or not this can be written.
 */
export function recordUnjudged(system: GovernedSystem, call: Unjudged): void {
  const mask = (text: string): string => printable(system.maskSecrets(text));
  const entry = {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'policy_violation',
    actor: { actorType: 'agent', id: call.agent, name: call.agent },
    operation: { name: 'call_tool' },
    target: `${call.server}/${mask(call.tool)}`,
    result: 'denied',
    metadata: {
      event: 'refused',
      door: 'mcp_proxy',
      decision: 'denied',
      rules: ['builtin.unreadable-call'],
      error: mask(call.why),
      ...(call.session === undefined ? {} : { session: printable(call.session) }),
    },
  } as const;
  system.store.appendSoon(entry).catch(() => undefined);
}
