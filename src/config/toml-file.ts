import { parse, TomlError } from 'smol-toml';
import type { Position } from '../kernel/errors.ts';
import type { PathStep } from './key-path.ts';
import { isTable } from './spec.ts';
import { findPosition, lineFinder, offsetOf, type Placed, tomlPositions } from './toml-positions.ts';
import type { ConfigFile } from './types.ts';

/** What is more than this is no configuration; all that walks a document relies on it. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_KEY = 256;

/** A TOML file with its values and where they stand. */
export interface TomlFile {
  readonly file: ConfigFile;
  readonly value: Record<string, unknown>;
  /** how many of the steps the file has, and where the last of them stands */
  locate(steps: readonly PathStep[]): { readonly found: number; readonly position: Position };
}

export type TomlResult =
  | { readonly ok: true; readonly toml: TomlFile }
  | { readonly ok: false; readonly message: string; readonly position: Position };

/** Parses one file. Too large, too deep, not TOML: a message and a place, never an exception. */
export function parseTomlFile(file: ConfigFile): TomlResult {
  const fail = (message: string, line = 0, column = 0): TomlResult => ({
    ok: false,
    message,
    position: { file: file.name, line, column },
  });
  if (file.text.length > MAX_CHARACTERS) return fail('larger than 8 MiB');
  const text = file.text.charCodeAt(0) === 0xfeff ? file.text.slice(1) : file.text;
  // Digests are taken over the values, and a lone surrogate has no UTF-8 form.
  if (!text.isWellFormed()) return fail('not TOML: not well-formed Unicode');
  let value: Record<string, unknown>;
  try {
    value = parse(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.split('\n', 1)[0]!.replace(/^Invalid TOML document: /, '');
    return fail(`not TOML: ${why}`, error.line, error.column);
  }
  let scan: { root: ReturnType<typeof tomlPositions>; place: ReturnType<typeof lineFinder> } | undefined;
  const positions = () => {
    scan ??= { root: tomlPositions(text), place: lineFinder(text) };
    return scan;
  };
  const excess = findExcess(value);
  if (excess !== undefined) {
    const { root, place } = positions();
    const { line, column } = place(deepest(root));
    return excess === 'deep'
      ? fail(`nested deeper than ${MAX_DEPTH} levels`, line, column)
      : fail(`a key is longer than ${MAX_KEY} characters`, line, column);
  }
  return {
    ok: true,
    toml: {
      file,
      value,
      locate(steps) {
        const { root, place } = positions();
        const { found, at } = findPosition(root, steps);
        return { found, position: { file: file.name, ...(found === 0 ? { line: 0, column: 0 } : place(at)) } };
      },
    },
  };
}

/**
 * THREAT: the parser bounds brackets, but a dotted key nests as deeply as it is long, and a key of megabytes would stand
 * in every path below it. No recursion here, since that is what this guards.
 */
function findExcess(root: unknown): 'deep' | 'long' | undefined {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return 'deep';
    const next: unknown[] = [];
    for (const node of level) {
      if (Array.isArray(node)) {
        for (const one of node) if (typeof one === 'object') next.push(one);
      } else if (isTable(node)) {
        for (const key of Object.keys(node)) {
          if (key.length > MAX_KEY) return 'long';
          const one = node[key];
          if (typeof one === 'object') next.push(one);
        }
      }
    }
    level = next;
  }
  return undefined;
}

/** Where the first key stands that is too long, else the first of the deepest. */
function deepest(root: Placed): number {
  let level: Placed[] = [root];
  let at = 0;
  while (level.length > 0) {
    at = offsetOf(level[0]!);
    const next: Placed[] = [];
    for (const node of level) {
      if (typeof node === 'number') continue;
      for (const [key, one] of node.keys ?? []) {
        if (key.length > MAX_KEY) return offsetOf(one);
        next.push(one);
      }
      for (const one of node.items ?? []) next.push(one);
    }
    level = next;
  }
  return at;
}
