import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';
import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';
import { tomlPositions } from './toml-positions.ts';
import type { ConfigFile } from './types.ts';

/**
 * Sets one key (`policies.quality.min_validation_score`) in the text of the file that has it, else in the file whose
 * table it belongs to, comments kept. The caller validates the result like any other set of files. CONFIG_INVALID for
 * a path that is no key.
 */
export async function applyUpdate(
  files: readonly ConfigFile[],
  path: string,
  value: Json,
): Promise<{ files: ConfigFile[]; changed: ConfigFile }> {
  const keys = path.split('.');
  assertKnown(keys, path);
  const index = fileFor(files, keys);
  const file = files[index];
  if (!file) throw new GgenError('CONFIG_INVALID', 'there is no configuration file to change');
  const { parse } = await import('smol-toml');
  const { patch } = await import('@decimalturn/toml-patch');
  const document = parse(file.text) as Record<string, unknown>;
  setIn(document, keys, value);
  const changed: ConfigFile = { name: file.name, text: patch(file.text, document) };
  return { files: files.map((one, at) => (at === index ? changed : one)), changed };
}

/** Every segment must be a key; below a table of the user's own names, anything may stand. */
function assertKnown(keys: readonly string[], path: string): void {
  let spec: Spec<unknown> | undefined = ROOT as Spec<unknown>;
  for (const key of keys) {
    const members: ReadonlyMap<string, Spec<unknown>> | undefined = spec?.members;
    if (!members) return;
    if (!members.has(key)) {
      const near = nearest(key, members.keys());
      throw new GgenError('CONFIG_INVALID', `${path} is no setting: unknown key ${JSON.stringify(key)}`, {
        hint: near ? `did you mean ${near}?` : `known here: ${[...members.keys()].join(', ')}`,
      });
    }
    spec = members.get(key);
  }
  if (spec?.members) throw new GgenError('CONFIG_INVALID', `${path} is a table, not a setting`);
}

/** The file that sets the longest part of the path; the first one where none has any of it. */
function fileFor(files: readonly ConfigFile[], keys: readonly string[]): number {
  const positions = files.map((file) => tomlPositions(file.text));
  for (let length = keys.length; length > 0; length -= 1) {
    const part = keys.slice(0, length).join('.');
    const index = positions.findIndex((one) => one.has(part));
    if (index >= 0) return index;
  }
  return 0;
}

function setIn(document: Record<string, unknown>, keys: readonly string[], value: Json): void {
  let table = document;
  for (const key of keys.slice(0, -1)) {
    const inner = table[key];
    if (inner === undefined) table[key] = {};
    else if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
      throw new GgenError('CONFIG_INVALID', `${key} is not a table`);
    }
    table = table[key] as Record<string, unknown>;
  }
  table[keys[keys.length - 1]!] = value;
}
