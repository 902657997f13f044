import { digestOf, sha256 } from '../kernel/digest.ts';
import type { Json } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import type { Evidence } from '../model/evidence.ts';

/**
 * What exactly is judged, approved and recorded: SHA-256 over the canonical form of operation, target, where the
 * target resolves to, content, parameters, further parts, argv, cwd, named environment and referenced files. Session,
 * correlation id and justification are left out, so that a retry of the same action matches.
 */
export function actionDigest(
  action: Action,
  evidence: Evidence,
  references: Readonly<Record<string, string>> = {},
): string {
  const value: Json = {
    operation: action.actionType,
    target: utf8(action.target),
    resolved: evidence.parts.map((part) => part.path ?? part.url?.host ?? null),
    content: action.content === undefined ? null : contentDigest(action.content),
    parameters: action.parameters ?? null,
    parts: (action.parts ?? []).map((part) => [part.actionType, utf8(part.target)]),
    argv: action.context?.argv?.map(utf8) ?? null,
    cwd: action.context?.cwd ?? null,
    env: { ...action.context?.env },
    references: { ...references },
  };
  return digestOf('ggen-action-v1', value);
}

/**
 * SHA-256 of content as UTF-8. Content with lone surrogates has no UTF-8 form: it is hashed as UTF-16, and its digest
 * says so, so that it never equals that of another content.
 */
export function contentDigest(content: string): string {
  return content.isWellFormed() ? sha256(content) : `utf16-${sha256(Buffer.from(content, 'utf16le'))}`;
}

/** A target with lone surrogates is refused by the inspector, but its refusal must still be recorded. */
function utf8(text: string): Json {
  return text.isWellFormed() ? text : { utf16: Buffer.from(text, 'utf16le').toString('hex') };
}
