import type { ApprovalStrategy } from '../../model/approval.ts';
import type { ApprovalsConfig } from '../../model/configuration.ts';
import type { Finding, PartEvidence } from '../../model/evidence.ts';
import { graveClass, type OperationSpec } from '../../model/operation.ts';
import type { StandingGrantTerms } from '../../model/standing-grant.ts';
import { eligibleUsers } from '../eligibility.ts';
import { isSameName } from '../same-name.ts';

/** Targets of one kind of operation, compiled; `everything`: no target is left out. */
export type TargetPattern =
  | { readonly ok: true; readonly everything: boolean; matches(part: PartEvidence): boolean }
  | { readonly ok: false; readonly why: string };

export interface GrantScope {
  readonly operation: OperationSpec;
  readonly strategy: ApprovalStrategy;
  readonly pattern: TargetPattern;
}

type Terms = Pick<StandingGrantTerms, 'agent' | 'operation' | 'pattern' | 'approver'>;

/** Why nobody, or not this approver, may permit this ahead; undefined where it may be. */
export function whyNotGrantable(
  { agent, operation: name, pattern: text, approver }: Terms,
  { operation, strategy, pattern }: GrantScope,
  { approvers }: Pick<ApprovalsConfig, 'approvers'>,
): string | undefined {
  const grave = graveClass(operation);
  if (grave) return `${name} is ${grave}: each of these is asked about`;
  if (strategy === 'multi-approval') return `${name} takes several approvers, and one can't permit it ahead for all`;
  if (!pattern.ok) return `${JSON.stringify(text)} ${pattern.why}`;
  if (pattern.everything && !operation.classes.includes('read_only')) {
    return `${JSON.stringify(text)} leaves nothing out, and ${name} does more than read: name what it may touch`;
  }
  if (isSameName(agent, approver)) return `${approver} can't permit itself anything`;
  const isAgent = approvers.agent.some(({ id }) => isSameName(id, approver));
  const eligible = eligibleUsers(approvers.user, [operation]);
  if (isAgent || eligible?.some(({ id }) => id === approver) === false) return `${approver} may not decide on ${name}`;
  return undefined;
}

/** Does it cover an attempt that does just this, and that inspectors found nothing about? */
export function covers(
  grant: Terms,
  { pattern }: Pick<GrantScope, 'pattern'>,
  attempt: {
    readonly requester: string;
    readonly parts: readonly PartEvidence[];
    readonly findings: readonly Finding[];
  },
): boolean {
  const [part, ...more] = attempt.parts;
  return (
    grant.agent === attempt.requester &&
    part !== undefined &&
    more.length === 0 &&
    part.actionType === grant.operation &&
    attempt.findings.every(({ kind, severity }) => severity === 'warn' && kind !== 'secret') &&
    pattern.ok &&
    pattern.matches(part)
  );
}
