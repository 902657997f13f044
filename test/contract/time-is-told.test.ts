// What time does to a request is told like what people do: the messages are put in with the step itself.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { createKeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.writer]
can_write = ["src/*"]
can_call = ["*"]
`;
const APPROVALS = `[approvals]
auto_approve_after_seconds = 1
default_timeout_seconds = 1
use_within_seconds = 1
[approvals.operations.call_tool]
strategy = "time-based-approval"
[approvals.webhooks]
enabled = true
[[approvals.webhooks.endpoint]]
url = "http://127.0.0.1:9/"
allow_private = true
events = ["approval_granted", "approval_expired", "approval_revoked"]
[[approvers.user]]
id = "ann"
can_approve = ["*"]
`;

describe.each(['sqlite', 'postgres'] as const)('on %s', (backend) => {
  const works = backend === 'postgres' && whyNoPostgres() !== undefined ? it.skip : it;
  let place: Awaited<ReturnType<typeof createKeyedFolder>>;
  let system: GovernedSystem;
  beforeEach(async () => {
    if (backend === 'postgres' && whyNoPostgres() !== undefined) return;
    place = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, ['ann']);
    system = await place.open();
  });
  afterEach(() => place?.remove());

  const ask = async (actionType: string, target: string): Promise<string> => {
    const asked = await system.governor.ask({ actionType, target, requester: 'writer', content: 'x' });
    if (asked.outcome !== 'waiting') throw new Error(JSON.stringify(asked));
    return asked.approval.id;
  };
  const told = async (id: string): Promise<unknown[]> =>
    (await system.store.listJobs({ state: 'waiting', limit: 99 }))
      .filter(({ kind, subject }) => kind === 'approval_notice' && subject === id)
      .map(({ payload }) => payload.event);

  works('an approval by the timer, one that nobody gave, one that was taken back; its end is told once', async () => {
    const timed = await ask('call_tool', 'deploy');
    const undecided = await ask('write_file', 'src/a.txt');
    expect(await system.governor.awaitDecision(timed, { timeoutMs: 20_000 })).toBe('approved');
    expect(await told(timed)).toEqual(['approval_granted']);
    await delay(1100);
    for (const id of [timed, undecided])
      await system.desk.withdraw(id, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
    expect(await system.desk.show(timed)).toMatchObject({ status: 'expired' });
    expect(await told(timed)).toEqual(['approval_granted']);
    expect(await told(undecided)).toEqual(['approval_expired']);

    const other = await ask('call_tool', 'other');
    expect(await system.governor.awaitDecision(other, { timeoutMs: 20_000 })).toBe('approved');
    expect(await system.desk.withdraw(other, 'revoked', { actorType: 'user', id: 'x', name: 'x' })).toBe(true);
    expect((await told(other)).sort()).toEqual(['approval_granted', 'approval_revoked']);
  });
});
