import fc from 'fast-check';
import { expect, it } from 'vitest';
import { structureRules } from '../scan/rules/structures.ts';
import { tokenRules } from '../scan/rules/tokens.ts';
import { createScanner } from './scanner.ts';

const own = createScanner({
  enabled: true,
  action: 'block',
  patterns: [{ pattern: '^pin-[0-9]{4}$' }, { pattern: '(?i)geheim\\s*[:=]\\s*\\S+' }, { pattern: '[0-9]{12}' }],
} as unknown as Parameters<typeof createScanner>[0]);
const examples = [...tokenRules(), ...structureRules()].flatMap((rule) => rule.yes().map((pieces) => pieces.join('')));
const secret = fc.oneof(
  fc.constantFrom(...examples),
  fc.constantFrom('pin-1234', 'GEHEIM= x', '123456789012', 'https://a:b@c.example', `ghp_${'a1'.repeat(18)}`),
);
const text = fc.oneof(
  secret,
  fc.string(),
  fc.tuple(fc.string(), secret, fc.string()).map((parts) => parts.join('')),
);

it('may hold a secret whenever a stretch of it by itself would be masked', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
      const masked = texts.some((one) => own.mask(one) !== one || own.mask(`name=${one}`) !== `name=${one}`);
      if (masked) expect(own.mayHold(texts.map((one) => `name=${one}\n`).join(''))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('is a no for what entries are mostly made of', () => {
  const plain = `event=attempt\naction_digest=${'61a009ca'.repeat(8)}\ndoor=mcp_proxy\npath=src/part-11/file-3717.ts\n`;
  expect(createScanner({ enabled: true, action: 'block', patterns: [] } as never).mayHold(plain)).toBe(false);
  for (const example of examples) expect(own.mayHold(`a=b\nname=${example}\n`)).toBe(true);
});
