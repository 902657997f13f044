import { randomFillSync } from 'node:crypto';
import { requestDigest } from '../../src/approvals/index.ts';
import { createIdSource } from '../../src/kernel/ids.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';

export const newId = createIdSource(Date.now, (size) => randomFillSync(new Uint8Array(size)));

/** An entry as the governor writes one for an attempt. */
export function sampleEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'agent_action',
    actor: { actorType: 'agent', id: 'writer', name: 'writer' },
    operation: { name: 'write_file', parameters: { path: 'src/a.ts' } },
    target: 'src/a.ts',
    result: 'unknown',
    metadata: {
      event: 'attempt',
      action_digest: 'a'.repeat(64),
      content_digest: 'b'.repeat(64),
      door: 'mcp_proxy',
      decision: 'allowed',
      mode: 'strict',
      policy_set: 'c'.repeat(64),
      rules: ['policies.agents.writer.can_write[0] config/governance.toml:12'],
    },
    correlationId: newId(),
    ...change,
  };
}

/** How the governor puts a new request on record. */
export function requestEntry(record: ApprovalRecord): AuditEntry {
  return sampleEntry({
    eventType: 'approval_request',
    correlationId: record.correlationId,
    metadata: { event: 'approval_requested', approval_id: record.id, request_digest: requestDigest(record) },
  });
}

/** A request that waits until `now + 1,000,000`. */
export function sampleRequest(now: number, change: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return {
    id: newId(),
    status: 'pending',
    operation: { name: 'delete_file' },
    target: 'src/a.ts',
    requester: 'writer',
    metadata: { note: 'x' },
    actionDigest: 'd'.repeat(64),
    policySet: 'e'.repeat(64),
    strategy: 'single-approval',
    reasons: [{ rule: 'policies.operational.require_approval[0]', message: 'asks', file: 'governance.toml', line: 7 }],
    shown: { cwd: '/work' },
    correlationId: newId(),
    createdAt: now,
    decideBy: now + 1_000_000,
    ...change,
  };
}

/** Numbers in [0, 1) that are a function of the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
