// What somebody does who writes the database and can't sign: puts rows back, exchanges what is asked, revives grants.
// The audit trail and the signatures say otherwise, and nothing passes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isGranted, parseVoteStatement, readTrail, wasApproved } from '../../src/approvals/index.ts';
import { type GovernedSystem, proofContext } from '../../src/compose/index.ts';
import { ApprovalManager } from '../../src/index.ts';
import type { Action } from '../../src/model/action.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder } from '../support/keyed-folder.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.other]
can_write = ["src/*"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
const APPROVALS = `[approvals]
auto_approve_after_seconds = 1
[approvals.operations.call_tool]
strategy = "time-based-approval"
[[approvers.user]]
id = "ann"
can_approve = ["*"]
`;
const write: Action = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
const call: Action = { actionType: 'call_tool', target: 'deploy', requester: 'writer' };

let place: Awaited<ReturnType<typeof createKeyedFolder>>;
let system: GovernedSystem;
beforeEach(async () => {
  place = await createKeyedFolder('sqlite', GOVERNANCE, APPROVALS, ['ann']);
  system = await place.open();
});
afterEach(() => place.remove());

const ask = async (action: Action): Promise<string> => {
  const asked = await system.governor.ask(action);
  if (asked.outcome !== 'waiting') throw new Error(JSON.stringify(asked));
  return asked.approval.id;
};
const decide = (approvalId: string, approved = true) =>
  system.desk.decide({ approvalId, signer: signerOf('ann'), approved, via: 'test' });
const outcome = async (action: Action): Promise<string> => (await system.governor.authorize(action)).outcome;
/** Puts a row into a state, and every other request out of the way. */
const put = (id: string, set: string): void => {
  place.sql(`DELETE FROM approvals WHERE id <> '${id}'; UPDATE approvals SET ${set} WHERE id = '${id}'`);
};
const APPROVED = "status = 'approved', use_by = 9000000000000000, decide_by = 9000000000000000";

describe('an approval', () => {
  it('is not used again, whatever its row says after it was used, taken back, cancelled or over', async () => {
    const used = await ask(write);
    await decide(used);
    expect(await outcome(write)).toBe('permitted');
    put(used, APPROVED);
    expect(await outcome(write)).toBe('refused');
    expect(await system.desk.show(used)).toMatchObject({ status: 'revoked' });

    const other = { ...write, target: 'src/b.txt' };
    const revoked = await ask(other);
    await decide(revoked);
    await system.desk.withdraw(revoked, 'revoked', { actorType: 'user', id: 'ann', name: 'ann' });
    put(revoked, APPROVED);
    expect(await outcome(other)).toBe('refused');

    const third = { ...write, target: 'src/c.txt' };
    const over = await ask(third);
    await decide(over);
    place.sql(`UPDATE approvals SET use_by = 1 WHERE id = '${over}'`);
    await system.desk.withdraw(over, 'revoked', { actorType: 'user', id: 'ann', name: 'ann' });
    put(over, APPROVED);
    expect(await outcome(third)).toBe('refused');
  });

  it('is used only as long as the trail says, whatever its row says', async () => {
    const id = await ask(write);
    await decide(id);
    const record = (await system.store.getRequest(id))!;
    const at = (now: number) =>
      isGranted(
        { ...record, useBy: 9e15 },
        { ...proofContext(system.policyHolder.current(), record), now },
        system.store,
      );
    expect(await at(record.useBy! - 1)).toBe(true);
    expect(await at(record.useBy!)).toBe(false);
  });

  it('is found used up by verify, and used twice where it was', async () => {
    const id = await ask(write);
    await decide(id);
    expect(await outcome(write)).toBe('permitted');
    const trail = await readTrail(system.store, (await system.store.getRequest(id))!);
    expect(trail).toMatchObject({ uses: 1, reached: new Set(['consumed', 'approved']) });
  });
});

describe('what is asked', () => {
  const evil = { ...write, target: 'src/evil.txt', content: 'rm -rf' };

  it('can’t be shown as something else, nor exchanged before it is signed', async () => {
    const id = await ask(evil);
    place.sql(
      `UPDATE approvals SET request = replace(replace(request, 'src/evil.txt', 'src/readme.txt'), 'rm -rf', 'hello')`,
    );
    expect((await system.desk.show(id)).target).toBe('src/readme.txt');
    await expect(system.desk.present(id)).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: `request ${id} is not what was asked: somebody changed its record`,
    });
    await expect(decide(id)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    const word = { approvalId: id, approver: 'ann', approved: true };
    await expect(system.desk.statement(word)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('can’t be another action’s digest', async () => {
    const harmless = await ask(write);
    const evilId = await ask(evil);
    const { actionDigest } = (await system.store.getRequest(evilId))!;
    put(harmless, `action_digest = '${actionDigest}'`);
    await expect(decide(harmless)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await outcome(evil)).toBe('refused');
  });

  it('can’t be made up in the database', async () => {
    const id = await ask(write);
    const made = '00000000-0000-7000-8000-000000000000';
    place.sql(
      `INSERT INTO approvals (id, status, requester, action_digest, policy_set, request, created_at, decide_by)
       SELECT '${made}', status, requester, action_digest, policy_set, request, created_at, decide_by FROM approvals`,
    );
    await expect(decide(made)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    place.sql(`DELETE FROM approvals WHERE id = '${made}'`);
    await decide(id);
    expect(await outcome(write)).toBe('permitted');
  });
});

describe('a timer', () => {
  const later = () => new Promise((resolve) => setTimeout(resolve, 1100));

  it('approves nothing but what it was started for, once', async () => {
    const id = await ask(call);
    await later();
    const evil = { ...call, target: 'destroy' };
    const { actionDigest } = (await system.store.getRequest(await ask(evil)))!;
    put(id, `action_digest = '${actionDigest}'`);
    expect(await outcome(evil)).toBe('refused');

    const honest = { ...call, target: 'third' };
    const third = await ask(honest);
    await later();
    expect(await outcome(honest)).toBe('permitted');
    put(third, `${APPROVED}, decided_by = '{"actorType":"system","id":"time-based-approval","name":"timer"}'`);
    expect(await outcome(honest)).toBe('refused');
  });

  it('can’t be brought forward', async () => {
    const id = await ask(call);
    const honest = (await system.store.getRequest(id))!;
    const moved = JSON.stringify({ approvesItselfAt: honest.approvesItselfAt }).slice(1, -1);
    place.sql(`UPDATE approvals SET request = replace(request, '${moved}', '"approvesItselfAt":1')`);
    expect(await system.governor.awaitDecision(id, { timeoutMs: 100 })).toBe('pending');
    place.sql(`UPDATE approvals SET request = replace(request, '"approvesItselfAt":1', '${moved}')`);
    expect(await decide(id, false)).toMatchObject({ status: 'rejected' });
  });

  it('never overrules a no, nor revives what was cancelled', async () => {
    for (const end of ['rejected', 'cancelled'] as const) {
      const action = { ...call, target: end };
      const id = await ask(action);
      if (end === 'rejected') await decide(id, false);
      else await system.desk.withdraw(id, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
      await later();
      for (const set of [
        `${APPROVED}, votes = NULL, decided_by = '{"actorType":"system","id":"time-based-approval","name":"timer"}'`,
        "status = 'pending', votes = NULL, decided_by = NULL, decided_at = NULL, decide_by = 9000000000000000",
      ]) {
        put(id, set);
        expect([end, await outcome(action)]).toEqual([end, 'refused']);
      }
    }
  });
});

describe('whoever waits', () => {
  it('is told of no approval that nobody signed', async () => {
    const id = await ask(write);
    const vote = '[{"approver":{"actorType":"user","id":"ann","name":"ann"},"approved":true,"at":1,"verified":true}]';
    put(id, `${APPROVED}, votes = '${vote}'`);
    const record = (await system.store.getRequest(id))!;
    expect(await wasApproved(record, proofContext(system.policyHolder.current(), record), system.store)).toBe(false);
    const manager = ApprovalManager.fromConfig(`${place.root}/config/approvals.toml`, {
      workspace: place.root,
      env: place.env,
    });
    expect(await manager.waitForApproval(id, 1000)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/^unproven/),
    });
    await manager.close();
  });

  it('is told of none that was taken back, or lay too long', async () => {
    const context = (record: ApprovalRecord) => proofContext(system.policyHolder.current(), record);
    const revoked = await ask(write);
    await decide(revoked);
    const granted = (await system.store.getRequest(revoked))!;
    expect(await wasApproved(granted, context(granted), system.store)).toBe(true);
    const late = { ...context(granted), now: granted.useBy! };
    expect(await wasApproved({ ...granted, useBy: 9e15 }, late, system.store)).toBe(false);
    await system.desk.withdraw(revoked, 'revoked', { actorType: 'user', id: 'ann', name: 'ann' });
    put(revoked, APPROVED);
    const back = (await system.store.getRequest(revoked))!;
    expect(await wasApproved(back, context(back), system.store)).toBe(false);
    // What was used is approved all the same, however late it is asked.
    const used = await ask({ ...write, target: 'src/used.txt' });
    await decide(used);
    expect(await outcome({ ...write, target: 'src/used.txt' })).toBe('permitted');
    const consumed = (await system.store.getRequest(used))!;
    expect(await wasApproved(consumed, { ...context(consumed), now: 9e15 }, system.store)).toBe(true);
  });

  it('uses an approval of a program’s own up once', async () => {
    const manager = ApprovalManager.fromConfig(`${place.root}/config/approvals.toml`, {
      workspace: place.root,
      env: place.env,
      signer: signerOf('ann'),
    });
    const request = { operation: { name: 'write_file' }, requester: 'writer', target: 'elsewhere' };
    const approvalId = await manager.requestApproval(request);
    await expect(manager.consumeApproval(approvalId)).rejects.toMatchObject({ code: 'CONFLICT' });
    await manager.provideApproval({ approvalId, approver: 'ann', approved: true });
    await manager.consumeApproval(approvalId);
    await expect(manager.consumeApproval(approvalId)).rejects.toMatchObject({ code: 'CONFLICT' });
    put(approvalId, APPROVED);
    await expect(manager.consumeApproval(approvalId)).rejects.toMatchObject({
      message: expect.stringContaining('is not proven'),
    });
    // What a door lets pass is used up there.
    const bound = await manager.requestApproval({
      operation: { name: 'write_file' },
      requester: 'writer',
      action: write,
    });
    await manager.provideApproval({ approvalId: bound, approver: 'ann', approved: true });
    await expect(manager.consumeApproval(bound)).rejects.toMatchObject({
      message: expect.stringContaining('by the door'),
    });
    expect(await outcome(write)).toBe('permitted');
    await manager.close();
  });
});

describe('a standing grant', () => {
  it('that was revoked or used up stays so, however many entries share its correlation id', async () => {
    const grant = async (maxUses: number) => {
      const wish = { agent: 'writer', operation: 'write_file', pattern: 'src/*', seconds: 3600, maxUses };
      return system.grants.make(system.grants.terms(wish, 'ann'), signerOf('ann'), 'test');
    };
    const revoked = await grant(5);
    await system.grants.revoke(revoked.id, { actorType: 'user', id: 'ann', name: 'ann' });
    place.sql('UPDATE standing_grants SET revoked_at = NULL');
    expect(await outcome(write)).toBe('refused');
    place.sql('DELETE FROM standing_grants');

    const { id } = await grant(1);
    expect(await outcome(write)).toBe('permitted');
    for (let i = 0; i < 20; i += 1) {
      const actions = Array.from({ length: 60 }, () => ({
        actionType: 'list_files',
        target: 'src',
        requester: 'writer',
        context: { correlationId: id },
      }));
      await Promise.all(actions.map((action) => system.governor.authorize(action)));
    }
    place.sql('UPDATE standing_grants SET uses = 0');
    expect(await outcome({ ...write, content: 'again' })).toBe('refused');
  });
});

describe('a request that can’t be shown in full', () => {
  it('says what is left out, and is approved only by who says so', async () => {
    const parts = Array.from({ length: 301 }, (_, i) => ({ actionType: 'write_file', target: `src/${i}.txt` }));
    const big = { ...write, content: 'x'.repeat(300_000), parts };
    const id = await ask(big);
    const { shown } = await system.desk.show(id);
    expect(shown.not_shown).toEqual(['1 further targets', 'content after 262144 of 300000 characters']);
    await expect(decide(id)).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining('is not shown in full: 1 further targets, content after'),
    });
    const word = { approvalId: id, approver: 'ann', approved: true, unseen: true };
    const { statement, at } = await system.desk.statement(word);
    expect(statement).toContain('"unseen":true');
    expect(parseVoteStatement(statement)).toMatchObject({ unseen: true, at });
    // What was signed without it can't be handed in with it, nor the other way round.
    const signer = {
      approver: 'ann',
      sign: async () => signerOf('ann').sign(statement.replace('"unseen":true', '"unseen":false')),
    };
    await expect(system.desk.decide({ ...word, signer, at, via: 'test' })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
    await system.desk.decide({ ...word, signer: signerOf('ann'), at, via: 'test' });
    expect(await outcome(big)).toBe('permitted');
    // A no needs no look.
    const other = await ask({ ...big, target: 'src/other.txt' });
    expect(await decide(other, false)).toMatchObject({ status: 'rejected' });
  });
});

describe('many requests of one requester', () => {
  it('are refused beyond what may wait, and others are not', async () => {
    place.write(
      'config/approvals.toml',
      APPROVALS.replace('[approvals]', '[approvals]\nmax_pending_per_requester = 2'),
    );
    system = await place.open();
    const nth = (n: number, requester = 'writer') => ({ ...write, target: `src/${n}.txt`, requester });
    await ask(nth(1));
    const second = await ask(nth(2));
    const third = await system.governor.authorize(nth(3));
    expect(third).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'denied', reasons: [{ rule: 'approvals.max_pending_per_requester' }, {}] },
    });
    expect(await ask(nth(2))).toBe(second);
    // All at once, from two processes, as many as one after the other.
    const beside = await place.open();
    const other = Array.from({ length: 12 }, (_, i) =>
      (i % 2 === 0 ? system : beside).governor.authorize(nth(100 + i, 'other')),
    );
    const waits = (await Promise.all(other)).filter((one) => one.outcome === 'refused' && one.approval !== undefined);
    expect(waits).toHaveLength(2);
    const manager = ApprovalManager.fromConfig(`${place.root}/config/approvals.toml`, {
      workspace: place.root,
      env: place.env,
    });
    const request = { operation: { name: 'write_file' }, requester: 'writer', target: 'x' };
    await expect(manager.requestApproval(request)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await manager.close();
    await system.desk.withdraw(second, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
    await ask(nth(3));
  });
});
