// Approvers' keys at the terminal: made, enrolled, used, rotated, revoked; and what counts without them: nothing.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGovernor } from '../../src/index.ts';
import { type CommandEnd, runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { CONFIRM, PASSPHRASE } from '../support/approvers.ts';

const OTHER = 'another passphrase';
const NEW = "'s key (8 characters or more): ";
const AGAIN = 'the same once more: ';
let folder: Folder;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
  folder = openFolder({
    'governance.toml': `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["delete_file"]
[policies.agents.gardener]
can_write = ["notes/*"]
`,
    'approvals.toml': '[[approvers.user]]\nid = "ann"\nrole = "operator"\ncan_approve = ["destructive"]\n',
  });
  rmSync(roster());
});
afterEach(() => {
  folder.remove();
  rmSync(home, { recursive: true, force: true });
});

const roster = () => join(folder.configDir, 'approvers.allowed_signers');
const env = (of = home) => ({ ...process.env, GGEN_HOME: of });
const run = (line: string, of = home): Promise<CommandEnd> =>
  runCommandLine(`ggen-mcp ${line}`, folder.workspace, env(of));
const type = (line: string, answers: readonly (readonly [string, string])[], of = home): Promise<CommandEnd> =>
  runOnTerminal(`ggen-mcp ${line}`, folder.workspace, answers, env(of));
const create = (of = home) =>
  type(
    'keys create --approver ann',
    [
      [NEW, PASSPHRASE],
      [AGAIN, PASSPHRASE],
    ],
    of,
  );
const authorize = async () => {
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace, env: env() });
  try {
    return await governor.authorize({ actionType: 'delete_file', target: 'notes/old.md', requester: 'gardener' });
  } finally {
    await governor.close();
  }
};
const asked = async (): Promise<string> => {
  const answer = await authorize();
  if (answer.outcome !== 'refused' || !answer.approval) throw new Error(JSON.stringify(answer));
  return answer.approval.id;
};
const fingerprints = async () =>
  (await run('keys list --json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { fingerprint: string; state: string; yours: boolean });

it('without a key nobody can decide, and everything says how to make one', async () => {
  const validated = await run('policy validate');
  expect(validated.stdout).toMatch(
    /approvals\.toml:1:\d+: warning: .*"ann" has no key, so nothing can be decided in that name \(ggen-mcp keys create --approver ann\)/,
  );
  expect(await authorize()).toMatchObject({ outcome: 'refused' });
  expect(((await authorize()) as { message: string }).message).toContain('without a key: ann (ggen-mcp keys create)');
  expect((await type('keys create --approver ben', [])).stdout).toContain(
    'ben is not a configured approver ([[approvers.user]] names ann)',
  );

  expect((await create()).stdout).toMatch(/made SHA256:\S+ for ann, enrolled in config\/approvers\.allowed_signers/);
  expect((await run('policy validate')).stdout).toContain('0 warnings');
  expect((await create()).stdout).toContain('ann has a key already');
  const id = await asked();
  expect((await run(`approvals approve ${id}`, '/nowhere')).stderr).toContain(
    'a decision is signed, and you have no key here (ggen-mcp keys create --approver ann)',
  );
});

it('a passphrase that is wrong, short or not the same twice makes and decides nothing', async () => {
  const two = [
    [NEW, 'short'],
    [NEW, PASSPHRASE],
    [AGAIN, OTHER],
    [NEW, ''],
  ] as const;
  expect((await type('keys create --approver ann', two)).stdout).toContain(
    'no passphrase was given twice, so no key was made',
  );
  await create();
  const id = await asked();
  const wrong = [
    [CONFIRM, 'wrong wrong'],
    ["wrong; two more tries: passphrase of ann's key: ", 'wrong again'],
    ["wrong; the last try: passphrase of ann's key: ", 'wrong'],
  ] as const;
  const end = await type(`approvals approve ${id}`, wrong);
  expect(end.code).toBe(2);
  expect(end.stdout).toContain("that is not the passphrase of ann's key");
  expect(end.stdout).not.toContain('wrong again');
  const right = [
    [CONFIRM, 'wrong wrong'],
    ["passphrase of ann's key: ", PASSPHRASE],
  ] as const;
  expect((await type(`approvals approve ${id}`, right)).stdout).toContain(`approved ${id}`);
  expect((await authorize()).outcome).toBe('permitted');
});

it('an approval is verified by us and by ssh-keygen, and not after anything of it was changed', async () => {
  await create();
  const id = await asked();
  await type(`approvals approve ${id} --comment fine`, [[CONFIRM, PASSPHRASE]]);
  const end = await run(`approvals verify ${id} --output vote`);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toMatch(/^ann: yes, signed \S+Z with SHA256:\S+\n.* is approved: holds\n$/);
  const verify = [
    '-Y',
    'verify',
    '-f',
    roster(),
    '-I',
    'ann',
    '-n',
    'ggen-approval',
    '-s',
    folder.path('vote.ann.sig'),
  ];
  const check = (input: string) => spawnSync('ssh-keygen', verify, { input, encoding: 'utf8' });
  const statement = readFileSync(folder.path('vote.ann.txt'), 'utf8');
  expect(JSON.parse(statement.split('\n')[1]!)).toMatchObject({
    approval_id: id,
    approved: true,
    approver: 'ann',
    comment: 'fine',
  });
  const good = check(statement);
  if (good.error === undefined) {
    expect(good.stdout).toContain('Good "ggen-approval" signature for ann');
    expect(check(statement.replace('fine', 'fina')).status).not.toBe(0);
  }

  const db = new DatabaseSync(folder.path('.ggen/audit.db'));
  db.exec(`UPDATE approvals SET votes = replace(votes, 'fine', 'fina')`);
  db.close();
  const bent = await run(`approvals verify ${id}`);
  expect(bent.code).toBe(1);
  expect(bent.stdout).toContain('ann: yes, DOES NOT HOLD: ann signed something else');
  expect(bent.stdout).toContain('DOES NOT HOLD\n');
});

it.each([
  ['with no vote at all', "status = 'approved', verified = 1, use_by = decide_by + 100000, decided_at = created_at"],
  [
    'whose quorum was lowered to nothing',
    `status = 'approved', use_by = decide_by + 100000, request = json_set(request, '$.quorum', json('{"required":0,"of":0}'))`,
  ],
])('what the database calls approved %s lets nothing pass, is recorded, and is asked anew', async (_, change) => {
  await create();
  const id = await asked();
  const db = new DatabaseSync(folder.path('.ggen/audit.db'));
  db.exec(`UPDATE approvals SET ${change}`);
  db.close();
  const again = await asked();
  expect(again).not.toBe(id);
  expect(JSON.parse((await run(`approvals show ${id} --json`)).stdout)).toMatchObject({ status: 'revoked' });
  const incidents = await run('audit query --event-type security_incident --json');
  expect(JSON.parse(incidents.stdout)).toMatchObject({
    result: 'denied',
    metadata: { event: 'approval_unproven', approval_id: id },
  });
});

it('a key that was rotated or revoked ends what it approved, at once and in every process', async () => {
  await create();
  const first = await asked();
  await type(`approvals approve ${first}`, [[CONFIRM, PASSPHRASE]]);
  const rotated = await type('keys rotate --approver ann', [
    ['SHA256:', PASSPHRASE],
    [NEW, OTHER],
    [AGAIN, OTHER],
  ]);
  expect(rotated.stdout).toMatch(/SHA256:\S+ counts for ann now, SHA256:\S+ no more/);
  expect(rotated.stdout).toContain('other workspaces may know its key: `ggen-mcp keys revoke` there ends it');
  const second = await asked();
  expect(second).not.toBe(first);
  expect((await run(`approvals verify ${first}`)).stdout).toContain('ann: yes, signed');
  expect((await fingerprints()).map(({ state, yours }) => [state, yours])).toEqual([
    ['revoked', true],
    ['counts', true],
  ]);

  expect((await type(`approvals approve ${second}`, [[CONFIRM, OTHER]])).stdout).toContain(`approved ${second}`);
  // Of a governor that runs already, without watching anything.
  const running = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace, env: env() });
  try {
    const revoked = await type('keys revoke --approver ann', [['to confirm: ', 'revoke']]);
    expect(revoked.stdout).toMatch(/revoked SHA256:\S+ of ann/);
    const answer = await running.authorize({
      actionType: 'delete_file',
      target: 'notes/old.md',
      requester: 'gardener',
    });
    expect(answer).toMatchObject({ outcome: 'refused', message: expect.stringContaining('without a key: ann') });
  } finally {
    await running.close();
  }
  const trail = await run('audit query --json');
  const events = trail.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { metadata: { event: string } }).metadata.event);
  expect(events.filter((event) => event.startsWith('approver_key')).reverse()).toEqual([
    'approver_key_enrolled',
    'approver_key_rotated',
    'approver_key_revoked',
  ]);
});

it('a key is enrolled from elsewhere only with proof, and only once', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'ggen-elsewhere-'));
  try {
    const made = await type(
      'keys create --approver ann --output ann.enrolment',
      [
        [NEW, PASSPHRASE],
        [AGAIN, PASSPHRASE],
      ],
      elsewhere,
    );
    expect(made.stdout).toMatch(/made SHA256:\S+ for ann; ann\.enrolment is for whoever configures/);
    expect((await run('keys list', elsewhere)).stdout).toContain('not enrolled, yours');
    const text = folder.read('ann.enrolment');
    folder.write('ben.enrolment', text.replace(/^ann /, 'ben '));
    expect((await type('keys enrol --from ben.enrolment', [])).stdout).toContain(
      'ben.enrolment is not signed with the key that it names',
    );
    expect((await type('keys enrol --from ann.enrolment', [['to confirm: ', 'no']])).stdout).toContain(
      'nothing enrolled',
    );
    expect((await type('keys enrol --from ann.enrolment', [['to confirm: ', 'enrol']])).stdout).toMatch(
      /enrolled SHA256:\S+ for ann/,
    );
    expect((await type('keys enrol --from ann.enrolment', [['to confirm: ', 'enrol']])).stdout).toContain(
      'that key is enrolled already, for ann',
    );
    const id = await asked();
    cpSync(join(elsewhere, 'keys'), join(home, 'keys'), { recursive: true });
    expect((await type(`approvals approve ${id}`, [[CONFIRM, PASSPHRASE]])).stdout).toContain(`approved ${id}`);
    expect((await authorize()).outcome).toBe('permitted');
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

it('one home serves several workspaces: the key that is rotated in one still decides in the other', async () => {
  await create();
  const [old] = await fingerprints();
  const other = openFolder(
    Object.fromEntries(['governance.toml', 'approvals.toml'].map((name) => [name, folder.read(`config/${name}`)])),
  );
  const there = (line: string, answers: readonly (readonly [string, string])[]): Promise<CommandEnd> =>
    runOnTerminal(`ggen-mcp ${line}`, other.workspace, answers, env());
  try {
    rmSync(join(other.configDir, 'approvers.allowed_signers'));
    const hint = `\`ggen-mcp keys enrol --approver ann\` lets your ${old!.fingerprint} count here`;
    expect((await there('keys rotate --approver ann', [])).stdout).toContain(
      `no key of ann that counts is here (${hint})`,
    );
    expect((await there('keys enrol --approver ann', [['to confirm: ', PASSPHRASE]])).stdout).toContain(
      `enrolled ${old!.fingerprint} for ann`,
    );
    expect((await there('keys enrol --approver ann', [])).stdout).toContain(
      `your ${old!.fingerprint} of ann is enrolled already`,
    );
    const rotated = await there('keys rotate --approver ann', [
      ['SHA256:', PASSPHRASE],
      [NEW, OTHER],
      [AGAIN, OTHER],
    ]);
    const next = /(SHA256:\S+) counts for ann now/.exec(rotated.stdout)![1]!;

    // The newest key of the home is not the one that counts here.
    expect((await create()).stdout).toContain(`keys enrol --approver ann\` lets your ${next} count here`);
    const id = await asked();
    expect((await type(`approvals approve ${id}`, [[CONFIRM, PASSPHRASE]])).stdout).toContain(`approved ${id}`);
    expect((await authorize()).outcome).toBe('permitted');
    const late = await asked();
    await type('keys revoke --approver ann', [['to confirm: ', 'revoke']]);
    // Of a key that counts no more, nothing is asked.
    const ended = await type(`approvals approve ${late} --as ann`, []);
    expect(ended.stdout).toContain('your key of ann does not count here (`ggen-mcp keys enrol --approver ann`');
    await type('keys enrol --approver ann', [['to confirm: ', OTHER]]);
    const again = await asked();
    expect((await type(`approvals approve ${again}`, [[CONFIRM, OTHER]])).stdout).toContain(`approved ${again}`);
    expect((await authorize()).outcome).toBe('permitted');
  } finally {
    other.remove();
  }
});

it('an SSH key decides once it is enrolled', async () => {
  const ssh = join(home, 'id');
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ssh]);
  if (made.error) return;
  await create();
  const id = await asked();
  expect((await type(`approvals approve ${id} --ssh-key ${ssh}`, [])).stdout).toContain('is not enrolled');
  expect((await type(`keys enrol --approver ann --ssh-key ${ssh}`, [['to confirm: ', 'enrol']])).stdout).toMatch(
    /enrolled SHA256/,
  );
  const left = await type(`approvals approve ${id} --ssh-key ${ssh}`, [['Type approve to confirm: ', 'no']]);
  expect(left.stdout).toContain('nothing decided');
  const end = await type(`approvals approve ${id} --ssh-key ${ssh}`, [['Type approve to confirm: ', 'approve']]);
  expect(end.stdout).toContain(`approved ${id}`);
  expect((await run(`approvals verify ${id}`)).code).toBe(0);
  expect((await authorize()).outcome).toBe('permitted');
});

it('a file of keys that can not be used lets nothing be decided, and says which line', async () => {
  await create();
  const id = await asked();
  await type(`approvals approve ${id}`, [[CONFIRM, PASSPHRASE]]);
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace, env: env() });
  try {
    const good = readFileSync(roster(), 'utf8');
    writeFileSync(roster(), `${good}ann ssh-rsa AAAA\n`);
    expect((await run('policy validate')).stdout).toContain(
      'config/approvers.allowed_signers:2:1: error: that is no Ed25519 key in OpenSSH form',
    );
    const action = { actionType: 'delete_file', target: 'notes/old.md', requester: 'gardener' };
    expect(await governor.authorize(action)).toMatchObject({ outcome: 'refused' });
    writeFileSync(roster(), good);
    expect(await governor.authorize(action)).toMatchObject({ outcome: 'permitted', approvalId: id });
  } finally {
    await governor.close();
  }
});
