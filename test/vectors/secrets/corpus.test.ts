import { describe, expect, it } from 'vitest';
import { createFileScanner } from '../../../src/security/index.ts';
import { createCorpus, scoreOf } from './corpus.ts';

const corpus = createCorpus();
const scanner = createFileScanner('corpus');

describe('the labelled corpus of secrets', () => {
  it('is the same at every call, and each half holds a good share of secrets and of innocent files', () => {
    expect(createCorpus()).toEqual(corpus);
    for (const heldOut of [false, true]) {
      const half = corpus.filter((file) => file.heldOut === heldOut);
      expect(half.filter(({ secrets }) => secrets.length > 0).length).toBeGreaterThan(200);
      expect(half.filter(({ secrets }) => secrets.length === 0).length).toBeGreaterThan(50);
    }
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it.each([
    ['tuned with', false, { precision: 0.99, recall: 0.99 }],
    ['held out', true, { precision: 0.97, recall: 0.95 }],
  ] as const)('the half %s is found', (_, heldOut, least) => {
    const half = corpus.filter((file) => file.heldOut === heldOut);
    const score = scoreOf(half, ({ text }) => scanner.scan(Buffer.from(text)).map(({ line }) => line));
    expect(score.precision, score.wrong.join(' ')).toBeGreaterThanOrEqual(least.precision);
    expect(score.recall, score.missed.join(' ')).toBeGreaterThanOrEqual(least.recall);
  });
});

it('a score counts a line once, and knows the missed from the wrong', () => {
  const file = { name: 'a', path: 'a', text: '', secrets: [1, 2], heldOut: false };
  expect(scoreOf([file], () => [1, 1, 5])).toEqual({
    found: 1,
    missed: ['a:2'],
    wrong: ['a:5'],
    precision: 0.5,
    recall: 0.5,
    f1: 0.5,
  });
});
