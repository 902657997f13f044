import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../guide/guide.ts';

/** One step of the tutorial: a block marked `sh tutorial`, and the block after it that shows what is printed. */
interface Step {
  readonly commands: string;
  /** line by line; `…` stands for anything */
  readonly shown: string;
}

function readSteps(): Step[] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```sh tutorial\n([\s\S]*?)^```\n+(?:```text\n([\s\S]*?)^```)?/gm)];
  return blocks.map(([, commands = '', shown = '']) => ({ commands, shown }));
}

const steps = readSteps();
const folder = mkdtempSync(join(tmpdir(), 'ggen-tutorial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs all steps in one shell, as a reader does, and returns what each printed. */
function runSteps(): string[] {
  const end = '---- end of step ----';
  const script = steps.map(({ commands }) => `${commands}\necho '${end}'\n`).join('');
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    env: { ...process.env, HOME: folder, PATH: `${join(ROOT, 'bin')}${delimiter}${process.env.PATH}` },
  });
  return stdout.split(`${end}\n`).slice(0, -1);
}

/** `shown` as a pattern for exactly that output. */
function patternOf(shown: string): RegExp {
  const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${shown.split('…').map(literally).join('[^\\n]*')}$`);
}

describe('the tutorial of the README', () => {
  it('prints at every step what the README shows', () => {
    expect(steps.length).toBeGreaterThan(4);
    const printed = runSteps();
    expect(printed).toHaveLength(steps.length);
    steps.forEach(({ commands, shown }, i) => {
      const text = printed[i] ?? '';
      if (!patternOf(shown).test(text)) expect(`$ ${commands}${text}`).toBe(`$ ${commands}${shown}`);
    });
  });
});
