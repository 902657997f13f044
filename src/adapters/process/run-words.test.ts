import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runWords } from './run-words.ts';

const node = process.execPath;
const options = { cwd: tmpdir(), env: { ONLY: 'this' } };
const print = 'process.stdout.write(JSON.stringify([process.argv.slice(1), Object.keys(process.env)]))';

/** Resolves once there is no such process, or only what is left of it until its parent has looked. */
async function gone(pid: number): Promise<void> {
  const state = (): string => {
    try {
      return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    } catch {
      return '';
    }
  };
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) if (/^Z?$/.test(state().charAt(0))) return;
  throw new Error(`${pid} is still there`);
}

describe('words that are run', () => {
  it('arrive as they are, whatever a shell would make of them', async () => {
    const words = ['$(id)', 'a b', '*', "it's", '"', ';', '', '-x', '\n'];
    const { stdout, exitCode } = await runWords([node, '-e', print, '--', ...words], options);
    expect(JSON.parse(stdout)).toEqual([words, ['ONLY']]);
    expect(exitCode).toBe(0);
  });

  it('end with their code, or with the signal that ended them', async () => {
    expect(await runWords([node, '-e', 'process.exit(7)'], options)).toMatchObject({ exitCode: 7, signal: null });
    const slow = await runWords([node, '-e', 'setTimeout(() => {}, 60000)'], { ...options, timeoutMs: 50 });
    expect(slow).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    const controller = new AbortController();
    const aborted = runWords([node, '-e', 'setTimeout(() => {}, 60000)'], { ...options, signal: controller.signal });
    controller.abort();
    expect(await aborted).toMatchObject({ exitCode: null });
  });

  it('keep as much of what they print as is asked for', async () => {
    const { stdout, truncated } = await runWords([node, '-e', 'process.stdout.write("x".repeat(100000))'], {
      ...options,
      maxOutputBytes: 1000,
    });
    expect(stdout).toBe('x'.repeat(1000));
    expect(truncated).toBe(true);
  });

  it('end with all that they started, at their limit and at their end', async () => {
    // Its grandchild says who it is, and holds the output open.
    const start = (detached: boolean, then: string) => `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit', detached: ${detached} });
      console.log(child.pid);
      ${then}`;
    const grouped = { ...options, endGroup: true };
    const ended = await runWords([node, '-e', start(false, 'process.exit(0)')], grouped);
    expect(ended).toMatchObject({ exitCode: 0, truncated: false, stdoutTruncated: false });
    await gone(Number(ended.stdout));

    const late = await runWords([node, '-e', start(false, '')], { ...grouped, timeoutMs: 1000 });
    expect(late).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    if (late.stdout !== '') await gone(Number(late.stdout));

    // One that leaves the group can't be followed, but nobody waits for it, and its output is not the whole.
    const left = await runWords([node, '-e', start(true, 'process.exit(0)')], grouped);
    expect(left).toMatchObject({ exitCode: 0, stdoutTruncated: true });
    process.kill(Number(left.stdout), 'SIGKILL');

    expect(await runWords([node, '-e', '0'], { ...grouped, signal: AbortSignal.abort() })).toMatchObject({
      signal: 'SIGKILL',
    });
  });

  it('end with the process that waits for them', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ggen-words-')), 'pid');
    const program = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setTimeout(() => {}, 60000)`;
    const script = `
      import { existsSync, readFileSync } from 'node:fs';
      import { runWords } from ${JSON.stringify(new URL('./run-words.ts', import.meta.url).href)};
      void runWords([process.execPath, '-e', ${JSON.stringify(program)}], { cwd: '/', env: {}, endGroup: true });
      const file = ${JSON.stringify(file)};
      setInterval(() => existsSync(file) && readFileSync(file, 'utf8') !== '' && process.exit(0), 10);`;
    execFileSync(node, ['--input-type=module', '-e', script]);
    await gone(Number(readFileSync(file, 'utf8')));
  });

  it('are refused where they can not be started', async () => {
    await expect(runWords(['no-such-program-here'], options)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => runWords([], options)).toThrow('there is no program to run');
    await expect(runWords([node, 'a\0b'], options)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
