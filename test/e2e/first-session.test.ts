import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandEnd, runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { ROOT } from '../guide/guide.ts';
import { CONFIRM, PASSPHRASE } from '../support/approvers.ts';

let folder: Folder;
let session: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = openFolder({});
  session = folder.path('session');
  // The MCP client of the example hands HOME on, and little else.
  const { GGEN_HOME: _, ...rest } = process.env;
  env = { ...rest, HOME: join(folder.workspace, 'home'), GGEN_DEMO_DIR: session };
});
afterEach(() => folder.remove());

const LINE = `"${process.execPath}" "${join(ROOT, 'examples/first-session/main.ts')}"`;
const CHOICE = 'Your decision: ';
/** The person's key is made at the first decision. */
const MAKE_KEY = [
  ["'s key (8 characters or more): ", PASSPHRASE],
  ['the same once more: ', PASSPHRASE],
] as const;
const ENROLLED = 'approver_key_enrolled change_approver_keys';
const draft = () => existsSync(join(session, 'notes/old-draft.md'));

/** What the audit trail of the session holds, oldest first: event and operation. */
async function trail(): Promise<string[]> {
  const end = await runCommandLine('ggen-mcp audit tail --lines 100 --json', session, env);
  return (
    end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { metadata: { event: string }; operation: { name: string } })
      .map((entry) => `${entry.metadata.event} ${entry.operation.name}`)
      // Each proxy that runs notices the new key in its own time.
      .filter((event) => event !== 'policy_reloaded change_policy')
  );
}

const WORK = [
  'attempt read_file',
  'outcome read_file',
  'attempt write_file',
  'outcome write_file',
  'refused write_file',
  'approval_requested delete_file',
];
const DELETED = ['approval_consumed delete_file', 'attempt delete_file', 'outcome delete_file'];

function expectWork({ stdout }: CommandEnd): void {
  expect(stdout).toMatch(/reads notes\/plan\.md\s+allowed/);
  expect(stdout).toMatch(/writes notes\/summary\.md\s+allowed/);
  expect(stdout).toMatch(
    /writes README\.md, outside notes\/\s+REFUSED[^[]*\[policies\.agents\.demo\.can_write\s+config\/governance\.toml:\d+\]/,
  );
  expect(stdout).toMatch(/deletes notes\/old-draft\.md\s+WAITS/);
}

describe('npm start', () => {
  it('without a terminal shows the pending delete, how to decide it, and ends well', async () => {
    const end = await runCommandLine(LINE, folder.workspace, env);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expectWork(end);
    const id = /approvals approve (\S+)$/m.exec(end.stdout)?.[1];
    expect(end.stdout).toMatch(new RegExp(`^${id} +pending .*delete_file notes/old-draft.md$`, 'm'));
    expect(await trail()).toEqual(WORK);

    const create = /keys create --approver (\S+)/.exec(end.stdout)?.[0];
    expect((await runOnTerminal(`ggen-mcp ${create}`, session, MAKE_KEY, env)).code).toBe(0);
    const decided = await runOnTerminal(`ggen-mcp approvals approve ${id}`, session, [[CONFIRM, PASSPHRASE]], env);
    expect(decided.code).toBe(0);
    expect(draft()).toBe(true);
    const resumed = await runCommandLine(`${LINE} --resume`, folder.workspace, env);
    expect(resumed.stdout).toMatch(/deletes notes\/old-draft\.md\s+allowed/);
    expect(draft()).toBe(false);
    expect(await trail()).toEqual([...WORK, ENROLLED, 'approval_approved delete_file', ...DELETED]);
  });

  it('at a terminal deletes once the person approved', async () => {
    const end = await runOnTerminal(LINE, folder.workspace, [[CHOICE, 'a'], ...MAKE_KEY, [CONFIRM, PASSPHRASE]], env);
    expect(end.code).toBe(0);
    expectWork(end);
    expect(draft()).toBe(false);
    expect(await trail()).toEqual([...WORK, ENROLLED, 'approval_approved delete_file', ...DELETED]);
  });

  it('the next time takes the key that the person has', async () => {
    const first = [[CHOICE, 'r'], ...MAKE_KEY, [CONFIRM, PASSPHRASE]] as const;
    await runOnTerminal(LINE, folder.workspace, first, env);
    const again = [
      [CHOICE, 'a'],
      ['Its passphrase to confirm: ', PASSPHRASE],
      [CONFIRM, PASSPHRASE],
    ] as const;
    expect((await runOnTerminal(LINE, folder.workspace, again, env)).code).toBe(0);
    expect(draft()).toBe(false);
  });

  it('at a terminal deletes nothing where the person rejected', async () => {
    const answers = [[CHOICE, 'what?'], [CHOICE, 'r'], ...MAKE_KEY, [CONFIRM, PASSPHRASE]] as const;
    const end = await runOnTerminal(LINE, folder.workspace, answers, env);
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/REFUSED\s+Rejected by/);
    expect(draft()).toBe(true);
    expect(await trail()).toEqual([...WORK, ENROLLED, 'approval_rejected delete_file', 'refused delete_file']);
  });

  it('leaves the request waiting where the person leaves it', async () => {
    const end = await runOnTerminal(LINE, folder.workspace, [[CHOICE, 'l']], env);
    expect(end.code).toBe(0);
    expect(await trail()).toEqual(WORK);
    const pending = await runCommandLine('ggen-mcp approvals list --pending', session, env);
    expect(pending.stdout).toContain('delete_file notes/old-draft.md');
  });
});
