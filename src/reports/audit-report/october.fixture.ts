import type { JsonObject } from '../../kernel/json.ts';
import type { AuditEntry, EventType, OperationResult } from '../../model/audit-entry.ts';
import type { ListedLog } from './listed-source.fixture.ts';

const DAY = 86_400_000;
export const OCTOBER = { from: Date.UTC(2024, 9, 1), to: Date.UTC(2024, 10, 1) };

/** A random number from 0 to 1, the same sequence each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const AGENTS = ['template_executor', 'graph_writer', 'code_reviewer', 'docs_writer', 'release_bot', 'researcher'];
const ACTIONS: readonly (readonly [string, string])[] = [
  ['read_file', 'src/graph/index.ts'],
  ['write_file', 'templates/api_endpoint.rs'],
  ['execute_shell', 'cargo test --workspace'],
  ['validate_template', 'templates/cli_command.rs'],
  ['execute_sparql', 'SELECT ?s WHERE { ?s a :Service }'],
  ['http_request', 'https://crates.io/api/v1/crates/serde'],
];
const RULES: readonly (readonly [string, string, string])[] = [
  ['policies.agents.docs_writer.cannot_write[0] config/governance.toml:41', 'write_file', 'src/main.rs'],
  ['policies.actions.destructive config/governance.toml:22', 'delete_file', 'templates/legacy'],
  ['policies.rate_limits.openai config/governance.toml:63', 'call_tool', 'openai.complete'],
];

/** A month of plausible entries: quiet weekends, one bad day, approvals, a policy that was reloaded. */
export function october(count = 4000): ListedLog {
  const random = seeded(20241001);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * random() * list.length)]!;
  const made: AuditEntry[] = [];
  const leftOut: AuditEntry[] = [];
  const entry = (
    timestamp: number,
    eventType: EventType,
    actor: string,
    operation: string,
    target: string | undefined,
    result: OperationResult,
    metadata: JsonObject,
  ): AuditEntry => ({
    id: `0192${(made.length + leftOut.length).toString(16).padStart(4, '0')}-0000-7000-8000-000000000000`,
    timestamp,
    eventType,
    actor: { actorType: actor.includes('@') ? 'user' : 'agent', id: actor, name: actor },
    operation: { name: operation },
    ...(target === undefined ? {} : { target }),
    result,
    metadata,
  });
  for (let i = 0; i < count; i += 1) {
    const day = Math.floor(random() * 31);
    const weekend = [4, 5, 11, 12, 18, 19, 25, 26].includes(day);
    if (weekend && random() < 0.75) continue;
    const at = OCTOBER.from + day * DAY + Math.floor((7 + random() * 11) * 3_600_000);
    const agent = pick(AGENTS);
    const [operation, target] = pick(ACTIONS);
    const chance = random();
    if (operation === 'validate_template' && chance < 0.7) {
      leftOut.push(entry(at, 'template_generation', agent, operation, target, 'success', {}));
    } else if (chance < (day === 16 ? 0.3 : 0.04)) {
      const [rule, refused, where] = pick(RULES);
      made.push(entry(at, 'policy_violation', agent, refused, where, 'denied', { event: 'refused', rules: [rule] }));
    } else if (chance > 0.995 || (day === 16 && chance > 0.95)) {
      const rules = ['policies.security.path_traversal_protection config/governance.toml:71'];
      made.push(
        entry(at, 'security_incident', agent, 'read_file', '../../etc/shadow', 'denied', { event: 'refused', rules }),
      );
    } else {
      const type: EventType = operation === 'execute_sparql' ? 'graph_operation' : 'agent_action';
      made.push(entry(at, type, agent, operation, target, 'unknown', { event: 'attempt' }));
      const result = random() < 0.06 ? 'failure' : 'success';
      made.push(entry(at + 900, type, agent, operation, target, result, { event: 'outcome' }));
    }
  }
  for (let day = 0; day < 31; day += 2) {
    const at = OCTOBER.from + day * DAY + 10 * 3_600_000;
    const asked = { approval_id: `a${day}` };
    made.push(
      entry(at, 'approval_request', 'release_bot', 'publish_template', 'api-endpoint@1.4', 'pending', {
        event: 'approval_requested',
        ...asked,
      }),
    );
    const event = day % 10 === 4 ? 'rejected' : day === 30 ? 'expired' : 'approved';
    made.push(
      entry(
        at + 1_200_000,
        'approval_decision',
        event === 'expired' ? 'ggen-governance' : day % 4 === 0 ? 'ada@example.com' : 'grace@example.com',
        'publish_template',
        'api-endpoint@1.4',
        event === 'approved' ? 'success' : 'denied',
        { event: `approval_${event}`, ...asked, ...(event === 'rejected' ? { comment: 'tests are missing' } : {}) },
      ),
    );
  }
  for (const [day, kind, message] of [
    [2, 'changed', 'config/governance.toml: policies.enforcement_mode "permissive" is now "strict"'],
    [9, 'rejected', 'config/governance.toml:7:1: unknown key policies.enforcment_mode'],
    [17, 'changed', 'config/governance.toml: policies.agents.docs_writer.cannot_write has one more entry'],
  ] as const) {
    made.push(
      entry(
        OCTOBER.from + day * DAY + 9 * 3_600_000,
        'system_event',
        'ada@example.com',
        'change_policy',
        undefined,
        kind === 'rejected' ? 'failure' : 'success',
        { event: `policy_${kind}`, message },
      ),
    );
  }
  made.sort((a, b) => a.timestamp - b.timestamp);
  return {
    entries: made,
    leftOut,
    origin: 'ggen-governance/6f1c2a',
    checkpoint: `ggen-governance/6f1c2a\n${made.length}\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n\n— ggen-governance/6f1c2a VtQ3mCR0oZ0lq3wYx1u7c6JmP8zq1bT6gDnWkY0v3b9r4hXyq2KfZsH1uJ8eW5aR7tLcE0oV9nBxM2iQpS4dGkCwAgM=\n`,
  };
}
