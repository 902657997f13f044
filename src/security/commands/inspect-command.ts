import { splitLiteralCommand } from '../../kernel/shell-words.ts';
import { printable } from '../../kernel/text.ts';
import type { ActionContext } from '../../model/action.ts';
import type { Finding } from '../../model/evidence.ts';
import { startsOthers } from './program-starters.ts';
import { runsProjectCode } from './project-code.ts';

export const COMMAND_RULE = 'policies.security.command_injection_protection';

/** Variables that no program takes code, a path of code or a tool's name from. */
const HARMLESS_VARIABLES: ReadonlySet<string> = new Set(
  'CI NODE_ENV RUST_LOG RUST_BACKTRACE FORCE_COLOR NO_COLOR CLICOLOR COLUMNS LINES TERM LANG LC_ALL TZ'.split(' '),
);

export interface CommandJudgement {
  /** its literal words, program first; absent where it isn't one simple command of literal words */
  readonly argv?: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * A command line on its way to policy: its words, and what keeps it from being judged by them. `guarded` is
 * `command_injection_protection`: off, starters and environments pass, but what can't be split still has no words.
 */
export function inspectCommand(target: string, context: ActionContext | undefined, guarded: boolean): CommandJudgement {
  const split = splitLiteralCommand(target);
  if (!split.ok) {
    const message =
      `the command is not one simple command of literal words: column ${split.column}: ${split.reason}; ` +
      'compound commands are not judged yet: give one command at a time';
    return { findings: [unknown(message, guarded)] };
  }
  const { argv } = split;
  const given = context?.argv;
  if (given !== undefined && (given.length !== argv.length || given.some((word, index) => word !== argv[index]))) {
    return { findings: [unknown('the words in context.argv are not the words of the command', guarded)] };
  }
  const findings: Finding[] = [];
  const starts = guarded ? startsOthers(argv) : undefined;
  if (starts !== undefined)
    findings.push(block(`${printable(starts, 120)}, which are not judged yet: name them directly`));
  const variable = guarded
    ? Object.keys(context?.env ?? {})
        .sort()
        .find((name) => !HARMLESS_VARIABLES.has(name))
    : undefined;
  if (variable !== undefined) {
    findings.push(block(`the environment variable "${printable(variable, 60)}" can change what the command runs`));
  }
  if (runsProjectCode(argv)) {
    const message = `runs project code: "${printable(argv.slice(0, 3).join(' '), 120)}"`;
    findings.push({ kind: 'command', rule: 'builtin.project-code', severity: 'warn', message });
  }
  return { argv, findings };
}

function unknown(message: string, guarded: boolean): Finding {
  return guarded ? block(message) : { kind: 'command', rule: 'builtin.unknown-command', severity: 'deny', message };
}

function block(message: string): Finding {
  return { kind: 'command', rule: COMMAND_RULE, severity: 'block', message };
}
