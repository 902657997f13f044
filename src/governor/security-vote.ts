import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Finding } from '../model/evidence.ts';
import type { Inspector } from './ports.ts';

/** A word on one request, with its reasons. */
export interface AgentWord {
  readonly approved: boolean;
  readonly comment: string;
}

const MAX_TOLD = 10;

/** What inspectors found, as a request keeps it: for whoever decides, and the security agent. */
export function findingsJson(findings: readonly Finding[], mask: (text: string) => string) {
  return findings
    .slice(0, 50)
    .map(({ rule, severity, message }) => ({ rule, severity, message: printable(mask(message), 500) }));
}

/**
 * The security agent's word: no where inspectors found more than a warning when it was asked for, or find it now in
 * what is shown of it; what it approves of was looked at, not proved harmless.
 */
export function securityWord(record: ApprovalRecord, inspector: Pick<Inspector, 'inspect'>): AgentWord {
  const kept = Array.isArray(record.metadata.findings) ? record.metadata.findings : [];
  const then = kept.flatMap((one) => {
    const { rule, severity, message } = (one ?? {}) as Record<string, unknown>;
    return [{ rule: String(rule), severity: String(severity), message: String(message) }];
  });
  const now = inspector
    .inspect(actionOf(record))
    .findings.map(({ rule, severity, message }) => ({ rule, severity, message }));
  const all = [...then, ...now.filter((one) => !then.some(({ rule }) => rule === one.rule))];
  const against = all.filter(({ severity }) => severity !== 'warn');
  const told = (against.length > 0 ? against : all)
    .slice(0, MAX_TOLD)
    .map(({ rule, message }) => `${message} [${rule}]`)
    .join('; ');
  if (against.length > 0) return { approved: false, comment: `${against.length} findings: ${told}` };
  return { approved: true, comment: told === '' ? 'inspectors found nothing' : `warnings only: ${told}` };
}

/** As much of the action as is shown. */
function actionOf({ operation, target, requester, shown }: ApprovalRecord): Action {
  const { content, cwd } = shown;
  return {
    actionType: operation.name,
    target,
    requester,
    ...(typeof content === 'string' ? { content } : {}),
    ...(typeof cwd === 'string' ? { context: { cwd } } : {}),
  };
}
