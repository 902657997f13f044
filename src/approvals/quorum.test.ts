import { describe, expect, it } from 'vitest';
import { keysOf, keysWithRelays } from '../../test/support/approvers.ts';
import { toleratedFaults } from '../config/index.ts';
import type { OperationSpec } from '../model/operation.ts';
import { approverKeysOf, VOTE_NAMESPACE } from './approver-keys.ts';
import { quorumFor } from './quorum.ts';

const delete_file: OperationSpec = {
  name: 'delete_file',
  target: 'path',
  access: 'write',
  classes: ['destructive'],
  domain: 'files',
};
const people = (...ids: string[]) => ({
  user: ids.map((id) => ({ id, role: '', canApprove: ['*'], autoApprove: false })),
  agent: [],
});
const EVERYBODY = { has: () => true, all: [] };
const rule = { minApprovers: 2, quorumPercentage: 0.67, byzantineTolerance: false, minPeople: 1, roles: {} };
const NO_MORE = { operations: {}, escalation: { afterSeconds: 0, approvers: [] } };

describe('the quorum of a request', () => {
  it('counts who may approve, the requester left out however it is spelt', () => {
    const settings = {
      ...NO_MORE,
      multiApproval: rule,
      approvers: people('ann', 'ben', 'Ｗriter', 'cid'),
      keys: EVERYBODY,
    };
    expect(quorumFor('multi-approval', [delete_file], 'writer', settings, 0)).toEqual({
      quorum: { required: 3, of: 3, eligible: ['ann', 'ben', 'cid'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'writer', settings, 0)).toEqual({
      quorum: { required: 1, of: 1, eligible: ['ann', 'ben', 'cid'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'writer', { ...settings, approvers: people() }, 0)).toEqual({
      quorum: { required: 1, of: 1 },
    });
  });

  it.each([
    ['multi-approval', people('ann'), "delete_file can't be approved: 2 approvals are needed and 1 may be given (ann)"],
    [
      'multi-approval',
      people(),
      'delete_file needs multi-approval, and no approvers are configured: nobody can give it',
    ],
    [
      'single-approval',
      people('WRITER'),
      'no configured approver other than who asks may decide on delete_file (domain files)',
    ],
  ] as const)('of %s that nobody could reach is refused with the reason', (strategy, approvers, obstacle) => {
    expect(
      quorumFor(strategy, [delete_file], 'writer', { ...NO_MORE, multiApproval: rule, approvers, keys: EVERYBODY }, 0),
    ).toEqual({ obstacle });
  });

  it('leaves out who has no key to sign with, and says who that is', () => {
    const settings = (...keyed: string[]) => ({
      ...NO_MORE,
      multiApproval: rule,
      approvers: people('ann', 'ben', 'cid'),
      keys: { has: (id: string, now: number) => keyed.includes(id) && now < 1000, all: [] },
    });
    const ask = (strategy: 'single-approval' | 'multi-approval', now: number, ...keyed: string[]) =>
      quorumFor(strategy, [delete_file], 'writer', settings(...keyed), now);
    expect(ask('single-approval', 0, 'ben')).toEqual({ quorum: { required: 1, of: 1, eligible: ['ben'] } });
    expect(ask('multi-approval', 0, 'ann', 'cid')).toEqual({
      quorum: { required: 2, of: 2, eligible: ['ann', 'cid'] },
    });
    expect(ask('multi-approval', 0, 'ann')).toEqual({
      obstacle:
        "delete_file can't be approved: 2 approvals are needed and 1 may be given (ann); without a key: ben, cid (ggen-mcp keys create)",
    });
    expect(ask('single-approval', 1000, 'ann')).toEqual({
      obstacle:
        'no configured approver with a key may decide on delete_file (domain files); without a key: ann, ben, cid (ggen-mcp keys create)',
    });
  });

  it('is out of reach for the faulty ones that it tolerates: whatever they say, honest people decided', () => {
    for (let n = 4; n <= 40; n += 1) {
      const ids = Array.from({ length: n }, (_, i) => `p${i}`);
      const settings = {
        ...NO_MORE,
        multiApproval: { ...rule, minApprovers: 1, quorumPercentage: 0, byzantineTolerance: true },
        approvers: people(...ids),
        keys: EVERYBODY,
      };
      const answer = quorumFor('multi-approval', [delete_file], 'writer', settings, 0);
      if (!('quorum' in answer)) throw new Error(answer.obstacle);
      const { required, tolerates } = answer.quorum;
      const f = toleratedFaults(n);
      expect(tolerates).toBe(f);
      // Those who are left can still approve; and of those who did approve, honest ones outnumber the honest rest.
      expect(required).toBeLessThanOrEqual(n - f);
      expect(required - f).toBeGreaterThan((n - f) / 2);
    }
  });
});

describe('the quorum of a request with agents, roles and those asked later', () => {
  const call_tool: OperationSpec = { name: 'call_tool', target: 'name', access: 'call', classes: [], domain: 'tools' };
  const one = (id: string, role = '') => ({ id, role, canApprove: ['*'], autoApprove: false });
  const approvers = {
    user: [one('ann', 'operator'), one('ben', 'operator'), one('cid', 'security'), one('dan')],
    agent: [
      { ...one('bot', 'security'), autoApprove: true },
      { ...one('idle'), canApprove: ['audit'] },
    ],
  };
  const base = { ...NO_MORE, multiApproval: rule, approvers, keys: EVERYBODY };

  it('lets agents vote beside people, and asks for people where they must be', () => {
    expect(quorumFor('single-approval', [call_tool], 'w', base, 0)).toEqual({
      quorum: { required: 1, of: 1, eligible: ['ann', 'ben', 'cid', 'dan'], agents: ['bot'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'w', base, 0)).toMatchObject({ quorum: { people: 1 } });
    expect(quorumFor('multi-approval', [call_tool], 'w', base, 0)).toMatchObject({
      quorum: { required: 4, of: 5, agents: ['bot'], people: 1 },
    });
    const alone = { ...base, approvers: { user: [], agent: approvers.agent } };
    expect(quorumFor('single-approval', [call_tool], 'w', alone, 0)).toMatchObject({
      quorum: { eligible: [], agents: ['bot'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'w', alone, 0)).toEqual({
      obstacle: 'no person may decide on delete_file (domain files)',
    });
    const all = { ...base, multiApproval: { ...rule, minPeople: 5 } };
    expect(quorumFor('multi-approval', [call_tool], 'w', all, 0)).toEqual({
      obstacle: "call_tool can't be approved: 5 people must approve and 4 may",
    });
  });

  it('counts nobody who has only a key that passes clicks on', () => {
    const all = keysWithRelays('ann', 'ben').all.filter(
      ({ approver, namespace }) => approver === 'ben' || namespace !== VOTE_NAMESPACE,
    );
    for (const user of [people('ann', 'ben').user, []]) {
      const settings = { ...base, approvers: { user, agent: approvers.agent }, keys: approverKeysOf(all) };
      expect(quorumFor('single-approval', [delete_file], 'writer', settings, 0)).toMatchObject({
        quorum: { required: 1, of: 1, eligible: ['ben'] },
      });
    }
  });

  it('never takes an agent’s key for that of somebody who needs no name', () => {
    const keys = keysOf('ann', 'bot');
    const settings = { ...base, approvers: { user: [], agent: approvers.agent }, keys };
    expect(quorumFor('single-approval', [delete_file], 'w', settings, 1)).toEqual({
      quorum: { required: 1, of: 1, eligible: ['ann'], agents: ['bot'], people: 1 },
    });
  });

  it('counts by role, and is refused where a role can’t give what it takes', () => {
    const roles = { operator: 2, security: 1 };
    expect(quorumFor('multi-approval', [call_tool], 'w', { ...base, multiApproval: { ...rule, roles } }, 0)).toEqual({
      quorum: {
        required: 4,
        of: 5,
        eligible: ['ann', 'ben', 'cid', 'dan'],
        agents: ['bot'],
        people: 1,
        roles: {
          operator: { required: 2, eligible: ['ann', 'ben'] },
          security: { required: 1, eligible: ['cid', 'bot'] },
        },
      },
    });
    const asked = { ...base, multiApproval: { ...rule, roles: { operator: 3 } } };
    expect(quorumFor('multi-approval', [call_tool], 'w', asked, 0)).toEqual({
      obstacle: "call_tool can't be approved: 3 approvals of role operator are needed and 2 may be given (ann, ben)",
    });
    expect(quorumFor('multi-approval', [call_tool], 'ann', { ...base, multiApproval: { ...rule, roles } }, 0)).toEqual({
      obstacle: "call_tool can't be approved: 2 approvals of role operator are needed and 1 may be given (ben)",
    });
  });

  it('follows what is said of one operation, and of several the strictest', () => {
    const said = { strategy: undefined, byzantineTolerance: undefined, minPeople: undefined, roles: undefined };
    const operations = { call_tool: { ...said, minApprovers: 1, quorumPercentage: 0 } };
    const settings = { ...base, operations };
    expect(quorumFor('multi-approval', [call_tool], 'w', settings, 0)).toMatchObject({ quorum: { required: 1 } });
    expect(quorumFor('multi-approval', [call_tool, delete_file], 'w', settings, 0)).toMatchObject({
      quorum: { required: 4 },
    });
  });

  it('leaves those in peace who are asked later, unless the others alone could not approve', () => {
    const escalation = { afterSeconds: 60, approvers: ['cid', 'dan'] };
    expect(quorumFor('single-approval', [call_tool], 'w', { ...base, escalation }, 5)).toMatchObject({
      quorum: { eligible: ['ann', 'ben', 'cid', 'dan'], escalation: { at: 60_005, eligible: ['cid', 'dan'] } },
    });
    const needed = quorumFor(
      'multi-approval',
      [call_tool],
      'w',
      { ...base, escalation, multiApproval: { ...rule, minApprovers: 4 } },
      5,
    );
    expect(needed).toMatchObject({ quorum: { required: 4, of: 5 } });
    expect(needed).not.toHaveProperty('quorum.escalation');
  });
});
