import { expect, it } from 'vitest';
import { parseConfig } from './index.ts';

it.each([
  ['never_log = ["approval_decision"]', ['audit.filters.never_log[0]']],
  ['never_log = ["a"]\nalways_log = ["a"]', ['audit.filters.never_log[0]']],
  [
    'sampling_rates = { attempt = 0.5, b = 0.5 }\nnever_log = ["b"]',
    ['audit.filters.sampling_rates.attempt', 'audit.filters.sampling_rates.b'],
  ],
  ['sampling_rates = { a = 0.5 }\nalways_log = ["a"]', ['audit.filters.sampling_rates.a']],
  ['sampling_rates = { cache_hit = 0.5 }\nnever_log = ["noise"]\nalways_log = ["destructive_operation"]', []],
])('filters that can’t do what they say are warned of: %s', (toml, paths) => {
  const result = parseConfig([{ name: 'a', text: `[policies]\nversion = "1.0"\n[audit.filters]\n${toml}\n` }], {});
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const found = result.loaded.problems.filter(({ path }) => path.startsWith('audit.filters'));
  expect(found.map(({ path, severity }) => `${severity} ${path}`)).toEqual(paths.map((path) => `warning ${path}`));
});
