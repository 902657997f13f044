import type { ApprovalsConfig, ApproverConfig, GovernanceConfig } from '../model/configuration.ts';
import type { OperationClass } from '../model/operation.ts';

interface Sink {
  error(path: string, message: string, hint?: string): void;
  warning(path: string, message: string): void;
}

/** What is wrong or doubtful only in the light of several keys together. */
export function crossCheck(config: GovernanceConfig, _off: readonly string[], sink: Sink): void {
  if (!config.audit.enabled && config.policies.enforcementMode !== 'audit-only') {
    sink.error(
      'audit.enabled',
      'false is possible only with enforcement_mode = "audit-only"',
      'what can not be recorded can not happen',
    );
  }
  listsThatContradict(config, sink);
  strategies(config.approvals, sink);
}

function listsThatContradict({ policies: { operational }, approvals }: GovernanceConfig, sink: Sink): void {
  const asked = new Set(operational.requireApproval.operations.map((rule) => rule.pattern));
  operational.autoApproval.operations.forEach((rule, index) => {
    if (!asked.has(rule.pattern)) return;
    sink.warning(
      `policies.operational.auto_approval.operations[${index}]`,
      `${rule.pattern} is in require_approval too, which wins: this entry has no effect`,
    );
  });
  if (!approvals.enabled && asked.size) {
    sink.warning('approvals.enabled', 'is false, so everything that requires approval is denied');
  }
}

const CLASSES: readonly { key: keyof ApprovalsConfig['strategies']; toml: string; class: OperationClass }[] = [
  { key: 'destructiveOperations', toml: 'destructive_operations', class: 'destructive' },
  { key: 'externalCalls', toml: 'external_calls', class: 'external_call' },
  { key: 'highRiskOperations', toml: 'high_risk_operations', class: 'high_risk' },
  { key: 'readOnlyOperations', toml: 'read_only_operations', class: 'read_only' },
];

function strategies(approvals: ApprovalsConfig, sink: Sink): void {
  for (const { key, toml, class: name } of CLASSES) {
    const path = `approvals.strategies.${toml}`;
    const strategy = approvals.strategies[key];
    if (strategy === 'time-based-approval') {
      if (name === 'destructive' || name === 'high_risk') {
        sink.error(
          path,
          `a timer may not approve operations of class ${name}`,
          'use single-approval or multi-approval',
        );
      } else sink.warning(path, 'a timer that nobody stops approves by itself; it is recorded as decided by the timer');
    }
    if (strategy === 'auto-approval' && (name === 'destructive' || name === 'high_risk')) {
      sink.error(
        path,
        `operations of class ${name} can not approve themselves`,
        'use single-approval or multi-approval',
      );
    }
    if (strategy === 'multi-approval') quorum(approvals, path, name, sink);
  }
}

function quorum(approvals: ApprovalsConfig, path: string, name: OperationClass, sink: Sink): void {
  const { user, agent } = approvals.approvers;
  const eligible = [...user, ...agent].filter((approver) => mayApproveClass(approver, name));
  const required = requiredApprovals(approvals.multiApproval, eligible.length);
  if (required > eligible.length) {
    const who = eligible.map((approver) => approver.id).join(', ') || 'nobody';
    sink.warning(
      path,
      `can't be reached: ${required} approvals are needed and ${eligible.length} may be given (${who}); requests are refused at once`,
    );
  }
  if (approvals.multiApproval.byzantineTolerance && eligible.length < 4) {
    sink.warning(
      path,
      `byzantine_tolerance tolerates no fault with ${eligible.length} eligible approvers; it takes four or more`,
    );
  }
}

function mayApproveClass(approver: ApproverConfig, name: OperationClass): boolean {
  return approver.canApprove.includes('*') || approver.canApprove.includes(name);
}

/** max(min_approvers, ⌈p·N⌉, and with Byzantine tolerance ⌊(N+f)/2⌋+1), in exact arithmetic over p's decimal digits. */
export function requiredApprovals(rule: ApprovalsConfig['multiApproval'], eligible: number): number {
  const [whole = '0', fraction = ''] = String(rule.quorumPercentage).split('.');
  const scale = 10n ** BigInt(fraction.length);
  const numerator = BigInt(whole + fraction) * BigInt(eligible);
  const share = Number((numerator + scale - 1n) / scale);
  const faults = Math.floor((eligible - 1) / 3);
  const byzantine = rule.byzantineTolerance ? Math.floor((eligible + faults) / 2) + 1 : 0;
  return Math.max(rule.minApprovers, share, byzantine);
}
