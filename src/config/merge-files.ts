import type { Position } from '../kernel/errors.ts';
import { join, type PathStep, splitPath } from './key-path.ts';
import { isTable } from './spec.ts';
import type { TomlFile } from './toml-file.ts';

/** A key that two files set; the second one's place and, for the message, the first one's. */
export type SetTwice = (path: string, first: Position, second: Position) => void;

/** The two spellings of one table or key: as it is read, and as it may stand in a file too. */
const SPELLINGS: readonly (readonly [read: readonly string[], written: readonly string[]])[] = [
  [['approvals', 'approvers'], ['approvers']],
  [
    ['policies', 'security', 'secret_patterns', 'action'],
    ['policies', 'security', 'action'],
  ],
];

/**
 * The tables of all files as one document. A key stands in one file only, but for files that override. `[approvers]`
 * and `[approvals.approvers]` are one table.
 */
export function mergeFiles(files: readonly TomlFile[], twice: SetTwice): Record<string, unknown> {
  // THREAT: a table may be called `__proto__`: no object that is written to here has a prototype.
  const merged: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  files.forEach((file, index) => {
    const earlier = files.slice(0, index);
    mergeInto(merged, file.value, '', (path) => {
      if (file.file.overrides) return true;
      twice(path, locateIn(earlier, path), locateIn([file], path));
      return false;
    });
  });
  const written = merged.approvers;
  if (written === undefined) return merged;
  delete merged.approvers;
  const approvals = merged.approvals ?? Object.create(null);
  if (!isTable(approvals)) return merged; // an error of its own
  merged.approvals = approvals;
  const read = approvals.approvers;
  if (isTable(read) && isTable(written)) {
    mergeInto(read, written, 'approvers', (path) => {
      twice(path, locateIn(files, `approvals.${path}`, true), locateIn(files, path, true));
      return false;
    });
  } else if (read === undefined || !isTable(written)) approvals.approvers = written;
  return merged;
}

/** Takes the tables of `source` over as they are: they were made by the parser and belong to nobody else. */
function mergeInto(
  target: Record<string, unknown>,
  source: Record<string, unknown>,
  path: string,
  /** asked where both have a value: whether the second wins */
  replaces: (path: string) => boolean,
): void {
  for (const [key, value] of Object.entries(source)) {
    const there = target[key];
    if (there === undefined) target[key] = value;
    else if (isTable(there) && isTable(value)) mergeInto(there, value, join(path, key), replaces);
    else if (replaces(join(path, key))) target[key] = value;
  }
}

/**
 * Where the value at a path stands: in a file that overrides, else in the file that has most of the path. For a value
 * that no file has, the nearest table around it that one has; for none, the first file's line 0.
 */
export function locateIn(files: readonly TomlFile[], path: string, exact = false): Position {
  const { steps } = splitPath(path);
  let best: Position = { file: files[0]?.file.name ?? '(defaults)', line: 0, column: 0 };
  let missing = steps.length;
  for (const file of [...files.filter((one) => one.file.overrides), ...files.filter((one) => !one.file.overrides)]) {
    for (const spelling of exact ? [steps] : spellings(steps)) {
      const { found, position } = file.locate(spelling);
      if (found === 0 || spelling.length - found >= missing) continue;
      missing = spelling.length - found;
      best = position;
    }
  }
  return best;
}

function spellings(steps: readonly PathStep[]): (readonly PathStep[])[] {
  const found: (readonly PathStep[])[] = [steps];
  for (const [read, written] of SPELLINGS) {
    if (read.every((step, index) => steps[index] === step)) found.push([...written, ...steps.slice(read.length)]);
  }
  return found;
}
