import type { LoadedSnapshot } from '../../compose/index.ts';
import { actionDigest, maskDecision, renderRule } from '../../governor/index.ts';
import { GgenError, renderError } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import { forTerminal, printable } from '../../kernel/text.ts';
import type { Action } from '../../model/action.ts';
import { actionFromJson } from '../../model/action-json.ts';
import type { Decision, Outcome } from '../../model/decision.ts';
import { decisionToJson } from '../../model/decision-json.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { readLines } from '../line-reader.ts';
import { ACTION_OPTIONS, actionFromFlags, fromCli } from './action-options.ts';
import { loadPolicies } from './load-policies.ts';

const MAX_LINE_BYTES = 64 * 1024 * 1024;

const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  allowed: EXIT.ok,
  requires_approval: EXIT.requiresApproval,
  denied: EXIT.denied,
};

/** `ggen-mcp check`: judges actions and records nothing. Rate and concurrency limits need a store and aren't counted. */
export const check: Command = {
  name: 'check',
  usage:
    'check --action-type TYPE --target TARGET --requester AGENT [--content TEXT] [--context JSON] | --stdin [--json]',
  summary: 'judge an action without doing or recording anything',
  details:
    'With --stdin, one JSON action a line ({"action_type","target","requester","content","context"}) gets one decision\n' +
    'a line. A line that is no action is denied.',
  options: {
    ...ACTION_OPTIONS,
    stdin: { type: 'boolean', about: 'judge the actions on standard input, one a line' },
    json: { type: 'boolean', about: 'the whole decision as JSON' },
  },
  exits: '0 allowed, 3 requires approval, 4 denied, 2 not judged; with --stdin 0 once all lines are judged',
  positionals: [],
  async run(context) {
    const given = Object.keys(ACTION_OPTIONS).find((name) => context.values[name] !== undefined);
    if (context.values.stdin && given)
      throw new GgenError('USAGE', `--stdin reads whole actions from standard input: --${given} can't stand beside it`);
    const policies = loadPolicies(context);
    if (context.values.stdin) return checkLines(context, policies);
    const action = actionFromFlags(context);
    const { decision, digest } = judge(policies, action);
    context.print(context.values.json ? JSON.stringify(decisionToJson(decision, digest)) : render(decision));
    return EXIT_CODES[decision.outcome];
  },
};

async function checkLines(context: CommandContext, policies: LoadedSnapshot): Promise<number> {
  for await (const line of readLines(context.stdin, MAX_LINE_BYTES)) {
    if ('text' in line && line.text.trim() === '') continue;
    const { decision, digest } =
      'text' in line ? judgeLine(policies, line.text) : unusable(policies, 'line over 64 MiB');
    const text = context.values.json
      ? JSON.stringify(decisionToJson(decision, digest))
      : render(decision).replaceAll('\n', ' ');
    if (!context.stdout.write(`${forTerminal(text)}\n`))
      await new Promise((resolve) => context.stdout.once('drain', resolve));
  }
  return EXIT.ok;
}

function judgeLine(policies: LoadedSnapshot, line: string): { decision: Decision; digest: string } {
  let action: Action;
  try {
    action = fromCli(actionFromJson(parseJson(line)));
  } catch (error) {
    return unusable(policies, renderError(error));
  }
  return judge(policies, action);
}

function judge({ set, inspector }: LoadedSnapshot, action: Action): { decision: Decision; digest: string } {
  const evidence = inspector.inspect(action);
  const decision = maskDecision(set.decide(action, evidence), inspector.maskSecrets);
  return { decision, digest: actionDigest(action, evidence) };
}

/** What can't be read as an action is denied: rule 1, cannot decide → denied. */
function unusable({ set }: LoadedSnapshot, why: string): { decision: Decision; digest: string } {
  const reason = { rule: 'builtin.unusable-input', message: printable(why, 500), file: '', line: 0 };
  return {
    decision: { outcome: 'denied', reasons: [reason], warnings: [], policySet: set.digest, mode: set.mode },
    digest: '',
  };
}

function render(decision: Decision): string {
  return [
    decision.outcome.replace('_', ' '),
    ...decision.reasons.map((reason) => `  ${printable(reason.message, 500)} [${renderRule(reason)}]`),
    ...decision.warnings.map((reason) => `  warning: ${printable(reason.message, 500)} [${renderRule(reason)}]`),
    ...(decision.strict ? [`  strict would have said: ${decision.strict.outcome.replace('_', ' ')}`] : []),
  ].join('\n');
}
