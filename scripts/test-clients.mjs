// npm run test:clients: the real Claude Code, headless, over a scripted model on loopback, with the hooks as `install`
// writes them. Whether a tool ran is read off the disk. Exits 1 where a case differs; 0 where no client is to be had.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serveScript } from '../test/clients/scripted-anthropic.mjs';
import { bootstrap, ROOT } from './lib/bootstrap.mjs';

const CLIENT = '@anthropic-ai/claude-code@2.1.330';
const SCRATCH = join(tmpdir(), 'ggen-clients');
const LAUNCHER = join(ROOT, 'bin', 'ggen-mcp');
const POLICY = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["touch ran"]
require_approval = ["touch asked"]

[policies.agents.claude-code]
can_read = ["*"]
`;
const ASKING = `${POLICY}\n[gateway.claude_code]\ninteractive_ask = true\n`;

/** `file`: what the tool would leave behind; `ran`: whether it must have, after each run of the client. */
const CASES = [
  { name: 'allowed', file: 'ran', ran: [true] },
  { name: 'denied', file: 'other', ran: [false], says: /Denied by policy/ },
  { name: 'ask, with nobody at a prompt', file: 'asked', policy: ASKING, ran: [false] },
  { name: 'approved by a person: runs once', file: 'asked', approve: true, ran: [false, true, false] },
  { name: 'hook crashes (exit 1)', file: 'ran', hook: 'process.exit(1)', ran: [false] },
  { name: 'hook hangs beyond its time-out', file: 'ran', hook: 'setTimeout(() => 0, 20000)', timeout: 2, ran: [false] },
  { name: 'hook program missing', file: 'ran', hook: null, ran: [false] },
  { name: 'malformed policy', file: 'ran', broken: true, ran: [false], says: /can't be judged/ },
];

await bootstrap();
const client = installClient();
if (!client) {
  console.log(`not run: ${CLIENT} could not be installed`);
  process.exit(0);
}
console.log(`${CLIENT}\n\n| case | must run | ran | |\n| --- | --- | --- | --- |`);
const { openSystem } = await import('../dist/compose/index.js');
for (const one of CASES) {
  const { ran, said } = await runCase(one);
  const good = ran.join() === one.ran.join() && (one.says?.test(said) ?? true);
  const words = (list) => list.map((yes) => (yes ? 'yes' : 'no')).join(', then ');
  console.log(`| ${one.name} | ${words(one.ran)} | ${words(ran)} | ${good ? 'as it must' : 'DIFFERS'} |`);
  if (good) continue;
  process.exitCode = 1;
  console.error(said.slice(0, 1000));
}

function installClient() {
  mkdirSync(SCRATCH, { recursive: true });
  const program = join(SCRATCH, 'node_modules', '.bin', 'claude');
  const version = CLIENT.split('@').at(-1);
  const manifest = join(SCRATCH, 'node_modules', '@anthropic-ai', 'claude-code', 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) return program;
  const { status } = spawnSync('npm', ['i', '--no-audit', '--no-fund', '--prefix', SCRATCH, CLIENT], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0 && existsSync(program) ? program : undefined;
}

async function runCase(one) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-client-')));
  const work = join(top, 'work');
  const place = { configDir: join(work, 'config'), workspace: work, home: join(top, 'home'), env: {} };
  mkdirSync(place.configDir, { recursive: true });
  mkdirSync(place.home);
  writeFileSync(join(place.configDir, 'governance.toml'), one.policy ?? POLICY);
  const server = await serveScript(() => [{ tool: 'Bash', input: { command: `touch ${one.file}` } }]);
  try {
    installHooks(one, place, top);
    if (one.broken) writeFileSync(join(place.configDir, 'governance.toml'), '[policies\n');
    const ran = [];
    for (let turn = 0; turn < one.ran.length; turn += 1) {
      rmSync(join(work, one.file), { force: true });
      await runClient(place, server.url);
      ran.push(existsSync(join(work, one.file)));
      if (one.approve && turn === 0) await approve(place);
    }
    return { ran, said: JSON.stringify(server.results) };
  } finally {
    server.close();
    rmSync(top, { recursive: true, force: true });
  }
}

/** By the real command; then what a case breaks is broken in what was written. */
function installHooks(one, place, top) {
  const args = [LAUNCHER, 'install', 'claude-code', '--project', '--config', place.configDir];
  const { status, stderr } = spawnSync(process.execPath, [...args, '--workspace', place.workspace], {
    cwd: place.workspace,
    env: { PATH: process.env.PATH, HOME: place.home },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`install: ${stderr}`);
  if (one.hook === undefined) return;
  const path = join(place.workspace, '.claude', 'settings.json');
  const settings = JSON.parse(readFileSync(path, 'utf8'));
  const hook = settings.hooks.PreToolUse[0].hooks[0];
  const file = join(top, 'hook.cjs');
  if (one.hook) writeFileSync(file, one.hook);
  // without `|| exit 2`: here onFailure alone must block
  hook.command = one.hook ? `${process.execPath} ${file}` : join(top, 'nothing-here');
  if (one.timeout) hook.timeout = one.timeout;
  writeFileSync(path, JSON.stringify(settings));
}

function runClient(place, url) {
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: place.home,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-ant-dummy',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
  };
  const args = ['-p', 'clean up', '--output-format', 'json', '--allowedTools', 'Bash,Write,Read'];
  return new Promise((resolve) => {
    const child = execFile(client, args, { cwd: place.workspace, env, timeout: 90_000 }, () => resolve());
    child.stdin.end();
  });
}

async function approve(place) {
  const system = await openSystem(place);
  try {
    const [request] = system.desk.list({ pending: true, limit: 1 });
    await system.desk.decide({ approvalId: request.id, approved: true, approver: 'owner', via: 'test' });
  } finally {
    await system.close();
  }
}
