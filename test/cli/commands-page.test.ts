import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { COMMON_OPTIONS, renderCommandHelp } from '../../src/cli/help.ts';
import { ROOT } from '../guide/guide.ts';

const page = readFileSync(join(ROOT, 'docs/reference/commands.md'), 'utf8');

/** One command's section: its help, and an example with what it prints. */
interface Section {
  readonly name: string;
  readonly help: string;
  readonly example: string;
  readonly shown: string;
}

const SECTION =
  /^## (.+)\n\n```text\n([\s\S]*?)\n```\n\n(?:(?!```)[^\n]+\n\n)?```sh example\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm;
const sections: Section[] = [...page.matchAll(SECTION)].map(([, name = '', help = '', example = '', shown = '']) => ({
  name,
  help,
  example,
  shown,
}));

const folder = mkdtempSync(join(tmpdir(), 'ggen-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs all examples in one shell, which has no terminal, and returns what each printed. */
async function runExamples(): Promise<string[]> {
  const work = join(folder, 'work');
  mkdirSync(join(work, 'notes'), { recursive: true });
  writeFileSync(join(work, 'notes/plan.md'), 'Beans in May.\n');
  const end = '---- end of example ----';
  const program = (file: string): string => `"${process.execPath}" "${join(ROOT, file)}"`;
  const script = [
    'exec 2>&1',
    `ggen-mcp() { if [ "$1 $2" = 'hook claude-code' ]; then shift 2; ${program('src/gateway/hooks/claude-code/main.ts')} "$@"; else ${program('src/cli/main.ts')} "$@"; fi; }`,
    ...sections.map(({ example }) => `${example}echo '${end}'`),
  ].join('\n');
  // a session of its own has no terminal
  const launcher = join(ROOT, 'bin/ggen-mcp');
  const { GGEN_CONFIG_DIR: _, GGEN_WORKSPACE: __, GGEN_HOME: ___, ...env } = process.env;
  const child = spawn('bash', ['-c', script], {
    cwd: work,
    detached: true,
    env: { ...env, HOME: folder, GGEN_LAUNCHER: launcher },
  });
  child.stdin.end();
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return text.split(`${end}\n`).slice(0, -1);
}

/** `shown` as a pattern for exactly that output. */
function patternOf(shown: string): RegExp {
  const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${shown.split('…').map(literally).join('[^\\n]*')}$`);
}

describe('the page of commands', () => {
  it('has a section for each command, in the order of the help, and none besides', () => {
    const names = COMMANDS.map((command) => command.name);
    expect([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(names);
    expect(sections.map(({ name }) => name)).toEqual(names);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'says what the help of %s says',
    (name, command) => {
      expect(sections.find((section) => section.name === name)?.help).toBe(renderCommandHelp(command));
    },
  );

  it('calls only commands and options that are there, and so do the README and the guides', () => {
    const pages = [
      'README.md',
      'docs/reference/commands.md',
      'docs/guide/claude-code.md',
      'docs/guide/mcp-proxy.md',
      'docs/guide/approvals.md',
      'docs/guide/audit-trail.md',
    ];
    const calls = pages.flatMap((name) => {
      const fences = readFileSync(join(ROOT, name), 'utf8').matchAll(/^```(?:sh|bash)\b.*\n([\s\S]*?)^```/gm);
      return [...fences].flatMap(([, text = '']) =>
        [...text.matchAll(/\bggen-mcp (?=[a-z])([^\n|;#)]*)/g)].map((match) => match[1] ?? ''),
      );
    });
    expect(calls.length).toBeGreaterThan(2 * COMMANDS.length);
    const wrong = calls.filter((call) => {
      const command = COMMANDS.find(({ name }) => `${call} `.startsWith(`${name} `));
      const known = Object.keys({ ...command?.options, ...COMMON_OPTIONS });
      const own = call.split(' -- ')[0] ?? '';
      return !command || [...own.matchAll(/ --([a-z-]+)/g)].some(([, option = '']) => !known.includes(option));
    });
    expect(wrong).toEqual([]);
  });

  it('shows what its examples print', async () => {
    const printed = await runExamples();
    expect(printed).toHaveLength(sections.length);
    sections.forEach(({ example, shown }, i) => {
      const text = printed[i] ?? '';
      if (!patternOf(shown).test(text)) expect(`$ ${example}${text}`).toBe(`$ ${example}${shown}`);
    });
  }, 180_000);
});

describe('every command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s names its options in its usage',
    (_, command) => {
      const inUsage = [...command.usage.matchAll(/--([a-z-]+)/g)].map((match) => match[1]);
      expect(new Set(inUsage)).toEqual(new Set(Object.keys(command.options)));
    },
  );
});
