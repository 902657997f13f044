import type { Position } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import type { ConfigProblem } from './types.ts';

type Severity = ConfigProblem['severity'];
export type Say = (path: string, message: string, hint?: string) => void;

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'not_enforced'];
/** More of one severity than this is said as a number: a file of megabytes may be wrong in each line. */
const MAX_PROBLEMS = 1000;

/** Nearly every path; `printable` costs more than all else that is said here. */
const PLAIN = /^[\w.[\]-]{1,300}$/;

export interface ProblemList {
  readonly error: Say;
  readonly warning: Say;
  readonly notEnforced: Say;
  /** an error with its place given, where the path alone doesn't say it */
  errorAt(position: Position, path: string, message: string, hint?: string): void;
  /** false once nothing more of it will be kept, so that nobody need think of a hint */
  isOpen(severity: Severity): boolean;
  /** errors first, then by file and place */
  sorted(): ConfigProblem[];
}

/** Collects problems; `locate` finds the places of their paths. */
export function collectProblems(locate: (path: string) => Position): ProblemList {
  const kept: ConfigProblem[] = [];
  const counts: Record<Severity, number> = { error: 0, warning: 0, not_enforced: 0 };
  const isOpen = (severity: Severity): boolean => counts[severity] < MAX_PROBLEMS;
  const add = (severity: Severity, position: Position | undefined, path: string, message: string, hint?: string) => {
    counts[severity] += 1;
    if (counts[severity] > MAX_PROBLEMS) return;
    kept.push({
      severity,
      path,
      message: path === '' ? message : `${PLAIN.test(path) ? path : printable(path, 300)}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      position: position ?? locate(path),
    });
  };
  return {
    error: (path, message, hint) => add('error', undefined, path, message, hint),
    warning: (path, message, hint) => add('warning', undefined, path, message, hint),
    notEnforced: (path, message, hint) => add('not_enforced', undefined, path, message, hint),
    errorAt: (position, path, message, hint) => add('error', position, path, message, hint),
    isOpen,
    sorted() {
      const more = SEVERITIES.filter((severity) => counts[severity] > MAX_PROBLEMS).map((severity) => ({
        severity,
        path: '',
        message: `and ${counts[severity] - MAX_PROBLEMS} more like these`,
        position: kept.findLast((problem) => problem.severity === severity)!.position,
      }));
      return sortProblems([...kept, ...more]);
    },
  };
}

function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (a.position.file < b.position.file ? -1 : a.position.file > b.position.file ? 1 : 0) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column,
  );
}

/** One line each, sorted: `file:line:column: error: message (hint)`. */
export function renderProblems(problems: readonly ConfigProblem[]): string {
  return sortProblems(problems)
    .map(({ severity, message, hint, position: { file, line, column } }) => {
      const kind = severity === 'not_enforced' ? 'not enforced yet' : severity;
      return printable(
        `${file}${line > 0 ? `:${line}:${column}` : ''}: ${kind}: ${message}${hint ? ` (${hint})` : ''}`,
        2000,
      );
    })
    .join('\n');
}
