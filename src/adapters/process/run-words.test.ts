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
    const grouped = { ...options, withChildren: true };
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
      void runWords([process.execPath, '-e', ${JSON.stringify(program)}], { cwd: '/', env: {}, withChildren: true });
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

/** A program that starts another and says its id, and then does what `then` says. */
const parent = (then: string, more = ''): string[] => [
  node,
  '-e',
  `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit'${more} });
   process.stdout.write(c.pid + '\\n', () => { ${then} });`,
];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that ended and that nobody asked about is still listed.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(10);
}

describe('a program with its children', () => {
  const whole = { ...options, withChildren: true };

  it('ends with them, however it ends', async () => {
    const left = await runWords(parent('process.exit(3)'), whole);
    expect(left.exitCode).toBe(3);
    await gone(Number(left.stdout));
    const late = await runWords(parent('setTimeout(() => {}, 60000)'), { ...whole, timeoutMs: 1500 });
    expect(late.signal).toBe('SIGKILL');
    if (late.stdout !== '') await gone(Number(late.stdout));
    const controller = new AbortController();
    const aborted = await runWords(parent('setTimeout(() => {}, 60000)'), {
      ...whole,
      signal: controller.signal,
      onStdout: () => controller.abort(),
    });
    expect(aborted.signal).toBe('SIGKILL');
    await gone(Number(aborted.stdout));
    await runWords([node, '-e', 'setTimeout(() => {}, 60000)'], { ...whole, signal: AbortSignal.abort() });
  });

  it('ends with this process, where that ends by itself', async () => {
    const script = `import { runWords } from ${JSON.stringify(new URL('run-words.ts', import.meta.url).href)};
      const words = [process.execPath, '-e', 'setTimeout(() => {}, 60000); console.log(process.pid)'];
      const onStdout = (chunk) => process.stdout.write(chunk, () => process.exit(0));
      runWords(words, { cwd: '.', env: {}, withChildren: true, onStdout });`;
    const { exitCode, stdout } = await runWords([node, '--input-type=module', '-e', script], options);
    expect(exitCode).toBe(0);
    await gone(Number(stdout));
  });

  it('is not waited for by what left it and holds its output, once it is ended', async () => {
    const controller = new AbortController();
    const { stdout } = await runWords(parent('process.exit(0)', ', detached: true'), {
      ...whole,
      signal: controller.signal,
      onStdout: () => setTimeout(() => controller.abort(), 200),
    });
    expect(isAlive(Number(stdout))).toBe(true);
    process.kill(Number(stdout), 'SIGKILL');
  });

  it('is heard while it prints, as far as it is kept', async () => {
    const heard: string[] = [];
    const { stdout, truncated } = await runWords([node, '-e', 'process.stdout.write("x".repeat(5000))'], {
      ...whole,
      maxOutputBytes: 1000,
      onStdout: (chunk) => heard.push(chunk.toString()),
    });
    expect(heard.join('')).toBe('x'.repeat(1000));
    expect([stdout.length, truncated]).toEqual([1000, true]);
  });
});
