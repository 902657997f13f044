import { describe, expect, it } from 'vitest';
import { createFileScanner, scanRules } from './scan-bytes.ts';

const scanner = createFileScanner('test');
const found = (text: string): string[] => scanner.scan(Buffer.from(text)).map(({ rule }) => rule);

describe('each rule', () => {
  it('has a name of its own, keywords, and examples of both kinds', () => {
    expect(
      scanRules()
        .map(({ id }) => id)
        .filter((id, index, all) => all.indexOf(id) !== index),
    ).toEqual([]);
    expect(scanRules().length).toBeGreaterThanOrEqual(60);
    for (const { keywords, ignoreCase, yes, no } of scanRules()) {
      expect(Math.min(keywords.length, yes().length, no.length)).toBeGreaterThan(0);
      expect(keywords.every((keyword) => keyword.length >= 2)).toBe(true);
      // One with a capital counts as written, so the pattern must do so too.
      if (ignoreCase) expect(keywords.join('')).toBe(keywords.join('').toLowerCase());
    }
  });

  it.each(scanRules().map((rule) => [rule.id, rule] as const))('%s finds its own and nothing else', (id, rule) => {
    for (const parts of rule.yes()) {
      const text = parts.join('');
      expect({ text, found: found(`x\n  ${text}\ny`) }).toEqual({ text, found: [id] });
    }
    for (const text of rule.no) {
      expect({ text, found: found(`x\n  ${text}\ny`).filter((one) => one === id) }).toEqual({ text, found: [] });
    }
  });
});
