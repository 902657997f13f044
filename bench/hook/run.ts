// What the Claude Code hook costs as a process, beside a Node that does nothing: one run of each in turn, round by
// round, so that a slow moment of the machine falls on all of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const ROUNDS = process.argv.includes('--quick') ? 5 : 21;
const POLICY = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["ls"]

[policies.agents.claude-code]
can_read = ["*"]
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-bench-hook-')));
try {
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/governance.toml'), POLICY);
  const hook = [join(ROOT, 'bin/ggen-mcp'), 'hook', 'claude-code', '--config', join(folder, 'config')];
  const args = [...hook, '--workspace', folder];
  const lanes = [
    { name: 'node -e 0', args: ['-e', '0'], input: '', exit: 0, times: [] as number[] },
    { name: 'Read, allowed', args, input: call('Read', { file_path: join(folder, 'a') }), exit: 0, times: [] },
    { name: 'Bash, allowed', args, input: call('Bash', { command: 'ls' }), exit: 0, times: [] },
    { name: 'Write, denied', args, input: call('Write', { file_path: '/etc/a', content: 'x' }), exit: 2, times: [] },
  ];
  for (let round = -2; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < lanes.length; turn += 1) {
      const lane = lanes[(turn + round + 2) % lanes.length]!;
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, lane.args, { input: lane.input, cwd: folder });
      const took = performance.now() - start;
      if (status !== lane.exit) throw new Error(`${lane.name}: exit ${status}: ${stderr}`);
      if (round >= 0) lane.times.push(took);
    }
  }
  const bare = median(lanes[0]!.times);
  console.log(
    `${ROUNDS} rounds, Node ${process.versions.node}\n\n| | median ms | × bare Node |\n| --- | ---: | ---: |`,
  );
  for (const { name, times } of lanes) {
    console.log(`| ${name} | ${median(times).toFixed(1)} | ${(median(times) / bare).toFixed(2)} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function call(tool: string, input: object): string {
  const at = { hook_event_name: 'PreToolUse', session_id: 's', cwd: folder, tool_use_id: 't' };
  return JSON.stringify({ ...at, tool_name: tool, tool_input: input });
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
