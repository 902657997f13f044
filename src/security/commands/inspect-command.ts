import { printable } from '../../kernel/text.ts';
import type { ActionContext } from '../../model/action.ts';
import type { Finding } from '../../model/evidence.ts';
import { judgeVariable } from '../shell/index.ts';
import { analyseCommand, COMMAND_RULE } from './analyse-command.ts';
import type { CommandAnalysis, CommandScene } from './analysis.ts';

export interface CommandJudgement {
  readonly analysis: CommandAnalysis;
  /** every program is known with its words; otherwise policy gets none */
  readonly known: boolean;
  readonly findings: readonly Finding[];
}

/**
 * A command line on its way to policy: what it would do, and what keeps it from being judged by that. `guarded` is
 * `command_injection_protection`: off, what programs would do with their words is not looked at, but what isn't known
 * of the line is still not permitted by silence.
 */
export function inspectCommand(
  target: string,
  context: ActionContext | undefined,
  scene: CommandScene,
  guarded: boolean,
): CommandJudgement {
  const analysis = analyseCommand(target, scene);
  const known = !analysis.shell.some(({ severity }) => severity === 'block');
  if (!guarded) {
    const findings = analysis.shell.map(
      (finding): Finding => ({ ...finding, rule: 'builtin.unknown-command', severity: 'deny' }),
    );
    return { analysis, known, findings };
  }
  const findings = [...analysis.shell, ...analysis.programs];
  const given = context?.argv;
  if (given !== undefined && !isSame(given, analysis)) {
    findings.push(block('the words in context.argv are not the words of the command'));
  }
  for (const name of Object.keys(context?.env ?? {}).sort()) {
    const verdict = judgeVariable(name, scene.harmless);
    const shown = `the environment variable "${printable(name, 60)}"`;
    if (verdict === 'leading') findings.push(block(`${shown} can change what the command runs`));
    else if (verdict === 'unknown') {
      const message = `${shown} changes the command in a way that is not known`;
      findings.push({ kind: 'command', rule: 'builtin.command', severity: 'ask', message });
    }
  }
  return { analysis, known, findings };
}

/** True where the line is one command of exactly these words. */
function isSame(given: readonly string[], { words, touches }: CommandAnalysis): boolean {
  const [only] = words;
  if (words.length !== 1 || only === undefined || touches.length > 1000) return false;
  return given.length === only.length && given.every((word, index) => word === only[index]);
}

function block(message: string): Finding {
  return { kind: 'command', rule: COMMAND_RULE, severity: 'block', message };
}
