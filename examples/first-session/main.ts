// What `npm start` shows: an agent works on a small folder through two MCP servers, every call of it governed.
//   npm start                 begins afresh
//   npm start -- --resume     makes the last call again, after its request was decided elsewhere
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { ask, runOnTerminal } from './command-line.ts';
import { type CallEnd, type GovernedServer, openGovernedServer } from './governed-client.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(dirname(HERE));
const WORKSPACE = process.env.GGEN_DEMO_DIR ?? join(ROOT, '.ggen-demo');
const GGEN_MCP = join(ROOT, 'bin', 'ggen-mcp');
const DOOMED = 'notes/old-draft.md';

const person = Boolean(process.stdin.isTTY && process.stdout.isTTY);
const resume = process.argv.includes('--resume') && existsSync(WORKSPACE);
const say = (text = ''): void => console.log(text);

if (!resume) prepareWorkspace();
say('An agent named "demo" works in .ggen-demo/ through two MCP servers behind ggen-mcp proxy.');
say('Its policy is .ggen-demo/config/governance.toml: it may read everything, and write and delete in notes/ only.\n');
const files = await open('filesystem', filesystemServer());
const cleanup = await open('cleanup', [process.execPath, join(HERE, 'cleanup-server.ts'), WORKSPACE]);
try {
  if (!resume) await workAlong(files);
  await deleteDraft(cleanup);
} finally {
  await Promise.all([files.close(), cleanup.close()]);
}
say('\nWhat the audit trail has of it (ggen-mcp audit tail):\n');
say(await ask(GGEN_MCP, WORKSPACE, ['audit', 'tail', '--lines', '30']));
say('\nMore: README.md has a five-minute tutorial.');

function prepareWorkspace(): void {
  rmSync(WORKSPACE, { recursive: true, force: true });
  mkdirSync(WORKSPACE);
  cpSync(join(HERE, 'workspace'), WORKSPACE, { recursive: true });
}

/** The reference MCP server for files, let loose on the whole folder: only the policy bounds the agent. */
function filesystemServer(): string[] {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json');
  return [process.execPath, join(dirname(manifest), 'dist', 'index.js'), WORKSPACE];
}

function open(server: string, command: readonly string[]): Promise<GovernedServer> {
  const waitSeconds = person ? 3600 : 0;
  return openGovernedServer({ ggenMcp: GGEN_MCP, workspace: WORKSPACE, server, command, waitSeconds });
}

async function workAlong(server: GovernedServer): Promise<void> {
  show('reads notes/plan.md', await server.call('read_text_file', { path: 'notes/plan.md' }));
  const summary = { path: 'notes/summary.md', content: 'Beans in May, garlic in October.\n' };
  show('writes notes/summary.md', await server.call('write_file', summary));
  const readme = { path: 'README.md', content: 'Mine now.\n' };
  show('writes README.md, outside notes/', await server.call('write_file', readme));
}

function show(what: string, end: CallEnd): void {
  say(`  agent ${what}`);
  verdict(end.refused ? 'REFUSED' : 'allowed', end.text.trim());
}

/** What became of a call, and what the agent was told, in lines that fit a terminal. */
function verdict(word: string, told: string): void {
  const lines = [''];
  for (const part of told.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + part.length > 90) lines.push(part);
    else lines[lines.length - 1] = line === '' ? part : `${line} ${part}`;
  }
  say(`    ${word.padEnd(8)} ${lines.join(`\n${' '.repeat(13)}`)}\n`);
}

/** The call that a person decides on. */
async function deleteDraft(server: GovernedServer): Promise<void> {
  const calling = server.call('delete_file', { path: DOOMED }, () => {});
  if (!person) return showHeadless(await calling);
  const id = await pendingRequest(calling);
  if (id === undefined) return show(`deletes ${DOOMED}`, await calling);
  say(`  agent deletes ${DOOMED}`);
  verdict('WAITS', `for a person: request ${id}`);
  if ((await decide(id)) === 'left') {
    say(`\nLeft waiting.${howToDecide(id)}`);
    return void calling.catch(() => undefined);
  }
  say();
  show(`hears of its delete of ${DOOMED}`, await calling);
}

async function showHeadless(end: CallEnd): Promise<void> {
  if (!end.refused) return show(`deletes ${DOOMED}`, end);
  const id = await pendingRequest(Promise.resolve(end));
  if (id === undefined) return show(`deletes ${DOOMED}`, end);
  say(`  agent deletes ${DOOMED}`);
  verdict('WAITS', end.text);
  say('There is no terminal here, so nobody can decide now. The request stays, also over a restart:\n');
  say(await ask(GGEN_MCP, WORKSPACE, ['approvals', 'list', '--pending']));
  say(howToDecide(id));
}

function howToDecide(id: string): string {
  return [
    '',
    'To decide it, in a terminal:',
    '  cd .ggen-demo',
    `  ../bin/ggen-mcp keys create --approver ${userInfo().username}     # once: decisions are signed`,
    `  ../bin/ggen-mcp approvals show ${id}`,
    `  ../bin/ggen-mcp approvals approve ${id}`,
    'and then, in the repository, let the agent make the same call again:',
    '  npm start -- --resume',
  ].join('\n');
}

/** The id of the request that the delete waits for; undefined where the call ended without leaving one. */
async function pendingRequest(calling: Promise<CallEnd>): Promise<string | undefined> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  calling.then(end, end);
  for (;;) {
    const last = ended;
    const line = (await ask(GGEN_MCP, WORKSPACE, ['approvals', 'list', '--pending', '--json'])).split('\n')[0];
    if (line) return (JSON.parse(line) as { id: string }).id;
    if (last) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The person chooses; the real command shows the request and asks for confirmation at the terminal. */
async function decide(id: string): Promise<'decided' | 'left'> {
  for (;;) {
    const choice = await askPerson('Your decision: [a]pprove, [r]eject, or [l]eave it waiting? ');
    if (choice === undefined || choice.startsWith('l')) return 'left';
    const verb = { a: 'approve', r: 'reject' }[choice[0] ?? ''];
    if (verb && (await haveKey()) && (await runOnTerminal(GGEN_MCP, WORKSPACE, ['approvals', verb, id])) === 0)
      return 'decided';
  }
}

/** Decisions are signed. The first time, the person makes a key; later, the one that is there is enrolled again. */
async function haveKey(): Promise<boolean> {
  const mine = (await ask(GGEN_MCP, WORKSPACE, ['keys', 'list', '--json']))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { approver: string; state: string; yours: boolean })
    .filter((key) => key.yours);
  if (mine.some((key) => key.state === 'counts')) return true;
  const { username } = userInfo();
  const verb = mine.some((key) => key.approver === username && key.state === 'not enrolled') ? 'enrol' : 'create';
  if (verb === 'create') say('\nA decision is signed: this makes your key, once.');
  return (await runOnTerminal(GGEN_MCP, WORKSPACE, ['keys', verb, '--approver', username])) === 0;
}

/** The line typed; undefined at Ctrl-C or Ctrl-D. */
async function askPerson(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<undefined>((resolve) => {
    lines.once('close', () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(question).then((line) => line.trim()), closed]);
  } finally {
    lines.close();
  }
}
