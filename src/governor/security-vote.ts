import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { Action, ActionPart } from '../model/action.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Finding } from '../model/evidence.ts';
import type { Inspector } from './ports.ts';

/** A word on one request, with its reasons. */
export interface AgentWord {
  readonly approved: boolean;
  readonly comment: string;
}

const MAX_TOLD = 10;
/** More of them are not kept with a request. */
const MAX_KEPT = 50;
const MAX_DEPTH = 64;
const GRAVITY: readonly Finding['severity'][] = ['always', 'block', 'deny', 'ask', 'warn'];

/** What inspectors found, as a request keeps it, the gravest first: for whoever decides, and the security agent. */
export function findingsJson(findings: readonly Finding[], mask: (text: string) => string) {
  return findings
    .toSorted((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity))
    .slice(0, MAX_KEPT)
    .map(({ rule, severity, message }) => ({ rule, severity, message: printable(mask(message), 500) }));
}

/**
 * The security agent's word: no where inspectors found more than a warning when it was asked for, or find it now in
 * what is shown of it; what it approves of was looked at, not proved harmless. NOT_AVAILABLE where it finds nothing
 * against it, but can't see all of it.
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
  const hidden = whatIsHidden(record);
  if (hidden !== undefined) throw new GgenError('NOT_AVAILABLE', `the security agent can't see all of it: ${hidden}`);
  return { approved: true, comment: told === '' ? 'inspectors found nothing' : `warnings only: ${told}` };
}

/** Which part of what is asked isn't shown: nobody can vouch for that. */
function whatIsHidden({ shown }: ApprovalRecord): string | undefined {
  const { not_shown: notShown, content, content_length: length, parameters, parameters_length: all } = shown;
  if (Array.isArray(notShown) && notShown.length > 0) {
    return `not shown ${printable(notShown.map(String).join(', '), 200)}`;
  }
  const isCut = (text: Json | undefined, whole: Json | undefined): boolean =>
    typeof whole === 'number' && !(typeof text === 'string' && text.length >= whole);
  if (isCut(content, length)) return `${length} characters of content, of which some are cut off or masked`;
  return isCut(parameters, all) ? `${all} characters of parameters, of which some are cut off or masked` : undefined;
}

/** As much of the action as is shown. Of a request that a program made, any text may be what it is about. */
function actionOf({ operation, target, requester, shown, metadata }: ApprovalRecord): Action {
  const { content, cwd } = shown;
  const { parameters } = operation;
  const byProgram = metadata.facets === undefined && parameters !== undefined;
  return {
    actionType: operation.name,
    target,
    requester,
    ...(typeof content === 'string' ? { content } : {}),
    ...(typeof cwd === 'string' ? { context: { cwd } } : {}),
    ...(byProgram ? { parameters, parts: targetsIn(parameters, operation.name) } : {}),
  };
}

function targetsIn(value: Json, actionType: string, depth = 0): ActionPart[] {
  if (typeof value === 'string') return [{ actionType, target: value }];
  if (value === null || typeof value !== 'object') return [];
  if (depth > MAX_DEPTH)
    throw new GgenError('NOT_AVAILABLE', "the security agent can't see all of it: nested too deep");
  return Object.values(value).flatMap((one: Json) => targetsIn(one, actionType, depth + 1));
}
