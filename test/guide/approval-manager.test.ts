import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApprovalDecision,
  ApprovalManager,
  type ApprovalRequest,
  type ApprovalResult,
  Operation,
  openApproverKey,
} from '../../src/index.ts';
import { ownKey, PASSPHRASE, signerOf } from '../support/approvers.ts';
import { type Folder, openFolder, SAMPLE_CONFIG } from './folder.ts';

let folder: Folder;
let manager: ApprovalManager;
beforeEach(async () => {
  folder = openFolder();
  manager = await open();
});
afterEach(async () => {
  await manager.close();
  folder.remove();
});

const open = async (approver = 'admin') =>
  ApprovalManager.fromConfig(folder.path('config/approvals.toml'), {
    workspace: folder.workspace,
    signer: signerOf(approver),
  });

const request: ApprovalRequest = {
  operation: Operation.publishTemplate({ templateId: 'rest-api-auth' }),
  requester: 'template_executor',
  justification: 'Publishing validated template to marketplace',
  metadata: { template_score: 0.92, validation_passes: 3 },
};

/** What the guide's `match` prints. */
function say(result: ApprovalResult): string {
  switch (result.outcome) {
    case 'approved':
      return `Approved by: ${result.approvers.join(', ')}`;
    case 'rejected':
      return `Rejected: ${result.reason}`;
    case 'timeout':
      return 'Approval timed out';
  }
}

describe('Requesting Approval', () => {
  it('ApprovalManager.requestApproval makes a request that another process can decide', async () => {
    const approvalId = await manager.requestApproval(request);
    const elsewhere = await open();
    await elsewhere.provideApproval({ approvalId, approver: 'admin', approved: true });
    await elsewhere.close();
    expect(say(await manager.waitForApproval(approvalId, { timeoutMs: 300_000 }))).toBe('Approved by: admin');
  });

  it.each([undefined, 7, '', 'a'.repeat(201), 'ann ', ' ann', 'an\u200bn', 'ann\u3164', 'a\nb'])(
    'nobody is called %j',
    async (requester) => {
      await expect(manager.requestApproval({ ...request, requester: requester as string })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(/^requester /),
      });
    },
  );

  it('what the system itself says of a request can’t be said by who asks', async () => {
    for (const name of ['operations', 'facets', 'findings', 'unlike', 'changed'])
      await expect(manager.requestApproval({ ...request, metadata: { [name]: [] } })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: `metadata.${name} is set by the system itself`,
      });
    const { metadata } = await manager.getApproval(await manager.requestApproval(request));
    expect(metadata).toEqual({ ...request.metadata, operations: ['publish_template'] });
  });

  it('the same key is the same request, and another takes the place of one that waits', async () => {
    const keyed = { ...request, idempotencyKey: 'publish-1' };
    const first = await manager.requestApproval(keyed);
    expect(await manager.requestApproval(keyed)).toBe(first);
    await expect(manager.requestApproval({ ...keyed, metadata: { other: true } })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const next = { ...request, metadata: { template_score: 0.95 }, supersedes: first };
    await expect(manager.requestApproval({ ...next, requester: 'somebody_else' })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: `request ${first} was made by template_executor`,
    });
    const second = await manager.requestApproval(next);
    const decision = { approvalId: first, approver: 'admin', approved: true };
    await expect(manager.provideApproval(decision)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(say(await manager.waitForApproval(first, { timeoutMs: 1000 }))).toBe('Rejected: superseded');
    await manager.provideApproval({ ...decision, approvalId: second });
    await expect(manager.requestApproval({ ...request, metadata: { n: 3 }, supersedes: second })).rejects.toMatchObject(
      {
        code: 'CONFLICT',
      },
    );
  });

  it('ApprovalManager.waitForApproval wakes when the decision falls', async () => {
    const approvalId = await manager.requestApproval(request);
    const waiting = manager.waitForApproval(approvalId, { timeoutMs: 300_000 });
    await manager.provideApproval({ approvalId, approver: 'admin', approved: true });
    expect(say(await waiting)).toBe('Approved by: admin');
  });

  it('ApprovalResult is rejected with the reason', async () => {
    const approvalId = await manager.requestApproval(request);
    await manager.provideApproval({ approvalId, approver: 'admin', approved: false, comment: 'Security concerns' });
    expect(say(await manager.waitForApproval(approvalId, { timeoutMs: 300_000 }))).toBe('Rejected: Security concerns');
  });

  it('ApprovalResult is timeout where nobody decides, and the request can still be decided', async () => {
    const approvalId = await manager.requestApproval(request);
    expect(say(await manager.waitForApproval(approvalId, { timeoutMs: 30 }))).toBe('Approval timed out');
    await manager.provideApproval({ approvalId, approver: 'admin', approved: true });
    expect(say(await manager.waitForApproval(approvalId, { timeoutMs: 300_000 }))).toBe('Approved by: admin');
  });

  it('a request that nobody can approve is refused at once and says why', async () => {
    const strict = openFolder({
      ...SAMPLE_CONFIG,
      'approvals.toml': (SAMPLE_CONFIG['approvals.toml'] ?? '').replace(
        'high_risk_operations = "single-approval"',
        'high_risk_operations = "multi-approval"',
      ),
    });
    const many = await ApprovalManager.fromConfig(strict.path('config/approvals.toml'), {
      workspace: strict.workspace,
    });
    await expect(many.requestApproval(request)).rejects.toThrow(
      /^publish_template can't be approved: \d approvals are needed and \d may be given \(/,
    );
    await many.close();
    strict.remove();
  });
});

describe('a manager that stays', () => {
  it('goes by the configuration as its files have it now, and by the old one where that can’t be used', async () => {
    const before = folder.read('config/approvals.toml');
    folder.write('config/approvals.toml', `[approvals]\nenabled = false\n`);
    await expect(manager.requestApproval(request)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    folder.write('config/approvals.toml', before);
    const approvalId = await manager.requestApproval(request);
    const warned = once(process, 'warning');
    folder.write('config/approvals.toml', 'nonsense');
    expect(await manager.getApproval(approvalId)).toMatchObject({ status: 'pending' });
    await manager.cancelApproval(approvalId);
    expect(String((await warned)[0])).toContain('the configuration was not taken over');
  });
});

describe('Providing Approval', () => {
  it('ApprovalManager.provideApproval approves a pending request', async () => {
    const decision: ApprovalDecision = {
      approvalId: await manager.requestApproval(request),
      approver: 'admin',
      approved: true,
      comment: 'Verified security checks passed',
    };
    await manager.provideApproval(decision);
    const result = await manager.waitForApproval(decision.approvalId, { timeoutMs: 300_000 });
    expect(result).toEqual({ outcome: 'approved', approvers: ['admin'] });
  });

  it('ApprovalManager.provideApproval knows no request "req-123"', async () => {
    const decision = { approvalId: 'req-123', approver: 'admin', approved: true };
    await expect(manager.provideApproval(decision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ApprovalManager.provideApproval refuses the requester, strangers, and approvers of other things', async () => {
    const approvalId = await manager.requestApproval(request);
    for (const approver of ['template_executor', 'stranger', 'developer']) {
      const decision = { approvalId, approver, approved: true };
      const theirs = await open(approver);
      await expect(theirs.provideApproval(decision)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
      await theirs.close();
    }
  });

  it('ApprovalManager.provideApproval refuses what is not signed, and says how it is done', async () => {
    const approvalId = await manager.requestApproval(request);
    const decision = { approvalId, approver: 'admin', approved: true };
    const refusal = { code: 'NOT_PERMITTED', message: 'a decision of admin is not signed' };
    const unsigned = ApprovalManager.fromConfig(folder.path('config/approvals.toml'), { workspace: folder.workspace });
    await expect(unsigned.provideApproval(decision)).rejects.toMatchObject({
      ...refusal,
      hint: 'ggen-mcp keys create makes a key; ApprovalManager.fromConfig(path, { signer }) signs with it',
    });
    await unsigned.close();
    const theirs = await open('developer');
    await expect(theirs.provideApproval(decision)).rejects.toMatchObject(refusal);
    await theirs.close();
    expect(await manager.waitForApproval(approvalId, { timeoutMs: 30 })).toEqual({ outcome: 'timeout' });
  });

  it.each([
    ['provideApproval', undefined, 'a decision: must be an object'],
    ['provideApproval', { approver: 'admin', approved: true }, 'a decision: approvalId is missing (it is a string)'],
    ['provideApproval', { approvalId: 'x', approved: true }, 'a decision: approver is missing (it is a string)'],
    [
      'provideApproval',
      { approvalId: 'x', approver: 'admin' },
      'a decision: approved is missing (it is true or false)',
    ],
    [
      'provideApproval',
      { approvalId: 'x', approver: 'admin', approved: 'no' },
      'a decision: approved must be true or false',
    ],
    [
      'provideApproval',
      { approvalId: 'x', approver: 'admin', approved: true, comment: 7 },
      'a decision: comment must be a string',
    ],
    ['statement', { approvalId: 'x', approver: 7, approved: true }, 'a decision: approver must be a string'],
    ['delegate', undefined, 'a delegation: must be an object'],
    ['delegate', { seconds: 60 }, 'a delegation: delegate is missing (it is a string)'],
    ['delegate', { delegate: 'developer' }, 'a delegation: seconds is missing (it is a number)'],
    ['delegate', { delegate: 'developer', seconds: 60, scopes: '*' }, 'a delegation: scopes must be a list of strings'],
    ['delegate', { delegate: 'developer', seconds: 60, reason: {} }, 'a delegation: reason must be a string'],
    ['grantStanding', {}, 'a standing grant: agent is missing (it is a string)'],
    [
      'grantStanding',
      { agent: 'a', operation: 'write_file', pattern: ['notes/*'], seconds: 60, maxUses: 1 },
      'a standing grant: pattern must be a string',
    ],
    [
      'grantStanding',
      { agent: 'a', operation: 'write_file', pattern: 'notes/*', seconds: 60 },
      'a standing grant: maxUses is missing (it is a number)',
    ],
  ] as const)('%s names the member that is not right: %j', async (method, given, message) => {
    const call = manager[method] as (given: unknown) => Promise<unknown>;
    await expect(call.call(manager, given)).rejects.toMatchObject({ code: 'INPUT_INVALID', message });
  });

  it('openApproverKey opens the key that signs, with its passphrase', async () => {
    await ownKey(folder.configDir, 'developer');
    const signer = await openApproverKey({ approver: 'developer', passphrase: PASSPHRASE });
    expect(signer.approver).toBe('developer');
    await expect(openApproverKey({ approver: 'developer', passphrase: 'another one' })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: "that is not the passphrase of developer's key",
    });
    await expect(openApproverKey({ approver: 'nobody else', passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('ApprovalManager.provideApproval refuses a second decision', async () => {
    const approvalId = await manager.requestApproval(request);
    await manager.provideApproval({ approvalId, approver: 'admin', approved: false });
    const again = manager.provideApproval({ approvalId, approver: 'admin', approved: true });
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
