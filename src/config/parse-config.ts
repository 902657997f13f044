import { parse as parseToml, TomlError } from 'smol-toml';
import { sha256 } from '../kernel/digest.ts';
import type { Position } from '../kernel/errors.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import { crossCheck } from './cross-check.ts';
import { expandEnvironment } from './environment-values.ts';
import { ROOT } from './root.ts';
import { isTable } from './spec.ts';
import { lineFinder, type TomlPositions, tomlPositions } from './toml-positions.ts';
import type { ConfigFile, ConfigProblem, ConfigResult, Environment } from './types.ts';

const MAX_CHARACTERS = 8 * 1024 * 1024;
const MAX_DEPTH = 64;

interface ParsedFile {
  readonly file: ConfigFile;
  readonly value: Record<string, unknown>;
}

/**
 * All files together as one configuration. Pure. Every error is reported at once, with its place; with any error
 * there is no configuration: never a partial one, never defaults in the place of what was wrong.
 */
export function parseConfig(files: readonly ConfigFile[], env: Environment): ConfigResult {
  const problems: ConfigProblem[] = [];
  const parsed: ParsedFile[] = [];
  for (const file of files) {
    const value = parseFile(file, problems);
    if (value) parsed.push({ file, value });
  }
  if (problems.length) return { ok: false, problems };

  const locate = locator(parsed);
  const add = (severity: ConfigProblem['severity']) => (path: string, message: string, hint?: string) => {
    problems.push({
      severity,
      path,
      message: `${path}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      position: locate(path),
    });
  };
  const report = { error: add('error'), notYet: add('not_enforced') };
  const merged = merge(parsed, report.error);
  const expanded = expandEnvironment(merged, env, { error: report.error, warning: add('warning') });
  const config: GovernanceConfig = ROOT.read(expanded.value, '', report);
  crossCheck(config, expanded.off, { error: report.error, warning: add('warning') });

  const sorted = sortProblems(problems);
  if (sorted.some((problem) => problem.severity === 'error')) return { ok: false, problems: sorted };
  // Digests name the variable where a value came from the environment: a secret must not show in them.
  const named = expanded.value === merged ? config : ROOT.read(merged, '', SILENT);
  const digest = sha256(`ggen-config\n${JSON.stringify(named)}`); // members stand in the order of the specification
  return { ok: true, loaded: { config, locate, digest, problems: sorted } };
}

const SILENT = { error: () => undefined, notYet: () => undefined };

function parseFile(file: ConfigFile, problems: ConfigProblem[]): Record<string, unknown> | undefined {
  const fail = (message: string, line: number, column: number): undefined => {
    problems.push({ severity: 'error', path: '', message, position: { file: file.name, line, column } });
    return undefined;
  };
  if (file.text.length > MAX_CHARACTERS) return fail('larger than 8 MiB', 0, 0);
  const text = file.text.startsWith('\ufeff') ? file.text.slice(1) : file.text;
  try {
    const value = parseToml(text, { maxDepth: MAX_DEPTH, integersAsBigInt: false });
    // the parser bounds brackets, but a dotted key nests as deeply as it is long
    return isDeeper(value, MAX_DEPTH) ? fail(`nested deeper than ${MAX_DEPTH} levels`, 1, 1) : value;
  } catch (error) {
    if (error instanceof TomlError) {
      return fail(
        error.message.split('\n', 1)[0]!.replace(/^Invalid TOML document: /, 'not TOML: '),
        error.line,
        error.column,
      );
    }
    return fail('not TOML: nested too deeply or malformed', 1, 1);
  }
}

/** Root tables of all files; `[approvers]` and `[approvals.approvers]` are one table. */
function merge(
  parsed: readonly ParsedFile[],
  error: (path: string, message: string, hint?: string) => void,
): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const { file, value } of parsed) mergeInto(merged, value, '', file.overrides ? undefined : error);
  if (merged.approvers !== undefined) {
    const approvals = isTable(merged.approvals) ? merged.approvals : {};
    const inner = isTable(approvals.approvers) ? { ...approvals.approvers } : {};
    mergeInto(inner, isTable(merged.approvers) ? merged.approvers : { user: merged.approvers }, 'approvers', error);
    merged.approvals = { ...approvals, approvers: inner };
    delete merged.approvers;
  }
  return merged;
}

function mergeInto(
  target: Record<string, unknown>,
  source: Record<string, unknown>,
  path: string,
  /** undefined: what is there already is replaced */
  error: ((path: string, message: string) => void) | undefined,
): void {
  for (const [key, value] of Object.entries(source)) {
    const here = path === '' ? key : `${path}.${key}`;
    const there = target[key];
    if (there === undefined) target[key] = isTable(value) ? { ...value } : value;
    else if (isTable(there) && isTable(value)) mergeInto(there, value, here, error);
    else if (error) error(here, 'is set in two places');
    else target[key] = value;
  }
}

/** Finds where a path stands; positions of a file are scanned for when they are first asked for. */
function locator(parsed: readonly ParsedFile[]): (path: string) => Position {
  const scans = new Map<ConfigFile, { positions: TomlPositions; place: ReturnType<typeof lineFinder> }>();
  const find = (path: string): Position | undefined => {
    // settings from the environment stand last and win
    for (const { file } of parsed.toReversed()) {
      let scan = scans.get(file);
      if (!scan) {
        scan = { positions: tomlPositions(file.text), place: lineFinder(file.text) };
        scans.set(file, scan);
      }
      const offset = scan.positions.get(path);
      if (offset !== undefined) return { file: file.name, ...scan.place(offset) };
    }
    return undefined;
  };
  const first: Position = { file: parsed[0]?.file.name ?? '(defaults)', line: 0, column: 0 };
  return (path) => {
    for (let at = path; at !== ''; at = parentPath(at)) {
      const alias = at.startsWith('approvals.approvers') ? at.slice('approvals.'.length) : undefined;
      const place = (alias && find(alias)) ?? find(at);
      if (place) return place;
    }
    return first;
  };
}

function parentPath(path: string): string {
  const cut = path.endsWith(']') ? path.lastIndexOf('[') : path.lastIndexOf('.');
  return cut < 0 ? '' : path.slice(0, cut);
}

const SEVERITIES = ['error', 'warning', 'not_enforced'];

export function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (a.position.file < b.position.file ? -1 : a.position.file > b.position.file ? 1 : 0) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column,
  );
}

/** One line each: `file:line:column: error: message (hint)`. */
export function renderProblems(problems: readonly ConfigProblem[]): string {
  return sortProblems(problems)
    .map(({ severity, message, hint, position: { file, line, column } }) => {
      const kind = severity === 'not_enforced' ? 'not enforced yet' : severity;
      return `${file}:${line}:${column}: ${kind}: ${message}${hint ? ` (${hint})` : ''}`;
    })
    .join('\n');
}

/** Whether containers are nested deeper than `limit`; without recursion, since that is what it guards. */
function isDeeper(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((node) => (Array.isArray(node) || isTable(node) ? Object.values(node) : []));
  }
  return false;
}
