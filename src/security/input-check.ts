import type { Action } from '../model/action.ts';
import type { Finding } from '../model/evidence.ts';

export const INPUT_RULE = 'policies.security.input_validation';
export const MAX_TARGET = 65_536;
export const MAX_PARTS = 1000;

// What must not hide in a target: control characters, line separators, bidi controls, zero-width and tag characters.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;
// The common case, without a look at each character: printable ASCII.
const PLAIN = /^[\u0020-\u007e]*$/;

/** What is wrong with the action as text, before anything is resolved. `maxBytes` bounds the content's UTF-8 form. */
export function inspectInput(action: Action, maxBytes: number, isCommand: (operation: string) => boolean): Finding[] {
  const findings: Finding[] = [];
  const look = (field: string, text: string, lines = false): void => {
    if (text.length > MAX_TARGET) {
      findings.push(block(`${field} is longer than ${MAX_TARGET} characters (${text.length})`));
      return;
    }
    // The lines of a command are read as its shell reads them.
    const hidden = hiddenCharacter(lines ? text.replace(/[\n\t]/g, ' ') : text);
    if (hidden !== undefined) findings.push(block(`${field} holds ${hidden.name} at column ${hidden.column}`));
  };
  look('target', action.target, isCommand(action.actionType));
  look('requester', action.requester);
  if (action.context?.cwd !== undefined) look('context.cwd', action.context.cwd);
  for (const [index, part] of (action.parts ?? []).entries()) {
    if (index >= MAX_PARTS) break;
    look(`parts[${index}].target`, part.target, isCommand(part.actionType));
  }
  const parts = action.parts?.length ?? 0;
  if (parts > MAX_PARTS) findings.push(block(`the action has ${parts} parts; at most ${MAX_PARTS} are judged`));
  if (action.content !== undefined && isLarger(action.content, maxBytes)) {
    findings.push(block(`content is larger than max_request_size_mb allows (${maxBytes} bytes)`));
  }
  return findings;
}

/** The first character of `text` that a person can't see; undefined where all can be seen. */
function hiddenCharacter(text: string): { name: string; column: number } | undefined {
  if (PLAIN.test(text)) return undefined;
  const match = HIDDEN.exec(text);
  if (match === null) return undefined;
  const code = match[0].codePointAt(0)!;
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return { name: surrogate ? 'half of a surrogate pair' : `the hidden character U+${hex}`, column: match.index + 1 };
}

/** True where the UTF-8 form of `text` has more than `bytes` bytes. */
export function isLarger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  return Buffer.byteLength(text) > bytes;
}

function block(message: string): Finding {
  return { kind: 'input', rule: INPUT_RULE, severity: 'block', message };
}
