import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { initFiles, PROFILES, parseConfig, renderProblems } from './index.ts';
import type { PathStep } from './key-path.ts';
import { findPosition, tomlPositions } from './toml-positions.ts';

const GUIDE = new URL('../../../shared/governance-guide.md', import.meta.url);
const guide = existsSync(GUIDE) ? readFileSync(GUIDE, 'utf8') : '';
const blocks = [...guide.matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map(([, text = ''], index) => ({
  name: `block ${index + 1} of the guide`,
  text,
}));
const own = PROFILES.flatMap((profile) =>
  initFiles(profile)
    .filter((file) => file.name.endsWith('.toml'))
    .map((file) => ({ name: `${profile}/${file.name}`, text: file.text })),
);

function visit(node: unknown, steps: readonly PathStep[], see: (steps: readonly PathStep[]) => void): void {
  if (steps.length > 0) see(steps);
  if (Array.isArray(node)) for (const [index, one] of node.entries()) visit(one, [...steps, index], see);
  else if (node !== null && typeof node === 'object')
    for (const [name, one] of Object.entries(node)) visit(one, [...steps, name], see);
}

describe.each([...blocks, ...own])('$name', ({ name, text }) => {
  it('loads as it is written', () => {
    const result = parseConfig([{ name, text }], {});
    expect(renderProblems(result.ok ? [] : result.problems.filter(({ severity }) => severity === 'error'))).toBe('');
  });

  it('has a place for each of its keys, where that key or value begins', () => {
    const positions = tomlPositions(text);
    visit(parse(text), [], (steps) => {
      const { found, at } = findPosition(positions, steps);
      expect(found, steps.join(' > ')).toBe(steps.length);
      const last = steps.at(-1)!;
      const begins = text.slice(at);
      expect(
        typeof last === 'number'
          ? /^(\[\[|"|\{)/.test(begins)
          : begins.startsWith('[') || begins.replace(/^"/, '').startsWith(last),
        `${steps.join(' > ')} at ${JSON.stringify(begins.slice(0, 30))}`,
      ).toBe(true);
    });
  });
});
