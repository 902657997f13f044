import { type AuditQuery, isDay, parseDuration, parseInstant } from '../../audit/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { nearest } from '../../kernel/text.ts';
import { EVENT_TYPES, type EventType, OPERATION_RESULTS, type OperationResult } from '../../model/audit-entry.ts';
import type { CommandContext, CommandOption } from '../command.ts';

/** The options that say which entries of the trail are meant, for every command that takes them. */
export const FILTER_OPTIONS = {
  'event-type': { type: 'string', value: 'TYPE', about: 'only this type' },
  last: { type: 'string', value: 'TIME', about: 'not older than this: 30s, 15m, 24h, 7d' },
  from: { type: 'string', value: 'TIME', about: 'from this time on' },
  to: { type: 'string', value: 'TIME', about: 'up to this time; a day without a time is included' },
  actor: { type: 'string', value: 'ID', about: 'only what this agent, person or program did' },
  operation: { type: 'string', value: 'NAME', about: 'only this operation: write_file, …' },
  result: { type: 'string', value: 'RESULT', about: 'only this result' },
  text: { type: 'string', value: 'TEXT', about: 'only what holds this text in target, parameters or metadata' },
  'correlation-id': { type: 'string', value: 'ID', about: 'only what belongs to one call' },
} as const satisfies Record<string, CommandOption>;

export const FILTER_USAGE =
  '[--event-type TYPE] [--last TIME] [--from TIME] [--to TIME] [--actor ID] [--operation NAME] ' +
  '[--result RESULT] [--text TEXT] [--correlation-id ID]';

export const FILTER_DETAILS =
  `event types: ${EVENT_TYPES.slice(0, 4).join(', ')},\n  ${EVENT_TYPES.slice(4).join(', ')}\n` +
  `results: ${OPERATION_RESULTS.join(', ')}`;

/** The query narrowed by these options. USAGE for a value that means nothing. */
export function narrowed(query: AuditQuery, { values }: Pick<CommandContext, 'values'>): AuditQuery {
  let narrow = query;
  if (values['event-type'] !== undefined) {
    narrow = narrow.eventType(oneOf('--event-type', values['event-type'], EVENT_TYPES) as EventType);
  }
  if (values.result !== undefined) {
    narrow = narrow.result(oneOf('--result', values.result, OPERATION_RESULTS) as OperationResult);
  }
  const { from, to } = periodOf(values);
  if (from !== undefined) narrow = narrow.from(from);
  if (to !== undefined) narrow = narrow.to(to);
  if (values.actor !== undefined) narrow = narrow.actor(String(values.actor));
  if (values.operation !== undefined) narrow = narrow.operation(String(values.operation));
  if (values.text !== undefined) narrow = narrow.text(String(values.text));
  if (values['correlation-id'] !== undefined) narrow = narrow.correlationId(String(values['correlation-id']));
  return narrow;
}

/** These options as they were given. */
export function filterWords({ values }: Pick<CommandContext, 'values'>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(FILTER_OPTIONS).flatMap((name) => (values[name] === undefined ? [] : [[name, String(values[name])]])),
  );
}

/** `value` if it is one of those known; else USAGE, naming the nearest. */
export function oneOf(name: string, value: unknown, known: readonly string[]): string {
  if (known.includes(String(value))) return String(value);
  const near = nearest(String(value), known);
  throw new GgenError('USAGE', `${name} ${JSON.stringify(value)} is none of ${known.join(', ')}`, {
    ...(near ? { hint: `did you mean ${near}?` } : {}),
  });
}

const DAY_MS = 86_400_000;

/** What is asked for in time: a date alone means the whole of that day (UTC), as it does for reports. */
function periodOf({ last, from, to }: CommandContext['values']): { from?: number; to?: number } {
  if (last !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new GgenError('USAGE', '--last and --from or --to say the same thing twice');
    return { from: Date.now() - durationOf('--last', String(last)) };
  }
  const begin = from === undefined ? undefined : parseInstant('--from', String(from));
  const end = to === undefined ? undefined : parseInstant('--to', String(to)) + (isDay(String(to)) ? DAY_MS : 0);
  if (begin !== undefined && end !== undefined && end <= begin) {
    throw new GgenError('USAGE', `the period ends before it begins: --from ${String(from)}, --to ${String(to)}`);
  }
  return { ...(begin === undefined ? {} : { from: begin }), ...(end === undefined ? {} : { to: end }) };
}

function durationOf(option: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!isGgenError(error)) throw error;
    throw new GgenError('USAGE', `${option} ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}
