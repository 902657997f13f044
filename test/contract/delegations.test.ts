// A vote that one approver lends another: signed, bounded, one person one vote; on both databases.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DelegationWish } from '../../src/approvals/index.ts';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { AuditLogger } from '../../src/index.ts';
import type { Delegation } from '../../src/model/delegation.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import { newId } from './store-samples.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.writer]
can_write = ["src/*"]
can_call = ["*"]
`;
const APPROVALS = `
[approvals.operations.write_file]
strategy = "multi-approval"
min_approvers = 2
quorum_percentage = 0.5
${['ann', 'ben', 'cid'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["files", "tools"]\n`).join('')}[[approvers.user]]
id = "net"
can_approve = ["network"]
[[approvers.user]]
id = "keyless"
can_approve = ["network"]
[[approvers.agent]]
id = "bot"
can_approve = ["network"]
`;
const write = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
const call = { actionType: 'call_tool', target: 'deploy', requester: 'writer' };
const HOUR = 3600;

describe.each(['sqlite', 'postgres'] as const)('votes that are lent, on %s', (backend) => {
  const works = backend === 'postgres' && whyNoPostgres() !== undefined ? it.skip : it;
  let place: Awaited<ReturnType<typeof createKeyedFolder>>;
  let system: GovernedSystem;

  beforeEach(async () => {
    if (backend === 'postgres' && whyNoPostgres() !== undefined) return;
    place = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, ['ann', 'ben', 'cid', 'net', 'bot', 'writer']);
    system = await place.open();
  });
  afterEach(() => place?.remove());

  const lend = async (from: string, to: string, more: Partial<DelegationWish> = {}): Promise<Delegation> => {
    const { delegations } = system;
    return delegations.make(delegations.terms({ delegate: to, seconds: HOUR, ...more }, from), signerOf(from), 'test');
  };
  const ask = async (action: typeof write | typeof call): Promise<string> => {
    const asked = await system.governor.ask(action);
    if (asked.outcome !== 'waiting') throw new Error(JSON.stringify(asked));
    return asked.approval.id;
  };
  const vote = (approvalId: string, voter: string, onBehalfOf?: string, approved = true) =>
    system.desk.decide({
      approvalId,
      signer: signerOf(voter),
      approved,
      via: 'test',
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    });
  const refused = (promise: Promise<unknown>, message: RegExp | string) =>
    expect(promise).rejects.toMatchObject({ message: expect.stringMatching(message) });

  works('count in the place of who lent them, with both names on record, and let the action pass', async () => {
    const id = await ask(write);
    await refused(vote(id, 'net'), /net may not decide on write_file/);
    await refused(vote(id, 'net', 'ann'), /ann has lent net no vote on write_file/);
    const { id: delegation } = await lend('ann', 'net', { reason: 'on leave' });
    expect((await vote(id, 'net', 'ann')).votes).toMatchObject([
      {
        approver: { id: 'net' },
        delegation: { id: delegation, delegator: 'ann', delegate: 'net', reason: 'on leave' },
      },
    ]);
    expect(await vote(id, 'ben')).toMatchObject({ status: 'approved' });
    const entries = await system.store.query({ eventType: 'approval_decision', limit: 100 });
    expect(
      entries.find(({ actor, metadata }) => actor.id === 'net' && metadata.event === 'approval_vote'),
    ).toMatchObject({
      metadata: { on_behalf_of: 'ann', delegation_id: delegation },
    });
    expect(entries.find(({ metadata }) => metadata.event === 'delegation_made')).toMatchObject({
      actor: { id: 'ann' },
      metadata: { delegator: 'ann', delegate: 'net', scopes: ['*'], reason: 'on leave' },
    });
    expect(await system.governor.authorize(write)).toMatchObject({ outcome: 'permitted', approvalId: id });
  });

  works('never give anybody two votes, nor one vote twice', async () => {
    const id = await ask(write);
    await lend('ann', 'ben');
    await lend('cid', 'ben');
    await lend('ann', 'net');
    await vote(id, 'ben', 'ann');
    await refused(vote(id, 'ben'), /ben has approved request .* for ann; one person has one vote/);
    await refused(vote(id, 'ben', 'cid'), /one person has one vote/);
    await refused(vote(id, 'ann'), /ben has approved request .* for ann; that was ann's vote/);
    await refused(vote(id, 'net', 'ann'), /that was ann's vote/);
    expect(await vote(id, 'ben', 'ann')).toMatchObject({ status: 'pending', votes: [{ approver: { id: 'ben' } }] });
    // Ben's own vote is spent with it: without cid's, two can't come any more.
    expect(await vote(id, 'cid', undefined, false)).toMatchObject({ status: 'rejected' });
  });

  works('are refused where they would leave too few', async () => {
    place.write('config/approvals.toml', APPROVALS.replace('quorum_percentage = 0.5', 'quorum_percentage = 1'));
    const all = await place.open();
    const asked = await all.governor.ask(write);
    if (asked.outcome !== 'waiting') throw new Error('not asked');
    await lend('ann', 'ben');
    const approvalId = asked.approval.id;
    await refused(
      all.desk.decide({ approvalId, signer: signerOf('ben'), approved: true, via: 'test', onBehalfOf: 'ann' }),
      /with ben voting for ann, too few approvals of request .* would be left/,
    );
    expect(await all.desk.show(approvalId)).toMatchObject({ status: 'pending' });
  });

  works('are found and taken back behind any number of entries that look like them', async () => {
    const { id } = await lend('ann', 'net');
    const manager = AuditLogger.fromConfig(join(place.root, 'config/governance.toml'), {
      workspace: place.root,
      env: place.env,
    });
    for (let i = 0; i < 1100; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, () =>
          manager.log({
            id: newId(),
            timestamp: new Date(),
            eventType: 'approval_decision',
            actor: { actorType: 'user', id: 'ann', name: 'ann' },
            operation: { name: 'delegate_approval' },
            result: 'success',
            metadata: {},
          }),
        ),
      );
    await manager.close();
    expect(await system.delegations.list({ standing: true })).toMatchObject([{ id }]);
    await system.delegations.revoke(id, { actorType: 'user', id: 'ann', name: 'ann' });
    expect(await system.delegations.list({ standing: true })).toEqual([]);
  });

  works('end with their time, with being taken back, and with the key of who lent them', async () => {
    const one = await lend('ann', 'net');
    const id = await ask(write);
    await vote(id, 'net', 'ann');
    await vote(id, 'ben');
    await system.delegations.revoke(one.id, { actorType: 'user', id: 'ann', name: 'ann' });
    await expect(
      system.delegations.revoke(one.id, { actorType: 'user', id: 'ann', name: 'ann' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(
      system.delegations.revoke('nothing', { actorType: 'user', id: 'ann', name: 'ann' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // What was approved with it and nobody used yet is asked anew.
    expect((await system.governor.authorize(write)).outcome).toBe('refused');
    expect(await system.desk.show(id)).toMatchObject({ status: 'revoked' });
    const again = await ask(write);
    await refused(vote(again, 'net', 'ann'), /ann has lent net no vote/);
    expect(await system.delegations.list({ standing: true })).toEqual([]);
    expect(await system.delegations.list({ standing: false })).toMatchObject([{ id: one.id }]);

    const short = await lend('ann', 'net', { seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, short.expiresAt - Date.now() + 5));
    await refused(vote(again, 'net', 'ann'), /ann has lent net no vote/);

    await lend('ann', 'net');
    place.write('config/approvers.allowed_signers', place.lines('ben', 'cid', 'net', 'bot'));
    const without = await place.open();
    expect(await without.delegations.list({ standing: true })).toEqual([]);
  });

  works('cover what they name, and only people with keys who are not who asks', async () => {
    const tools = await lend('ann', 'net', { scopes: ['call_tool'] });
    expect(tools.scopes).toEqual(['call_tool']);
    await refused(vote(await ask(write), 'net', 'ann'), /ann has lent net no vote on write_file/);
    expect(await vote(await ask(call), 'net', 'ann')).toMatchObject({ status: 'approved' });
    // Net may not decide on tools, so it can't lend that: only whose vote counts can be voted for.
    await lend('net', 'ben');
    await refused(vote(await ask({ ...call, target: 'other' }), 'ben', 'net'), /net may not decide on call_tool/);
    await refused(lend('ann', 'ANN'), /can't lend a vote to itself/);
    await refused(lend('ann', 'bot'), /only people lend each other/);
    await refused(lend('bot', 'ann'), /only people lend each other/);
    await refused(lend('ann', 'keyless'), /keyless has no key to vote with/);
    await refused(lend('writer', 'ann'), /writer is not a configured approver/);
    await refused(lend('ann', 'net', { seconds: 604_801 }), /1 to 604800 s/);
    await refused(lend('ann', 'net', { seconds: 0.5 }), /1 to 604800 s/);
    await refused(lend('ann', 'net', { scopes: [] }), /names what it covers/);
    await refused(lend('ann', 'net', { scopes: ['call_tool', 'filez'] }), /^"filez" is no domain, class or operation$/);
    await expect(lend('ann', 'net', { scopes: ['filez'] })).rejects.toMatchObject({ hint: 'did you mean files?' });
    await expect(lend('ann', 'net', { scopes: ['x'.repeat(30)] })).rejects.toMatchObject({
      hint: expect.stringContaining('can_approve'),
    });
    await lend('ann', 'net', { scopes: ['files', 'high_risk', 'delete_file', '*'] });
    await lend('ann', 'writer');
    await refused(vote(await ask({ ...call, target: 'third' }), 'writer', 'ann'), /writer asked for this/);
    const terms = system.delegations.terms({ delegate: 'net', seconds: 1 }, 'ann');
    await refused(system.delegations.make(terms, signerOf('ben'), 'x'), /not signed by ann/);
    await refused(
      system.delegations.make(terms, { ...signerOf('ben'), approver: 'ann' }, 'x'),
      /ann signed with a key that does not count/,
    );
  });

  works('are signed in person: no chat passes them on', async () => {
    await lend('ann', 'net');
    const id = await ask(call);
    const signer = { ...signerOf('net'), via: { relay: 'slack', user: 'U1' } as const };
    await refused(
      system.desk.decide({ approvalId: id, signer, approved: true, via: 'test', onBehalfOf: 'ann' }),
      /a vote that was lent is signed in person/,
    );
  });

  works('are off where the configuration says so', async () => {
    place.write('config/approvals.toml', `${APPROVALS}[approvals.delegation]\nmax_seconds = 0\n`);
    const off = await place.open();
    await lend('ann', 'net');
    expect(() => off.delegations.terms({ delegate: 'net', seconds: 1 }, 'ann')).toThrow(/max_seconds is 0/);
    expect(await off.delegations.list({ standing: true })).toEqual([]);
  });
});
