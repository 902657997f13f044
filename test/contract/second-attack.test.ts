// Lines that were once let through though they run, read, write or reach what no list names.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createCorpusJudge } from '../support/command-corpus.ts';

const lines = readFileSync(new URL('../vectors/commands/second-attack.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((text) => text !== '')
  .map((text) => JSON.parse(text) as { readonly line: string; readonly class: string });

it('lets none of the lines of the second attack through unasked', () => {
  const judge = createCorpusJudge();
  const allowed = lines.filter(({ line }) => judge(line).decision.outcome === 'allowed');
  expect(lines.length).toBeGreaterThan(100);
  expect(allowed.map(({ class: kind, line }) => `${kind}: ${line}`)).toEqual([]);
});
