import { randomFillSync } from 'node:crypto';
import { createIdSource } from '../../src/kernel/ids.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';

export const newId = createIdSource(Date.now, (size) => randomFillSync(new Uint8Array(size)));

/** An entry of the size that the governor writes for a proxied tool call: about 600 bytes of text. */
export function benchEntry(result: 'unknown' | 'success', correlationId: string): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'agent_action',
    actor: { actorType: 'agent', id: 'writer', name: 'writer' },
    operation: { name: 'write_file', parameters: { path: 'src/some/file/name.ts' } },
    target: 'src/some/file/name.ts',
    result,
    metadata: {
      event: result === 'unknown' ? 'attempt' : 'outcome',
      action_digest: 'a'.repeat(64),
      content_digest: 'b'.repeat(64),
      door: 'mcp_proxy',
      decision: 'allowed',
      mode: 'strict',
      policy_set: 'c'.repeat(64),
      rules: ['policies.agents.writer.can_write[0] config/governance.toml:12'],
    },
    correlationId,
  };
}
