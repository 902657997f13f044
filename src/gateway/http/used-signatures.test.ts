import { expect, it } from 'vitest';
import { createUsedSignatures } from './used-signatures.ts';

it('each counts once; where there is no room for more, none counts until some are over', () => {
  const used = createUsedSignatures(2);
  expect(used.use('a', 100, 0)).toBe(true);
  expect(used.use('a', 100, 1)).toBe(false);
  expect(used.use('b', 50, 1)).toBe(true);
  expect(used.use('c', 100, 50)).toBe(false);
  expect(used.use('c', 100, 51)).toBe(true);
  expect(used.use('a', 100, 99)).toBe(false);
});
