import { tmpdir } from 'node:os';
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

  it('are refused where they can not be started', async () => {
    await expect(runWords(['no-such-program-here'], options)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => runWords([], options)).toThrow('there is no program to run');
    await expect(runWords([node, 'a\0b'], options)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
