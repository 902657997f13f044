// What `ggen-mcp proxy` adds to a tool call on stdio: server-everything's echo, one call after the other, through the
// official client, directly and through the proxy, in one run, round by round in turn. Recording attempt and outcome
// is part of it. Beside it, what one bare durable commit of the same driver on the same disk adds to a direct call, and
// what it costs back to back, where caches are warm and nothing sleeps in between.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const ROOT = resolve(import.meta.dirname, '../..');
const SERVER = [process.execPath, join(ROOT, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js')];
const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 5 : 30;
const CALLS = 150;
const GOAL_OS_MS = 0.15;
const GOAL_DISK_COMMITS = 1.6;

interface Lane {
  readonly name: string;
  /** one measured step */
  step(): Promise<unknown> | undefined;
  close(): Promise<unknown> | undefined;
  readonly times: number[];
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-bench-proxy-')));
try {
  const direct = await connect('direct', SERVER);
  const lanes = [
    direct,
    await connect('proxy, durability "os"', proxied('os')),
    await connect('proxy, durability "disk"', proxied('disk')),
    await connect('pipe with a bare durable commit', committingPipe()),
    bareCommit('direct, after a bare durable commit', direct),
    bareCommit('bare durable commits, back to back'),
  ];
  for (const lane of lanes) for (let i = 0; i < 300; i += 1) await lane.step();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < lanes.length; turn += 1) await measure(lanes[(turn + round) % lanes.length]!);
  }
  for (const lane of lanes) await lane.close();
  report(lanes);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(lane: Lane): Promise<void> {
  for (let i = 0; i < 10; i += 1) await lane.step(); // wakes it up
  for (let i = 0; i < CALLS; i += 1) {
    const start = performance.now();
    await lane.step();
    lane.times.push(performance.now() - start);
  }
}

async function connect(name: string, command: readonly string[]): Promise<Lane> {
  const [program = '', ...args] = command;
  const client = new Client({ name: 'bench', version: '1' }, { capabilities: {} });
  await client.connect(new StdioClientTransport({ command: program, args, cwd: folder, stderr: 'inherit' }));
  const call = { name: 'echo', arguments: { message: 'hello from the benchmark' } };
  const first = await client.callTool(call);
  if (first.isError) throw new Error(`${name}: ${JSON.stringify(first.content)}`);
  return { name, times: [], step: () => client.callTool(call), close: () => client.close() };
}

/** The floor: a pipe that does nothing but one bare durable commit for each call. */
function committingPipe(): string[] {
  return [
    process.execPath,
    fileURLToPath(new URL('./committing-pipe.mjs', import.meta.url)),
    join(folder, 'pipe.db'),
    ...SERVER,
  ];
}

/** A workspace of its own with a policy that lets the agent call the server's tools. */
function proxied(durability: 'os' | 'disk'): string[] {
  const workspace = join(folder, durability);
  const config = join(workspace, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(
    join(config, 'governance.toml'),
    '[policies]\nversion = "1.0"\nenforcement_mode = "strict"\n\n[policies.agents.bench]\ncan_read = ["*"]\ncan_call = ["everything/*"]\n',
  );
  writeFileSync(join(config, 'audit.toml'), `[audit]\nenabled = true\ndurability = "${durability}"\n`);
  const proxy = [join(ROOT, 'bin/ggen-mcp'), 'proxy', '--config', config, '--workspace', workspace, '--agent', 'bench'];
  return [process.execPath, ...proxy, '--', ...SERVER];
}

/** A row as long as two audit entries, in a durable transaction of its own; then a direct call, where one is given. */
function bareCommit(name: string, direct?: Lane): Lane {
  const db = new DatabaseSync(join(folder, `bare-${direct ? 'paced' : 'hot'}.db`));
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entry (seq INTEGER PRIMARY KEY, body TEXT)',
  );
  const begin = db.prepare('BEGIN IMMEDIATE');
  const insert = db.prepare('INSERT INTO entry (body) VALUES (?)');
  const commit = db.prepare('COMMIT');
  const body = 'x'.repeat(1500);
  const step = (): Promise<unknown> | undefined => {
    begin.run();
    insert.run(body);
    commit.run();
    return direct?.step();
  };
  return {
    name,
    times: [],
    step,
    close: () => {
      db.close();
      return undefined;
    },
  };
}

function report(all: readonly Lane[]): void {
  const at = (lane: Lane, share: number): number => {
    const sorted = [...lane.times].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  };
  const [direct, os, disk, pipe, paced, hot] = all as [Lane, Lane, Lane, Lane, Lane, Lane];
  const added = (lane: Lane): number => at(lane, 0.5) - at(direct, 0.5);
  console.log(`sequential tools/call echo, ${ROUNDS} rounds of ${CALLS}, in turn; milliseconds\n`);
  console.log(`${''.padEnd(36)}     p50      p99   added p50`);
  for (const lane of all) {
    const more = lane === direct || lane === hot ? '' : added(lane).toFixed(3).padStart(11);
    console.log(
      `${lane.name.padEnd(36)} ${at(lane, 0.5).toFixed(3).padStart(7)} ${at(lane, 0.99).toFixed(3).padStart(8)} ${more}`,
    );
  }
  const verdict = (reached: boolean): string => (reached ? 'reached' : 'MISSED');
  console.log(
    `\n"os" adds ${added(os).toFixed(3)} ms (goal: at most ${GOAL_OS_MS} ms): ${verdict(added(os) <= GOAL_OS_MS)}`,
  );
  const commits = added(disk) / at(hot, 0.5);
  console.log(
    `"disk" adds ${commits.toFixed(2)} × one bare durable commit (goal: at most ${GOAL_DISK_COMMITS}): ` +
      `${verdict(commits <= GOAL_DISK_COMMITS)}; ${(added(disk) / added(paced)).toFixed(2)} × what one adds to a direct call, ` +
      `${(added(disk) / added(pipe)).toFixed(2)} × what a pipe with one adds`,
  );
}
