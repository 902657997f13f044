import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../kernel/json.ts';
import { type ConfigFileKind, initFiles, jsonSchema, PROFILES, parseConfig } from './index.ts';

const KINDS: readonly ConfigFileKind[] = ['governance', 'approvals', 'audit'];

/** As much of a JSON Schema validator as our schemas use; any other word in a schema is a failure. */
function wrong(schema: JsonObject, value: unknown, path: string): string[] {
  const is: Record<string, boolean> = {
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    number: typeof value === 'number',
    integer: Number.isInteger(value),
    array: Array.isArray(value),
    object: typeof value === 'object' && value !== null && !Array.isArray(value),
  };
  const found: string[] = [];
  const member = (key: string, inner: unknown, one: Json | undefined): void => {
    if (one === false) found.push(`${path}.${key}: not allowed`);
    else if (typeof one === 'object') found.push(...wrong(one as JsonObject, inner, `${path}.${key}`));
  };
  for (const [word, rule] of Object.entries(schema)) {
    if (word === 'type' && !is[rule as string]) return [`${path}: not of type ${rule}`];
    else if (word === 'enum' && !(rule as unknown[]).includes(value)) found.push(`${path}: not in enum`);
    else if (word === 'minimum' && (value as number) < (rule as number)) found.push(`${path}: too small`);
    else if (word === 'maximum' && (value as number) > (rule as number)) found.push(`${path}: too large`);
    else if (word === 'minLength' && (value as string).length < (rule as number)) found.push(`${path}: too short`);
    else if (word === 'pattern' && !new RegExp(rule as string, 'u').test(value as string))
      found.push(`${path}: not so`);
    else if (word === 'items') for (const [n, one] of (value as unknown[]).entries()) member(`${n}`, one, rule);
    else if (word === 'required') {
      for (const key of rule as string[]) if (!(key in (value as object))) found.push(`${path}.${key}: missing`);
    } else if (word === 'oneOf') {
      if ((rule as JsonObject[]).filter((one) => wrong(one, value, path).length === 0).length !== 1)
        found.push(`${path}: not one of`);
    } else if (word === 'additionalProperties') {
      const patterns = (schema.patternProperties ?? {}) as JsonObject;
      const properties = (schema.properties ?? {}) as JsonObject;
      for (const [key, inner] of Object.entries(value as object)) {
        const fitting = Object.keys(patterns).find((pattern) => new RegExp(pattern, 'u').test(key));
        member(key, inner, properties[key] ?? (fitting === undefined ? rule : patterns[fitting]));
      }
    } else if (!KNOWN.has(word)) found.push(`${path}: the schema has ${word}`);
  }
  return found;
}
const KNOWN = new Set(
  'type enum minimum maximum minLength pattern properties patternProperties description default title $schema'.split(
    ' ',
  ),
);

describe('the JSON Schema', () => {
  it.each(PROFILES)('takes every file that init writes for %s', (profile) => {
    for (const kind of KINDS) {
      const file = initFiles(profile).find((one) => one.name === `${kind}.toml`)!;
      expect(file.text.startsWith(`#:schema ./${kind}.schema.json\n`)).toBe(true);
      expect(wrong(jsonSchema(kind), parse(file.text), kind)).toEqual([]);
    }
  });

  it('stands beside each file as init writes it', () => {
    for (const kind of KINDS) {
      const file = initFiles('platform').find((one) => one.name === `${kind}.schema.json`)!;
      expect(JSON.parse(file.text)).toEqual(jsonSchema(kind));
    }
  });

  it.each<[ConfigFileKind, string]>([
    ['governance', '[policies]\nenforcment_mode = "strict"'],
    ['governance', '[polices]'],
    ['governance', '[policies]\nenforcement_mode = "lax"'],
    ['governance', '[policies.security]\nmax_request_size_mb = 0'],
    ['governance', '[policies.security]\nmax_request_size_mb = 1.5'],
    ['governance', '[policies.agents.a]\ncan_read = [7]'],
    ['governance', '[policies.agents.a]\ncan_read = [{ match = ["x"] }]'],
    ['governance', '[policies.agents.a]\ncan_red = []'],
    ['governance', '[policies.resource.rate_limits]\nopenai = 1'],
    ['governance', '[operations.Deploy]'],
    ['governance', '[[gateway.tool]]\nserver = "x"'],
    ['governance', '[[gateway.tool]]\ntool = "x"\ntarget = 3'],
    ['governance', '[compliance.soc2.trust_principles]\nsecurty = true'],
    ['approvals', '[[approvers.user]]\nrole = "x"'],
    ['approvals', '[[approvers.user]]\nid = ""'],
    ['approvals', '[approvals.multi-approval]\nquorum_percentage = 1.1'],
    ['approvals', '[approvals.multi_approval]\nmin_approvers = 1'],
    ['audit', '[audit.filters.sampling_rates]\nx = 2'],
  ])('refuses in %s.toml what loading refuses: %j', (kind, text) => {
    expect(wrong(jsonSchema(kind), parse(text), kind)).not.toEqual([]);
    expect(parseConfig([{ name: 'g', text }], {}).ok).toBe(false);
  });

  it.each<[ConfigFileKind, string]>([
    ['governance', '[audit]\nretention_days = 3'],
    ['audit', '[policies.agents.a]\ncan_read = [{ pattern = "a", match = ["a"] }]'],
    ['approvals', '[approvals.approvers]\n[[approvers.user]]\nid = "a"'],
    ['governance', '[policies.security]\naction = "warn"'],
    ['governance', '[[gateway.tool]]\ntool = "x"\ntarget = ["a", "b"]'],
  ])('takes in %s.toml what loading takes: %j', (kind, text) => {
    expect(wrong(jsonSchema(kind), parse(text), kind)).toEqual([]);
    expect(parseConfig([{ name: 'g', text }], {}).ok).toBe(true);
  });

  it('describes every key', () => {
    const undescribed: string[] = [];
    const walk = (schema: JsonObject, path: string): void => {
      if (typeof schema.description !== 'string' || !/[.”)]$/.test(schema.description)) undescribed.push(path);
      for (const [key, one] of Object.entries((schema.properties ?? {}) as JsonObject))
        walk(one as JsonObject, `${path}.${key}`);
    };
    for (const kind of KINDS) {
      for (const [name, one] of Object.entries(jsonSchema(kind).properties as JsonObject))
        walk(one as JsonObject, name);
    }
    expect(undescribed).toEqual([]);
  });
});
