// What an approver permits ahead: signed, counted, expiring; on both databases.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GrantWish } from '../../src/approvals/index.ts';
import type { GovernedSystem } from '../../src/compose/index.ts';
import type { StandingGrant } from '../../src/model/standing-grant.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "delete_file", "read_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*", "out/*"]
cannot_write = ["src/vendor/*"]
can_call = ["*"]
[policies.agents.other]
can_write = ["src/*"]
`;
const APPROVALS = `[approvals.strategies]
destructive_operations = "single-approval"
[approvals.operations.call_tool]
strategy = "multi-approval"
min_approvers = 2
${['ann', 'ben'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["files", "tools", "destructive"]\n`).join('')}[[approvers.user]]
id = "net"
can_approve = ["network"]
[[approvers.agent]]
id = "bot"
can_approve = ["*"]
`;
const write = (target: string, more: object = {}) =>
  ({ actionType: 'write_file', target, requester: 'writer', content: 'text', ...more }) as const;
const WISH: GrantWish = { agent: 'writer', operation: 'write_file', pattern: 'src/*', seconds: 3600, maxUses: 3 };

describe.each(['sqlite', 'postgres'] as const)('standing grants on %s', (backend) => {
  const works = backend === 'postgres' && whyNoPostgres() !== undefined ? it.skip : it;
  let place: Awaited<ReturnType<typeof createKeyedFolder>>;
  let system: GovernedSystem;

  beforeEach(async () => {
    if (backend === 'postgres' && whyNoPostgres() !== undefined) return;
    place = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, ['ann', 'ben', 'net', 'bot']);
    system = await place.open();
  });
  afterEach(() => place?.remove());

  const grant = async (wish: Partial<GrantWish> = {}, approver = 'ann', on = system): Promise<StandingGrant> =>
    on.grants.make(on.grants.terms({ ...WISH, ...wish }, approver), signerOf(approver), 'test');
  const outcome = async (action: Parameters<GovernedSystem['governor']['authorize']>[0], on = system) =>
    (await on.governor.authorize(action)).outcome;
  const told = async (event: string) =>
    (await system.store.query({ limit: 1000 })).filter(({ metadata }) => metadata.event === event);

  works('permit so many attempts and no more, each on record with its grant', async () => {
    expect(await outcome(write('src/a.txt'))).toBe('refused');
    const { id } = await grant();
    for (const name of ['a', 'b', 'c']) expect(await outcome(write(`src/${name}.txt`))).toBe('permitted');
    expect(await outcome(write('src/d.txt'))).toBe('refused');
    expect(await system.store.getGrant(id)).toMatchObject({ uses: 3 });
    expect(await told('standing_grant_used')).toHaveLength(3);
    const attempts = (await told('attempt')).filter(({ metadata }) => metadata.standing_grant_id === id);
    expect(attempts).toHaveLength(3);
    expect(attempts[0]?.metadata).toMatchObject({ decided_by: 'ann', decided_by_kind: 'grant' });
    const [made] = await told('standing_grant_made');
    expect(made?.metadata.statement).toMatch(/^ggen-governance standing grant v1\n\{"agent":"writer"/);
  });

  works('permit what they name, to whom they name, and nothing that is denied or found', async () => {
    await grant({ maxUses: 1000 });
    expect(await outcome(write('src/deep/er/a.txt'))).toBe('permitted');
    for (const action of [
      write('out/a.txt'),
      write('src/../out/a.txt'),
      write('src/vendor/a.txt'),
      { ...write('src/a.txt'), requester: 'other' },
      { ...write('src/a.txt'), actionType: 'delete_file' },
      write('src/a.txt', { parts: [{ actionType: 'write_file', target: 'out/b.txt' }] }),
      write('src/a.txt', { content: `token ghp_${'a1B2'.repeat(9)}` }),
      write('src/a.txt', { context: { env: { WITH: `ghp_${'a1B2'.repeat(9)}` } } }),
      write('src/a.txt', { parameters: { note: `ghp_${'a1B2'.repeat(9)}` } }),
      write('src/a\n.txt'),
    ])
      expect([action, await outcome(action)]).toEqual([action, 'refused']);
    expect(await told('standing_grant_used')).toHaveLength(1);
  });

  works('are not to be had for what is grave, takes several, or leaves nothing out, nor by who may not', async () => {
    const refused = async (wish: Partial<GrantWish>, message: RegExp, approver = 'ann') =>
      await expect(grant(wish, approver)).rejects.toMatchObject({ message: expect.stringMatching(message) });
    await refused({ operation: 'delete_file' }, /delete_file is destructive/);
    await refused({ operation: 'execute_shell', pattern: 'make' }, /execute_shell is high_risk/);
    await refused({ operation: 'call_tool', pattern: 'deploy' }, /takes several approvers/);
    for (const pattern of ['*', '**', '/**', './*', '*/**']) await refused({ pattern }, /leaves nothing out/);
    await refused({ pattern: 'src/[a]' }, /holds \?/);
    await refused({ pattern: '../x' }, /holds \.\./);
    await refused({ agent: 'ANN' }, /can't permit itself/);
    await refused({}, /net may not decide on write_file/, 'net');
    await refused({}, /bot may not decide on write_file/, 'bot');
    await refused({}, /mallory may not decide/, 'mallory');
    await refused({ seconds: 86_401 }, /a second to a day/);
    await refused({ maxUses: 1001 }, /1 to 1000 times/);
    await refused({ maxUses: 0.5 }, /1 to 1000 times/);
    await refused({ operation: 'nothing' }, /unknown operation/);
    const terms = system.grants.terms(WISH, 'ann');
    await expect(system.grants.make(terms, signerOf('ben'), 'test')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(system.grants.make(terms, { ...signerOf('ben'), approver: 'ann' }, 'test')).rejects.toMatchObject({
      message: 'ann signed with a key that does not count',
    });
    expect(await system.grants.list({ standing: false, limit: 9 })).toEqual([]);
    // What only reads may be permitted whole.
    await grant({ operation: 'read_file', pattern: '*' });
  });

  works('end when their time is over, they are revoked, or the policies are others', async () => {
    const short = await grant({ seconds: 1 });
    expect(await outcome(write('src/a.txt'))).toBe('permitted');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, short.expiresAt - Date.now()) + 5));
    expect(await outcome(write('src/a.txt'))).toBe('refused');
    const second = await grant();
    expect(await outcome(write('src/b.txt'))).toBe('permitted');
    await system.grants.revoke(second.id, { actorType: 'user', id: 'x', name: 'x' });
    expect(await outcome(write('src/b.txt'))).toBe('refused');
    await expect(system.grants.revoke(second.id, { actorType: 'user', id: 'x', name: 'x' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await grant();
    place.write('config/approvals.toml', `${APPROVALS}\n[approvals.reminders]\nevery_seconds = 60\n`);
    const changed = await place.open();
    expect(await outcome(write('src/c.txt'), changed)).toBe('refused');
  });

  works('count for nothing once their approver’s key does not', async () => {
    await grant();
    const keys = join(place.root, 'config', 'approvers.allowed_signers');
    writeFileSync(keys, place.lines('ben'));
    expect(await outcome(write('src/a.txt'))).toBe('refused');
    expect(await told('standing_grant_unproven')).toHaveLength(1);
  });

  works('by several processes at once are used just so often', async () => {
    await grant({ maxUses: 5 });
    const three = [system, await place.open(), await place.open()];
    const tries = Array.from({ length: 12 }, (_, i) => outcome(write(`src/${i}.txt`), three[i % 3]!));
    const results = await Promise.all(tries);
    expect(results.filter((one) => one === 'permitted')).toHaveLength(5);
    expect(await told('standing_grant_used')).toHaveLength(5);
  });

  if (backend === 'sqlite') {
    it.each([
      ['whose pattern was widened', `UPDATE standing_grants SET terms = replace(terms, 'src/*', 'out/*')`, 'out/a.txt'],
      [
        'whose agent was exchanged',
        `UPDATE standing_grants SET agent = 'other', terms = replace(terms, 'writer', 'other')`,
        '',
      ],
      [
        'whose end was put off',
        `UPDATE standing_grants SET terms = replace(terms, '"maxUses":1', '"maxUses":9'), max_uses = 9`,
        '',
      ],
    ])('in a database %s are found out, and revoked', async (_, sql, target) => {
      await grant({ maxUses: 1 });
      place.sql(sql);
      const action = { ...write(target || 'src/a.txt'), ...(sql.includes('other') ? { requester: 'other' } : {}) };
      expect(await outcome(action)).toBe('refused');
      expect(await told('standing_grant_unproven')).toHaveLength(1);
      expect((await system.grants.list({ standing: true, limit: 9 })).length).toBe(0);
    });

    it('whose count was set back are counted in the log', async () => {
      await grant({ maxUses: 1 });
      expect(await outcome(write('src/a.txt'))).toBe('permitted');
      place.sql('UPDATE standing_grants SET uses = 0, max_uses = 99');
      expect(await outcome(write('src/b.txt'))).toBe('refused');
    });
  }
});
