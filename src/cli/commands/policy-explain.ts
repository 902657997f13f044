import { maskDecision, renderRule } from '../../governor/index.ts';
import { printable } from '../../kernel/text.ts';
import { decisionToJson, reasonToJson } from '../../model/decision-json.ts';
import type { TraceStep } from '../../policy/index.ts';
import { type Command, EXIT } from '../command.ts';
import { ACTION_OPTIONS, actionFromFlags } from './action-options.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp policy explain`: every step behind a decision. */
export const policyExplain: Command = {
  name: 'policy explain',
  usage:
    'policy explain --action-type TYPE --target TARGET --requester AGENT [--content TEXT] [--context JSON] [--json]',
  summary: 'show every step that leads to a decision',
  options: { ...ACTION_OPTIONS, json: { type: 'boolean', about: 'decision and steps as JSON' } },
  exits: '0 explained, whatever the decision; 2 not judged',
  positionals: [],
  async run(context) {
    const { set, inspector } = loadPolicies(context);
    const action = actionFromFlags(context);
    const evidence = inspector.inspect(action);
    const explained = set.explain(action, evidence);
    const decision = maskDecision(explained.decision, inspector.maskSecrets);
    const trace = explained.trace.map((step) => maskStep(step, inspector.maskSecrets));
    if (context.values.json) {
      const steps = trace.map((step) => ({ ...step, reasons: step.reasons.map(reasonToJson) }));
      context.print(JSON.stringify({ decision: decisionToJson(decision, ''), trace: steps }));
      return EXIT.ok;
    }
    for (const step of trace) {
      context.print(`${step.step.padEnd(9)} ${step.verdict.padEnd(17)} ${printable(step.part, 120)}`);
      for (const reason of step.reasons)
        context.print(`          ${printable(reason.message, 500)} [${renderRule(reason)}]`);
    }
    context.print(
      `=> ${decision.outcome.replace('_', ' ')} (mode ${decision.mode}, policy set ${set.digest.slice(0, 12)})`,
    );
    for (const warning of decision.warnings)
      context.print(`   warning: ${printable(warning.message, 500)} [${renderRule(warning)}]`);
    return EXIT.ok;
  },
};

function maskStep(step: TraceStep, mask: (text: string) => string): TraceStep {
  const reasons = step.reasons.map((reason) => ({ ...reason, message: mask(reason.message) }));
  return { ...step, part: mask(step.part), reasons };
}
