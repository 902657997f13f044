import { hash } from 'node:crypto';
import { createIdSource } from '../../src/kernel/ids.ts';
import { type AuditEntry, EVENT_TYPES, type EventType } from '../../src/model/audit-entry.ts';

/** A month of one team's events, the same for the same numbers: attempts, and sixteen places later their outcomes. */
export interface World {
  /** the entry in this place, from 0; asked for in order, as its id rises */
  entry(n: number): AuditEntry;
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
const DAYS = 30;
export const AGENTS = Array.from({ length: 40 }, (_, i) => `agent-${String(i).padStart(2, '0')}`);
export const OPERATIONS = [
  ...['read_file', 'write_file', 'delete_file', 'execute_shell', 'network_request', 'generate_template'],
  ...['query_graph', 'update_graph', 'call_tool', 'list_files', 'publish_template', 'change_policy'],
] as const;
const RARE = EVENT_TYPES.filter((type) => type !== 'agent_action');
/** How many attempts stand together before their outcomes. */
const RUN = 16;

/** `count` entries over the 30 days that end at `to` (milliseconds). `seed` tells the writers of one log apart. */
export function createWorld(count: number, to: number, seed = 0): World {
  const from = to - DAYS * DAY_MS;
  const step = (DAYS * DAY_MS) / count;
  let now = from;
  let drawn = 0;
  const newId = createIdSource(
    () => now,
    (size) => {
      drawn += 1;
      return hash('sha256', `id ${seed} ${drawn}`, 'buffer').subarray(0, size);
    },
  );
  return {
    from,
    to,
    entry: (n) => {
      const place = n % (2 * RUN);
      const pair = Math.floor(n / (2 * RUN)) * RUN + (place % RUN);
      const outcome = place >= RUN;
      const digest = hash('sha256', `pair ${seed} ${pair}`);
      const draw = (at: number, below: number): number => Number.parseInt(digest.slice(at, at + 6), 16) % below;
      const rare = draw(0, 10) === 0;
      const type: EventType = rare ? RARE[draw(6, RARE.length)]! : 'agent_action';
      const agent = AGENTS[draw(12, AGENTS.length)]!;
      const operation = OPERATIONS[draw(18, OPERATIONS.length)]!;
      const path = `src/part-${draw(24, 50)}/file-${draw(30, 4000)}.ts`;
      const denied = draw(36, 50) === 0;
      now = Math.floor(from + n * step);
      return {
        id: newId(),
        timestamp: now,
        eventType: type,
        actor: { actorType: 'agent', id: agent, name: agent },
        operation: { name: operation, parameters: { path } },
        target: path,
        result: outcome ? (denied ? 'denied' : 'success') : 'unknown',
        metadata: {
          event: outcome ? 'outcome' : 'attempt',
          action_digest: digest,
          content_digest: hash('sha256', digest),
          door: 'mcp_proxy',
          decision: denied ? 'denied' : 'allowed',
          mode: 'strict',
          policy_set: 'c'.repeat(64),
          rules: ['policies.agents.writer.can_write[0] config/governance.toml:12'],
        },
        correlationId: correlationOf(seed, pair),
      };
    },
  };
}

/** The correlation id that the entry in this place has, and its other half. */
export function correlationAt(n: number, seed = 0): string {
  return correlationOf(seed, Math.floor(n / (2 * RUN)) * RUN + (n % RUN));
}

function correlationOf(seed: number, pair: number): string {
  const hex = hash('sha256', `correlation ${seed} ${pair}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
