import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** A line of one of the corpora; README.md beside them says what the fields mean. */
type Case = Readonly<Record<string, unknown>>;

function readCases(name: string): readonly Case[] {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  const lines = text.split('\n');
  expect(lines.pop(), `${name} ends with a newline`).toBe('');
  return lines.map((line) => JSON.parse(line) as Case);
}

const attacks = readCases('attacks.jsonl');
const benign = readCases('benign.jsonl');

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

function countBy(cases: readonly Case[], field: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of cases) {
    const key = textOf(one[field]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** the lines that have neither all of the fields as text nor only fields that are known */
function misshapen(cases: readonly Case[], needed: readonly string[], optional: readonly string[]): readonly Case[] {
  const known = [...needed, ...optional];
  return cases.filter(
    (one) => needed.some((field) => textOf(one[field]) === '') || Object.keys(one).some((key) => !known.includes(key)),
  );
}

describe('the command corpora', () => {
  it('are large enough', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(650);
    expect(benign.length).toBeGreaterThanOrEqual(650);
    expect(benign.filter(({ expect: expected }) => expected === undefined).length).toBeGreaterThanOrEqual(600);
  });

  it('have every field on every line', () => {
    expect(misshapen(attacks, ['line', 'class', 'source', 'why'], [])).toEqual([]);
    expect(misshapen(benign, ['line', 'class', 'source'], ['expect'])).toEqual([]);
    const expected = new Set(benign.map((one) => one['expect']));
    expect(expected).toEqual(new Set([undefined, 'asks']));
  });

  it('have no line twice, within a file or between the two', () => {
    const lines = [...attacks, ...benign].map(({ line }) => textOf(line));
    const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
    expect(twice).toEqual([]);
  });

  it('have at least five cases of every class of attack, and the classes that are promised', () => {
    const counts = countBy(attacks, 'class');
    expect([...counts].filter(([, count]) => count < 5)).toEqual([]);
    expect(counts.get('git-npm-cargo')).toBeGreaterThanOrEqual(76);
    expect(counts.get('known-bypass')).toBeGreaterThanOrEqual(30);
  });

  it('name the product of every known bypass, and where it is told of', () => {
    const products =
      /Claude Code|Codex|Gemini CLI|Cursor|VS Code|opencode|OpenClaw|OpenHands|Qwen|guard|GateGuard|PR #\d+|#\d+/;
    const known = attacks.filter((one) => one['class'] === 'known-bypass');
    expect(known.filter(({ why }) => !products.test(textOf(why)))).toEqual([]);
    expect(known.filter(({ source }) => textOf(source) === 'own')).toEqual([]);
    for (const product of ['Claude Code', 'Codex', 'Gemini CLI', 'Cursor', 'VS Code', 'opencode'])
      expect(known.filter(({ why }) => textOf(why).includes(product)).length).toBeGreaterThanOrEqual(3);
  });

  it('name the files of the workspace that the labels assume, by paths inside it', () => {
    const paths = readFileSync(new URL('workspace.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    expect(paths).toEqual([...new Set(paths)].sort());
    expect(paths.filter((path) => path.startsWith('/') || path.split('/').includes('..'))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['.env', '.git/config', 'config/policy.toml', 'package.json']));
  });

  it('have no line longer than 64 KiB, and the README gives the counts that are there', () => {
    const longest = Math.max(...[...attacks, ...benign].map(({ line }) => Buffer.byteLength(String(line))));
    expect(longest).toBeLessThanOrEqual(65_536);
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const rows = [...countBy(attacks, 'class'), ...countBy(benign, 'class')];
    const missing = rows.filter(([name, count]) => !readme.includes(`| ${name} | ${count} |`));
    expect(missing).toEqual([]);
  });
});
