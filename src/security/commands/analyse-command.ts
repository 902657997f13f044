import { printable } from '../../kernel/text.ts';
import type { Finding } from '../../model/evidence.ts';
import { readShell, type Span } from '../shell/index.ts';
import type { CommandAnalysis, CommandScene, Judge, Verdicts } from './analysis.ts';
import { judgeFound } from './judge-found.ts';
import { touch } from './touches.ts';

export const COMMAND_RULE = 'policies.security.command_injection_protection';

/** How deep commands may stand in commands (`sh -c "sh -c …"`). */
const MAX_DEPTH = 6;
/** How many texts one line may have shells read. */
const MAX_READINGS = 100;

/**
 * Everything that a command line would start, open and connect to. Never throws; what it can't know is a finding: a
 * line without findings does exactly what `parts`, `touches` and `urls` say.
 */
export function analyseCommand(line: string, scene: CommandScene, fed = false): CommandAnalysis {
  const analysis = analyse(line, scene, fed, false);
  // Only who is told that something is wrong needs to know where.
  const told =
    analysis.words.length === 1 &&
    [...analysis.shell, ...analysis.programs].some(({ severity }) => severity !== 'warn');
  return told ? analyse(line, scene, fed, true) : analysis;
}

function analyse(line: string, scene: CommandScene, fed: boolean, exact: boolean): CommandAnalysis {
  const result: CommandAnalysis = { parts: [], touches: [], urls: [], shell: [], programs: [], words: [] };
  const said = new Set<string>();
  const add = (into: Finding[], severity: Finding['severity'], rule: string, message: string): void => {
    if (said.has(severity + message)) return;
    said.add(severity + message);
    into.push({ kind: 'command', rule, severity, message });
  };
  const verdicts = (into: Finding[]): Verdicts => ({
    deny: (span, reason) => add(into, 'block', COMMAND_RULE, `the command is refused: ${placed(span, reason)}`),
    ask: (span, reason) => add(into, 'ask', 'builtin.command', `the command is asked about: ${placed(span, reason)}`),
  });
  const judge: Judge = {
    line,
    scene,
    result,
    touched: 0,
    commands: 0,
    readings: 0,
    given: 0,
    shell: verdicts(result.shell),
    ...verdicts(result.programs),
    read: (text, cwds, depth, more) => readInto(judge, text, cwds, depth, more, exact),
    warn: (reason) => add(result.programs, 'warn', 'builtin.project-code', printable(reason, 300)),
  };
  judge.read(line, scene.base.ok ? [scene.base.path] : undefined, 0, fed);
  return result;
}

/** Reads one text as a shell would, and judges all that it would start. */
function readInto(
  judge: Judge,
  line: string,
  cwds: readonly string[] | undefined,
  depth: number,
  fed: boolean,
  exact: boolean,
): void {
  const { scene } = judge;
  for (const cwd of cwds === undefined || cwds.length === 0 ? [undefined] : cwds) {
    judge.readings += 1;
    // Texts in texts, from many folders: each level would multiply what there is to read.
    if (depth > MAX_DEPTH || judge.readings > MAX_READINGS) {
      judge.shell.deny(undefined, 'commands stand in commands too deeply');
      return;
    }
    const { commands, redirects, problems } = readShell(line, {
      home: scene.home,
      cwd,
      harmless: scene.harmless,
      fed,
      placed: exact,
      enter: scene.enter,
    });
    // Inside a text that a shell is given, places count from that text's own start.
    const place = (span: Span): Span | undefined => (depth === 0 ? span : undefined);
    for (const problem of problems) {
      if (problem.verdict === 'deny') judge.shell.deny(place(problem), problem.reason);
      else judge.shell.ask(place(problem), problem.reason);
    }
    for (const { access, target, cwds: places } of redirects) touch(judge, access, target, places);
    for (const command of commands) judgeFound(judge, command, depth);
  }
}

function placed(span: Span | undefined, reason: string): string {
  return `${span === undefined ? '' : `column ${span.pos + 1}: `}${printable(reason, 300)}`;
}
