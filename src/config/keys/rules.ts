import type { JsonObject } from '../../kernel/json.ts';
import type { RuleEntry } from '../../model/configuration.ts';
import { join } from '../key-path.ts';
import { found, isTable, type Report, type Spec } from '../spec.ts';
import { list } from '../spec-tables.ts';

const KEYS = ['pattern', 'match', 'no_match'];

/** One entry of a rule list: a bare pattern, or a table with examples that must hold. */
const entry: Spec<RuleEntry> = {
  doc: 'a pattern, or { pattern, match, no_match } with examples that are checked at load',
  kind: 'rule',
  accepts: 'a text or { pattern = "…", match = ["…"], no_match = ["…"] }',
  absent: () => ({ pattern: '', match: [], noMatch: [] }),
  schema: (): JsonObject => ({
    oneOf: [
      { type: 'string' },
      {
        type: 'object',
        required: ['pattern'],
        additionalProperties: false,
        properties: {
          pattern: { type: 'string' },
          match: { type: 'array', items: { type: 'string' }, description: 'examples that the pattern must match' },
          no_match: { type: 'array', items: { type: 'string' }, description: 'examples that it must not match' },
        },
      },
    ],
  }),
  read(value, path, report) {
    if (typeof value === 'string') return { pattern: value, match: [], noMatch: [] };
    if (!isTable(value)) {
      report.error(path, `expected ${entry.accepts}, found ${found(value)}`);
      return entry.absent();
    }
    for (const key of Object.keys(value)) {
      if (!KEYS.includes(key)) report.unknownKey(join(path, key), key, KEYS);
    }
    if (value.pattern === undefined) report.error(path, 'pattern is missing', 'it is a text');
    else if (typeof value.pattern !== 'string')
      report.error(join(path, 'pattern'), `expected a text, found ${found(value.pattern)}`);
    return {
      pattern: typeof value.pattern === 'string' ? value.pattern : '',
      match: examples(value.match, `${path}.match`, report),
      noMatch: examples(value.no_match, `${path}.no_match`, report),
    };
  },
};

function examples(value: unknown, path: string, report: Report): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value as string[];
  report.error(path, `expected a list of texts, found ${found(value)}`);
  return [];
}

/** A list of rules; absent and empty are the same, unless there are rules that hold where the key is absent. */
export function rules(doc: string, otherwise: readonly string[] = []): Spec<readonly RuleEntry[]> {
  const absent = otherwise.map((pattern) => ({ pattern, match: [], noMatch: [] }));
  return list(doc, entry, { absent: (): readonly RuleEntry[] => absent });
}

/** A list of rules whose absence means something else than its emptiness. */
export function optionalRules(doc: string): Spec<readonly RuleEntry[] | undefined> {
  return list<RuleEntry, undefined>(doc, entry, { absent: () => undefined });
}
