import { type ApproverKey, isLive, type KeyNamespace } from '../../approvals/index.ts';
import { type GovernedSystem, newId, processUser } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';

/** Changes the approvers' keys: recorded first, and once more where it then failed. */
export async function changeRoster(
  system: GovernedSystem,
  event: 'approver_key_enrolled' | 'approver_key_rotated' | 'approver_key_revoked',
  key: Pick<ApproverKey, 'approver' | 'key'>,
  change: () => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entry = (result: AuditEntry['result']): AuditEntry => ({
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: processUser(),
    operation: { name: 'change_approver_keys' },
    target: printable(key.approver, 200),
    result,
    metadata: { event, approver: key.approver, key: key.key.text, fingerprint: key.key.fingerprint, ...more },
  });
  await system.store.append(entry('success'));
  try {
    await change();
  } catch (error) {
    await system.store.append(entry('failure'));
    throw error;
  }
}

/** The keys of this approver that count now: all of them, or those for one purpose. */
export function liveKeys(system: GovernedSystem, approver: string, purpose?: KeyNamespace): ApproverKey[] {
  const now = Date.now();
  return system
    .approverKeys()
    .all.filter((one) => one.approver === approver && isLive(one, now))
    .filter(({ namespace }) => purpose === undefined || namespace === purpose);
}

/** INPUT_INVALID where approvers are configured and this is none of them: its key could decide nothing. */
export function assertIsApprover(system: GovernedSystem, approver: string): void {
  const { user, agent } = system.loaded().config.approvals.approvers;
  if (user.length === 0 || [...user, ...agent].some(({ id }) => id === approver)) return;
  throw new GgenError('INPUT_INVALID', `${printable(approver, 200)} is not a configured approver`, {
    hint: `[[approvers.user]] names ${user.map(({ id }) => id).join(', ')}`,
  });
}

/** INPUT_INVALID where this is no agent that approves: a person's key is never without a passphrase. */
export function assertIsAgent(system: GovernedSystem, approver: string): void {
  const { agent } = system.loaded().config.approvals.approvers;
  if (agent.some(({ id }) => id === approver)) return;
  const named = agent.map(({ id }) => id).join(', ') || 'none';
  throw new GgenError('INPUT_INVALID', `${printable(approver, 200)} is no agent that approves`, {
    hint: `[[approvers.agent]] names ${named}; a person's key has a passphrase`,
  });
}

/** INPUT_INVALID where this is no person under [[approvers.user]]: nobody else's click is passed on. */
export function assertIsPerson(system: GovernedSystem, approver: string): void {
  const { user } = system.loaded().config.approvals.approvers;
  if (user.some(({ id }) => id === approver)) return;
  const named = user.map(({ id }) => id).join(', ') || 'nobody';
  throw new GgenError('INPUT_INVALID', `${printable(approver, 200)} is no person who approves`, {
    hint: `[[approvers.user]] names ${named}`,
  });
}

/** The value of an option that must be there. */
export function needed(values: Readonly<Record<string, string | boolean | undefined>>, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new GgenError('USAGE', `--${name} is missing`);
}
