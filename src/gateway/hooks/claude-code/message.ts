import { GgenError } from '../../../kernel/errors.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { parseJson } from '../../../kernel/json-scan.ts';
import { printable } from '../../../kernel/text.ts';

/** What Claude Code tells a hook on standard input; keys that don't matter here are passed over. */
export interface HookMessage {
  readonly event: 'PreToolUse' | 'PostToolUse' | 'PostToolUseFailure';
  readonly session: string;
  readonly cwd: string;
  readonly tool: string;
  readonly input: JsonObject;
  /** the same before and after the tool ran */
  readonly toolUseId: string;
  readonly error: string | undefined;
}

const EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'] as const;

/** INPUT_INVALID for whatever can't be understood: the caller denies. */
export function parseMessage(text: string): HookMessage {
  const json = parseJson(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid('the message is no JSON object');
  const message = json as JsonObject;
  const word = (key: string): string => {
    const value = message[key];
    if (typeof value !== 'string' || value === '') throw invalid(`the message has no ${key}`);
    return value;
  };
  const event = EVENTS.find((one) => one === message.hook_event_name);
  if (!event) throw invalid(`unknown event ${printable(String(message.hook_event_name), 60)}`);
  const input = message.tool_input;
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    throw invalid('tool_input is no JSON object');
  return {
    event,
    session: word('session_id'),
    cwd: word('cwd'),
    tool: word('tool_name'),
    input: input as JsonObject,
    toolUseId: typeof message.tool_use_id === 'string' ? message.tool_use_id : '',
    error: typeof message.error === 'string' ? message.error : undefined,
  };
}

function invalid(message: string): GgenError {
  return new GgenError('INPUT_INVALID', message);
}
