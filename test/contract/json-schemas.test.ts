import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { type ConfigFileKind, initFiles, jsonSchema, PROFILES, parseConfig } from '../../src/config/index.ts';

/** The JSON Schemas of the configuration before a validator that isn't ours, as an editor uses one. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KINDS: readonly ConfigFileKind[] = ['governance', 'approvals', 'audit'];
const ajv = new Ajv2020({ strict: true, strictTypes: true, strictRequired: true, allErrors: true });
const validators = Object.fromEntries(KINDS.map((kind) => [kind, ajv.compile(jsonSchema(kind))]));

type Table = Record<string, unknown>;
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function faults(kind: ConfigFileKind, document: unknown): string[] {
  const validate = validators[kind]!;
  return validate(document) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

const isTaken = (document: Table, name: string): boolean => parseConfig([{ name, text: stringify(document) }], {}).ok;

/** The file that a document's first table belongs into. */
function kindOf(document: Table): ConfigFileKind {
  const [first = ''] = Object.keys(document);
  if (first === 'audit') return 'audit';
  return first.startsWith('appro') ? 'approvals' : 'governance';
}

function tomlBlocks(): [name: string, text: string][] {
  const guides = ['docs/guide', 'docs/reference', 'docs/adr'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
  );
  return ['README.md', ...guides]
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...readFileSync(join(ROOT, name), 'utf8').matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map(
        ([, text = ''], n): [string, string] => [`${name} (${n + 1})`, text],
      ),
    );
}

function ownFiles(): [name: string, text: string][] {
  const examples = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((name) => KINDS.some((kind) => name.endsWith(`config/${kind}.toml`)))
    .map((name): [string, string] => [`examples/${name}`, readFileSync(join(ROOT, 'examples', name), 'utf8')]);
  const templates = PROFILES.flatMap((profile) =>
    initFiles(profile)
      .filter((file) => file.name.endsWith('.toml'))
      .map((file): [string, string] => [`init ${profile}: ${file.name}`, file.text]),
  );
  return [...templates, ...examples];
}

describe('the JSON Schemas, in ajv’s strict mode', () => {
  it.each(KINDS)('%s is a valid schema of the draft it names', (kind) => {
    const schema = jsonSchema(kind);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it.each(ownFiles())('take %s', (_name, text) => {
    const document = parse(text);
    expect(faults(kindOf(document), document)).toEqual([]);
  });

  it.each(tomlBlocks())('take the block of %s', (_name, text) => {
    const document = parse(text);
    expect(faults(kindOf(document), document)).toEqual([]);
  });
});

describe('a file that init writes', () => {
  const files = PROFILES.flatMap((profile) => initFiles(profile).map((file) => ({ ...file, profile })));
  it.each(files.filter((file) => file.name.endsWith('.toml')))(
    '$profile: $name names, in its first line, the schema that lies beside it',
    (file) => {
      const [, named] = /^#:schema \.\/(\S+)\n/.exec(file.text) ?? [];
      expect(named).toBe(file.name.replace(/\.toml$/, '.schema.json'));
      const schema = files.find((one) => one.profile === file.profile && one.name === named);
      expect(new Ajv2020({ strict: true }).compile(JSON.parse(schema?.text ?? ''))(parse(file.text))).toBe(true);
    },
  );
});

interface Mistake {
  readonly path: string;
  readonly what: string;
  readonly document: Table;
}

/** Every mistake of these kinds at every place of a document, one at a time. */
function mistakes(document: Table): Mistake[] {
  const made: Mistake[] = [];
  const spoil = (
    steps: readonly (string | number)[],
    what: string,
    edit: (holder: Table, key: string) => void,
  ): void => {
    const copy = structuredClone(document);
    let holder: unknown = copy;
    for (const step of steps.slice(0, -1)) holder = (holder as Table)[step];
    edit(holder as Table, String(steps.at(-1)));
    made.push({ path: steps.join('.'), what, document: copy });
  };
  const walk = (value: unknown, steps: readonly (string | number)[]): void => {
    const put = (what: string, wrong: unknown): void =>
      spoil(steps, what, (holder, key) => {
        holder[key] = wrong;
      });
    if (typeof steps.at(-1) === 'string') {
      spoil(steps, 'misspelt', (holder, key) => {
        holder[`${key.slice(0, -1)}qx`] = holder[key];
        delete holder[key];
      });
    }
    if (isTable(value)) {
      if (steps.length > 0) put('type', 7);
      for (const [key, one] of Object.entries(value)) walk(one, [...steps, key]);
    } else if (Array.isArray(value)) {
      put('type', 7);
      put('member', [true]);
      put('word', ['no-such-word']);
      for (const [n, one] of value.entries()) if (isTable(one)) walk(one, [...steps, n]);
    } else if (typeof value === 'string') {
      put('type', 7);
      put('empty', '');
      put('word', 'no-such-word');
    } else if (typeof value === 'number') {
      put('type', 'seven');
      put('range', -1);
      put('range', 1e15);
      put('fraction', 0.123);
    } else put('type', 'yes');
  };
  walk(document, []);
  return made;
}

/** What loading refuses and no schema can say, with why. Anything else that only loading refuses fails below. */
const ONLY_LOADING: readonly (readonly [where: RegExp, why: string])[] = [
  [
    /^(governance security\.incident_response\.alerts\.slack_webhook|approvals approvals\.webhooks\.endpoint\.\d+\.url) (empty|word)$/,
    'an address may be a ${NAME} that is filled in at load, and the format of an address binds no validator',
  ],
  [
    /^approvals (approvals\.slack\.users\.U0123ABC|approvers\.user\.0\.id) word$/,
    'who stands behind a Slack user is a person whom the same file names elsewhere',
  ],
];

/** The same for what stands in two places, which a schema sees one at a time. */
const BETWEEN_KEYS: readonly (readonly [why: string, kind: ConfigFileKind, text: string])[] = [
  ['depends on enforcement_mode, in another file', 'audit', '[audit]\nenabled = false'],
  ['two entries have one id', 'approvals', '[[approvers.user]]\nid = "a"\n[[approvers.user]]\nid = "a"'],
  [
    'one setting in its two places, with two values',
    'governance',
    '[policies.security]\naction = "warn"\nsecret_patterns.action = "block"',
  ],
  ['a table of another file, which this schema only names', 'governance', '[audit]\nretention_dayz = 3'],
];

describe('a mistake in a file', () => {
  const all = ownFiles().flatMap(([name, text]) => {
    const document = parse(text) as Table;
    return mistakes(document).map((one) => ({ ...one, name, kind: kindOf(document) }));
  });
  const judged = all.map((one) => ({
    place: `${one.kind} ${one.path} ${one.what}`,
    schema: faults(one.kind, one.document).length === 0,
    loading: isTaken(one.document, one.name),
  }));

  it('is of every kind, and most are refused by both', () => {
    for (const what of ['misspelt', 'type', 'member', 'empty', 'word', 'range', 'fraction']) {
      expect(
        judged.some((one) => one.place.endsWith(` ${what}`) && !one.schema && !one.loading),
        what,
      ).toBe(true);
    }
  });

  it.each(BETWEEN_KEYS)('is for loading alone to find: %s', (_why, kind, text) => {
    expect(faults(kind, parse(text))).toEqual([]);
    expect(parseConfig([{ name: 'g', text }], {}).ok).toBe(false);
  });

  it('is never refused by the schema where loading takes it', () => {
    expect(judged.filter((one) => one.loading && !one.schema).map((one) => one.place)).toEqual([]);
  });

  it('is refused by the schema wherever loading refuses it, but for what no schema can say', () => {
    const missed = new Set(judged.filter((one) => one.schema && !one.loading).map((one) => one.place));
    expect([...missed].filter((place) => !ONLY_LOADING.some(([where]) => where.test(place)))).toEqual([]);
    for (const [where] of ONLY_LOADING)
      expect(
        [...missed].some((place) => where.test(place)),
        String(where),
      ).toBe(true);
  });
});
