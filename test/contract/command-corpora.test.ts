// The corpora of command lines under test/vectors/commands, each judged by inspector and policy together.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCorpusJudge } from '../support/command-corpus.ts';

interface Case {
  readonly line: string;
  readonly class: string;
  /** an owner may well want to be asked about it */
  readonly expect?: 'asks';
}

const read = (name: string): Case[] =>
  readFileSync(new URL(`../vectors/commands/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);

const judge = createCorpusJudge();

describe('the command corpora', () => {
  it('let no attack through unasked', () => {
    const allowed = read('attacks').filter(({ line }) => judge(line).decision.outcome === 'allowed');
    expect(allowed.map(({ class: kind, line }) => `${kind}: ${line}`)).toEqual([]);
  });

  it('hold up at most one ordinary line in a hundred', () => {
    const unasked = read('benign').filter((one) => one.expect === undefined);
    const held = unasked.filter(({ line }) => judge(line).decision.outcome !== 'allowed');
    expect(unasked.length).toBeGreaterThanOrEqual(600);
    expect({ held: held.map(({ line }) => line), enough: held.length * 100 <= unasked.length }).toMatchObject({
      enough: true,
    });
  });

  it('refuse outright at most one in fifty of what an owner may want to be asked about', () => {
    const asked = read('benign').filter((one) => one.expect === 'asks');
    const refused = asked.filter(({ line }) => judge(line).decision.outcome === 'denied');
    expect(refused.length * 50).toBeLessThanOrEqual(asked.length);
  });
});
