import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalManager, Operation } from '../../src/index.ts';
import { CONFIRM, ownKey, PASSPHRASE } from '../support/approvers.ts';
import { runCommandLine, runOnTerminal } from './command-line.ts';
import { type Folder, openFolder } from './folder.ts';
import { readGuide } from './guide.ts';
import { commandLines } from './inventory.ts';

/** Every command line of the guide as written, with what is to be seen when it runs. */
const COMMANDS: Readonly<Record<string, (line: string) => Promise<void>>> = {
  'ggen-mcp approvals list --pending': async (line) => {
    const id = await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(new RegExp(`^${id} .*pending.*template_executor.*publish_template rest-api-auth`, 'm'));
  },
  'ggen-mcp approvals show <approval-id>': async (line) => {
    const id = await request();
    const end = await runCommandLine(withId(line, id), folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    for (const shown of [id, 'publish_template rest-api-auth', 'template_executor', 'Publishing validated template'])
      expect(end.stdout).toContain(shown);
  },
  'ggen-mcp approvals approve <approval-id> --comment "LGTM"': (line) => decides(line, 'approved', 'LGTM'),
  'ggen-mcp approvals reject <approval-id> --reason "Security concerns"': (line) =>
    decides(line, 'rejected', 'Security concerns'),
  'ggen-mcp audit tail --lines 100': async (line) => {
    await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/pending .*approval_requested .*template_executor .*publish_template .*rest-api-auth/);
  },
  'ggen-mcp audit query --event-type policy_violation --last 24h': async (line) => {
    await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stdout: '', stderr: 'no entry matches\n' });
    const other = await runCommandLine(line.replace('policy_violation', 'approval_request'), folder.workspace);
    expect(other.stdout).toMatch(/publish_template/);
  },
  'ggen-mcp audit export --format json --output audit-2024-10.json': async (line) => {
    const nothing = await runCommandLine(line, folder.workspace);
    expect(nothing).toMatchObject({ code: 2, stderr: 'ggen-mcp audit export: nothing is recorded yet\n' });
    await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/^wrote audit-2024-10\.json: 1 entry, proof in audit-2024-10\.json\.proof\/, sha256 /);
    expect(JSON.parse(readFileSync(folder.path('audit-2024-10.json'), 'utf8'))).toMatchObject([
      { seq: 1, event_type: 'approval_request', operation: { name: 'publish_template' } },
    ]);
    const key = await runCommandLine('ggen-mcp audit key', folder.workspace);
    writeFileSync(folder.path('key'), key.stdout);
    const verify = 'ggen-mcp audit verify-export audit-2024-10.json --key key';
    expect(await runCommandLine(verify, folder.workspace)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^holds: 1 entry of 1 in /),
    });
  },
  'ggen-mcp audit stats --group-by event_type --last 7d': async (line) => {
    await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/^event_type +recorded .*pending\n(.*\n)*approval_request +1 /);
  },
  'ggen-mcp audit report --from "2024-10-01" --to "2024-10-31" --output reports/october-audit.html': async (line) => {
    await request();
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(folder.path('reports/october-audit.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/i);
  },
  'ggen-mcp audit compliance --standard "ISO27001" --output compliance-report.pdf': notYet('compliance-report.pdf'),
  'ggen-mcp security scan --full': async (line) => {
    folder.write('settings.ini', 'password = "kX9#mQ2$vL7!abc"\n');
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(end.stdout).toMatch(/settings\.ini:1:1 .*secret-assignment/);
  },
  'ggen-mcp security report --output security-report.pdf --include-recommendations': notYet('security-report.pdf'),
};

/** Commands of other programs that the guide names. */
const FOREIGN = ['cargo audit', 'cargo update'];

let folder: Folder;
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => folder.remove());

describe('the command lines of the guide', () => {
  for (const [line, run] of Object.entries(COMMANDS)) it(line, () => run(line));

  const guide = readGuide();
  if (guide) {
    it('are all here', () => {
      const lines = guide.filter((block) => block.language === 'bash').flatMap((block) => commandLines(block.text));
      expect(lines).toEqual([...Object.keys(COMMANDS), ...FOREIGN]);
    });
  }
});

async function request(): Promise<string> {
  const manager = await ApprovalManager.fromConfig(folder.path('config/approvals.toml'), {
    workspace: folder.workspace,
  });
  const id = await manager.requestApproval({
    operation: Operation.publishTemplate({ templateId: 'rest-api-auth' }),
    requester: 'template_executor',
    justification: 'Publishing validated template to marketplace',
  });
  await manager.close();
  return id;
}

function withId(line: string, id: string): string {
  return line.replace('<approval-id>', id);
}

/** Without a terminal nothing is decided; at a terminal the person confirms, and the request has the comment. */
async function decides(line: string, status: string, comment: string): Promise<void> {
  const id = await request();
  const headless = await runCommandLine(withId(line, id), folder.workspace);
  expect(headless.code).toBe(2);
  // Of another workspace's key, where this home has one already.
  expect(headless.stderr).toMatch(
    /^ggen-mcp approvals \w+: a decision is signed, and (?:you have no key.*keys create|your key of admin does not count here.*keys enrol)/,
  );
  await ownKey(folder.configDir, 'admin');
  const keyed = await runCommandLine(withId(line, id), folder.workspace);
  expect(keyed.code).toBe(2);
  expect(keyed.stderr).toMatch(/^ggen-mcp approvals \w+: .*terminal.*\n$/);
  expect(await show(id)).toMatchObject({ status: 'pending' });

  const declined = await runOnTerminal(withId(line, id), folder.workspace, [[CONFIRM, '']]);
  expect(declined.code).toBe(1);
  expect(await show(id)).toMatchObject({ status: 'pending' });

  const decided = await runOnTerminal(withId(line, id), folder.workspace, [[CONFIRM, PASSPHRASE]]);
  expect(decided.code).toBe(0);
  expect(await show(id)).toMatchObject({ status, comment, verified: true });
}

async function show(id: string): Promise<unknown> {
  return JSON.parse((await runCommandLine(`ggen-mcp approvals show ${id} --json`, folder.workspace)).stdout);
}

/** A command of a later version: one line that says so, exit code 2, and no file. */
function notYet(output?: string): (line: string) => Promise<void> {
  return async (line) => {
    const end = await runCommandLine(line, folder.workspace);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/^ggen-mcp: (audit|security) \w+ is not available yet: .+\n$/);
    if (output !== undefined) expect(existsSync(folder.path(output))).toBe(false);
  };
}
