// What a user types so that people are told and agents decide: keys, a worker, what was given up.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommandLine } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';

const GOVERNANCE = `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.gardener]
can_write = ["notes/*"]
`;
const ASK = 'ggen-mcp approvals request --action-type write_file --target notes/a.md --requester gardener --content x';
let folder: Folder;
let server: Server;
let status: number;
let bodies: string[];

beforeEach(async () => {
  status = 200;
  bodies = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  folder = openFolder({
    'governance.toml': GOVERNANCE,
    'approvals.toml': `[approvals]
link = "https://approvals.example.com/{id}"
[approvals.webhooks]
enabled = true
[[approvals.webhooks.endpoint]]
url = "http://127.0.0.1:${port}/hook"
events = ["approval_required"]
allow_private = true
[[approvers.user]]
id = "admin"
can_approve = ["*"]
[[approvers.agent]]
id = "security_agent"
can_approve = ["files"]
auto_approve = true
`,
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  folder.remove();
});
const run = (line: string) => runCommandLine(line, folder.workspace);

it('a request is sent at once, what is given up is listed and tried again', async () => {
  status = 400;
  const asked = await run(ASK);
  expect(asked).toMatchObject({ code: 0 });
  const id = asked.stdout.trim();
  expect(bodies).toHaveLength(1);
  expect(JSON.parse(bodies[0]!)).toMatchObject({
    type: 'approval_required',
    data: { approval: { id, requester: 'gardener' }, link: `https://approvals.example.com/${id}` },
  });
  const dead = await run('ggen-mcp approvals deliveries --dead');
  expect(dead.stdout).toMatch(
    /approval_required to 127\.0\.0\.1:\d+, request .*, given up after 1 tries: 127\.0\.0\.1:\d+ answered 400/,
  );
  const [json] = (await run('ggen-mcp approvals deliveries --dead --json')).stdout.trim().split('\n');
  const job = JSON.parse(json!) as { id: string };
  expect(job).toMatchObject({ state: 'dead', approval_id: id, event: 'approval_required', attempts: 1 });
  expect((await run('ggen-mcp approvals redeliver')).code).toBe(2);
  expect((await run('ggen-mcp approvals redeliver nothing')).stderr).toContain('no message nothing was given up');
  status = 200;
  expect(await run(`ggen-mcp approvals redeliver ${job.id}`)).toMatchObject({ code: 0, stdout: '1 tried again\n' });
  expect(bodies).toHaveLength(2);
  expect((await run('ggen-mcp approvals deliveries --dead')).stdout).toBe('none given up\n');
});

it('what waits and what was given up is listed, however many timers stand before it', async () => {
  status = 503;
  const id = (await run(ASK)).stdout.trim();
  const fill = (state: string): void => {
    const db = new DatabaseSync(`${folder.workspace}/.ggen/audit.db`, { timeout: 20_000 });
    // The next due, and the newest.
    db.exec(`INSERT INTO jobs (id, kind, state, due_at, attempts, subject, payload, created_at)
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
      SELECT '${state}' || i, CASE i % 3 WHEN 0 THEN 'approval_timer' WHEN 1 THEN 'approval_reminder'
        ELSE 'approval_escalation' END, '${state}', 1, 0, 'x', '{}', 9000000000000 FROM n`);
    db.close();
  };
  fill('waiting');
  const waiting = await run('ggen-mcp approvals deliveries');
  expect(waiting.stdout.trim().split('\n')).toHaveLength(1);
  expect(waiting.stdout).toMatch(new RegExp(`approval_required to 127.0.0.1:\\d+, request ${id}, due `));
  const db = new DatabaseSync(`${folder.workspace}/.ggen/audit.db`, { timeout: 20_000 });
  db.exec("DELETE FROM jobs WHERE subject = 'x'; UPDATE jobs SET state = 'dead' WHERE kind = 'approval_notice'");
  db.close();
  fill('dead');
  const dead = await run('ggen-mcp approvals deliveries --dead');
  expect(dead.stdout.trim().split('\n')).toHaveLength(1);
  expect(dead.stdout).toContain(`request ${id}, given up`);
  status = 200;
  expect(await run('ggen-mcp approvals redeliver --all')).toMatchObject({ code: 0, stdout: '1 tried again\n' });
  expect(bodies).toHaveLength(2);
});

it('an agent decides once it has a key that needs no passphrase, and only an agent can have one', async () => {
  const person = await run('ggen-mcp keys create --approver admin --unattended');
  expect(person).toMatchObject({ code: 2 });
  expect(person.stderr).toContain('admin is no agent that approves ([[approvers.agent]] names security_agent');
  expect((await run('ggen-mcp policy validate')).stdout).toContain(
    '"security_agent" has no key, so nothing can be decided in that name (ggen-mcp keys create --approver security_agent --unattended)',
  );
  const made = await run('ggen-mcp keys create --approver security_agent --unattended');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const id = (await run(ASK)).stdout.trim();
  expect(await run('ggen-mcp worker --once')).toMatchObject({ code: 0 });
  const shown = await run(`ggen-mcp approvals show ${id}`);
  expect(shown.stdout).toContain('security_agent (agent): yes: inspectors found nothing');
  expect((await run(`ggen-mcp approvals verify ${id}`)).code).toBe(0);
  expect((await run(`ggen-mcp approvals wait ${id}`)).stdout).toBe('approved\n');
});

it('what fails is told by the worker, and kept for the next try', async () => {
  const id = (await run(ASK)).stdout.trim();
  const db = new DatabaseSync(folder.path('.ggen/audit.db'));
  db.exec("UPDATE jobs SET due_at = 0 WHERE kind = 'approval_timer'; UPDATE approvals SET request = '{'");
  const end = await run('ggen-mcp worker --once');
  expect(end.stderr).toMatch(new RegExp(`^ggen-mcp worker: approval_timer of ${id} is tried again later: .+\\n$`));
  expect(end.stderr).not.toContain('    at ');
  const [job] = db.prepare("SELECT attempts, last_error FROM jobs WHERE kind = 'approval_timer'").all();
  expect(job).toMatchObject({ attempts: 1, last_error: expect.stringContaining('JSON') });
  db.close();
});
