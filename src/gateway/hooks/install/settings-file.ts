import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../../compose/index.ts';
import { GgenError } from '../../../kernel/errors.ts';
import type { Json, JsonObject } from '../../../kernel/json.ts';

/** A client's settings as read: its value, and how it was written, so that it can be written back alike. */
export interface Settings {
  readonly value: JsonObject;
  /** undefined: there was no file */
  readonly text: string | undefined;
}

/** Reads a JSON settings file. CONFIG_INVALID where it is no JSON object: then nothing is touched. */
export function readSettings(path: string): Settings {
  if (!existsSync(path)) return { value: {}, text: undefined };
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return { value: {}, text };
  const position = { file: path, line: 1, column: 1 };
  let value: Json;
  try {
    value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text) as Json;
  } catch (error) {
    throw new GgenError('CONFIG_INVALID', `not JSON: ${(error as Error).message.split('\n', 1)[0]}`, {
      position,
      hint: 'mend it first; nothing was changed',
    });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new GgenError('CONFIG_INVALID', 'not a JSON object', { position, hint: 'nothing was changed' });
  }
  return { value: value as JsonObject, text };
}

/** Writes settings as a whole, indented as they were; an unchanged value leaves the file as it is, byte for byte. */
export function writeSettings(path: string, before: Settings, value: JsonObject): boolean {
  if (before.text !== undefined && JSON.stringify(before.value) === JSON.stringify(value)) return false;
  const indent = /\n([ \t]+)\S/.exec(before.text ?? '')?.[1] ?? '  ';
  const end = before.text === undefined || before.text.endsWith('\n') ? '\n' : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, JSON.stringify(value, null, indent) + end, 0o600);
  return true;
}

export function removeSettings(path: string): void {
  rmSync(path);
}
