import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';
import { splitPath } from './key-path.ts';
import { ROOT } from './root.ts';
import { isTable, type Spec } from './spec.ts';
import { parseTomlFile, type TomlFile } from './toml-file.ts';
import type { ConfigFile } from './types.ts';

/** New tables as sections, and no comma that TOML 1.0 doesn't know. */
const FORMAT = { trailingComma: false, inlineTableStart: 16 };

/**
 * Sets one key (`policies.quality.min_validation_score`, `policies.agents."my agent".can_read`) in the text of the file
 * that has it, else in the file whose table it belongs to, comments kept. The caller validates the result like any other
 * set of files. CONFIG_INVALID for a path that is no key, a value that TOML can't hold, and a key that a variable sets.
 */
export async function applyUpdate(
  files: readonly ConfigFile[],
  path: string,
  value: Json,
): Promise<{ files: ConfigFile[]; changed: ConfigFile }> {
  const keys = keysOf(path);
  assertTomlValue(value, path);
  const parsed = files.map((file) => {
    const result = parseTomlFile(file);
    if (result.ok) return result.toml;
    throw new GgenError('CONFIG_INVALID', result.message, { position: result.position });
  });
  const file = fileFor(parsed, keys, path);
  setIn(file.value, keys, value);
  const { patch } = await import('@decimalturn/toml-patch');
  const changed: ConfigFile = { name: file.file.name, text: patch(file.file.text, file.value, FORMAT) };
  return { files: files.map((one) => (one === file.file ? changed : one)), changed };
}

/** Every step must be a key; below a table of the user's own names, anything may stand. */
function keysOf(path: string): string[] {
  const { steps, whole } = splitPath(path);
  const keys = steps.filter((step) => typeof step === 'string');
  if (!whole) throw new GgenError('CONFIG_INVALID', `${JSON.stringify(path)} is no path of a setting`);
  if (keys.length < steps.length) {
    throw new GgenError('CONFIG_INVALID', `${path} is a member of a list`, { hint: 'set the list as a whole' });
  }
  let spec: Spec<unknown> | undefined = ROOT as Spec<unknown>;
  for (const key of keys) {
    if (spec?.kind === 'record') {
      spec = spec.item;
      continue;
    }
    const members: ReadonlyMap<string, Spec<unknown>> | undefined = spec?.members;
    if (members?.has(key)) {
      spec = members.get(key);
      continue;
    }
    const near = members === undefined ? undefined : nearest(key, members.keys());
    const known = members === undefined ? 'it has no keys of its own' : `known here: ${[...members.keys()].join(', ')}`;
    throw new GgenError('CONFIG_INVALID', `${path} is no setting: unknown key ${JSON.stringify(key)}`, {
      hint: near === undefined ? known : `did you mean ${near}?`,
    });
  }
  if (spec?.members) throw new GgenError('CONFIG_INVALID', `${path} is a table, not a setting`);
  return keys;
}

function assertTomlValue(value: Json, path: string): void {
  if (value === null) throw new GgenError('CONFIG_INVALID', `${path}: TOML has no null`, { hint: 'remove the key' });
  if (typeof value === 'string' && !value.isWellFormed())
    throw new GgenError('CONFIG_INVALID', `${path}: a text is not well-formed Unicode`);
  if (typeof value === 'object') for (const one of Object.values(value)) assertTomlValue(one as Json, path);
}

/** The file that has most of the path; the first one where none has any of it. */
function fileFor(files: readonly TomlFile[], keys: readonly string[], path: string): TomlFile {
  let best: TomlFile | undefined;
  let most = -1;
  for (const file of files) {
    const { found } = file.locate(keys);
    if (file.file.overrides) {
      if (found < keys.length) continue;
      const hint = `change ${file.file.name} and load the configuration again`;
      throw new GgenError('CONFIG_INVALID', `${path} is set by the environment variable ${file.file.name}`, { hint });
    }
    if (found > most) [best, most] = [file, found];
  }
  if (best === undefined) throw new GgenError('CONFIG_INVALID', 'there is no configuration file to change');
  return best;
}

/** THREAT: a key may be called `__proto__`; tables without a prototype take it as any other. */
function setIn(document: Record<string, unknown>, keys: readonly string[], value: Json): void {
  let table = document;
  for (const key of keys.slice(0, -1)) {
    table[key] ??= Object.create(null);
    const inner = table[key];
    if (!isTable(inner)) throw new GgenError('CONFIG_INVALID', `${key} is not a table`);
    table = inner;
  }
  table[keys.at(-1)!] = value;
}
