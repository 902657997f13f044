import { existsSync } from 'node:fs';
import { type AuditFilter, AuditQuery, auditEntryToJson, parseDuration, renderEntryLine } from '../../audit/index.ts';
import { findPlaces, openStore } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { nearest } from '../../kernel/text.ts';
import { EVENT_TYPES, type EventType, OPERATION_RESULTS, type OperationResult } from '../../model/audit-entry.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp audit tail`: the newest entries, oldest of them first, as a person reads a log. */
export const auditTail: Command = {
  name: 'audit tail',
  usage: 'audit tail [--lines N] [--json]',
  summary: 'show the newest entries of the audit trail',
  details: 'Oldest of them first, as a person reads a log.',
  options: {
    lines: { type: 'string', value: 'N', about: 'how many (default 20)' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 shown, none included; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const filter = new AuditQuery().limit(count(context, 'lines', 20)).toFilter();
    return printEntries(context, filter, true);
  },
};

/** `ggen-mcp audit query`: entries that match, newest first. */
export const auditQuery: Command = {
  name: 'audit query',
  usage:
    'audit query [--event-type TYPE] [--last TIME] [--from TIME] [--to TIME] [--actor ID] [--operation NAME] ' +
    '[--result RESULT] [--correlation-id ID] [--limit N] [--json]',
  summary: 'find entries of the audit trail',
  details:
    `Newest first. Times are ISO 8601 (2026-01-31, 2026-01-31T12:00:00Z).\n\n` +
    `event types: ${EVENT_TYPES.slice(0, 4).join(', ')},\n  ${EVENT_TYPES.slice(4).join(', ')}\n` +
    `results: ${OPERATION_RESULTS.join(', ')}`,
  options: {
    'event-type': { type: 'string', value: 'TYPE', about: 'only this type' },
    last: { type: 'string', value: 'TIME', about: 'not older than this: 30s, 15m, 24h, 7d' },
    from: { type: 'string', value: 'TIME', about: 'from this time on' },
    to: { type: 'string', value: 'TIME', about: 'up to this time' },
    actor: { type: 'string', value: 'ID', about: 'only what this agent, person or program did' },
    operation: { type: 'string', value: 'NAME', about: 'only this operation: write_file, …' },
    result: { type: 'string', value: 'RESULT', about: 'only this result' },
    'correlation-id': { type: 'string', value: 'ID', about: 'only what belongs to one call' },
    limit: { type: 'string', value: 'N', about: 'at most so many (default 100)' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 searched, also where nothing matches; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const { values } = context;
    let query = new AuditQuery().limit(count(context, 'limit', 100));
    if (values['event-type'] !== undefined) {
      query = query.eventType(oneOf('--event-type', values['event-type'], EVENT_TYPES) as EventType);
    }
    if (values.result !== undefined) {
      query = query.result(oneOf('--result', values.result, OPERATION_RESULTS) as OperationResult);
    }
    if (values.last !== undefined) query = query.from(Date.now() - parseDuration(String(values.last)));
    if (values.from !== undefined) query = query.from(time('--from', values.from));
    if (values.to !== undefined) query = query.to(time('--to', values.to));
    if (values.actor !== undefined) query = query.actor(String(values.actor));
    if (values.operation !== undefined) query = query.operation(String(values.operation));
    if (values['correlation-id'] !== undefined) query = query.correlationId(String(values['correlation-id']));
    return printEntries(context, query.toFilter(), false);
  },
};

async function printEntries(context: CommandContext, filter: AuditFilter, oldestFirst: boolean): Promise<number> {
  const { audit } = loadPolicies(context).loaded.config;
  const places = findPlaces(context);
  if (audit.storage.backend === 'sqlite' && !existsSync(places.storePath(audit.storage.path))) {
    if (!context.values.json) context.stderr.write('nothing recorded yet\n');
    return EXIT.ok;
  }
  const store = await openStore(audit, places);
  try {
    const entries = await store.query(filter);
    if (entries.length === 0 && !context.values.json)
      context.stderr.write(oldestFirst ? 'nothing recorded yet\n' : 'no entry matches\n');
    if (oldestFirst) entries.reverse();
    for (const entry of entries) {
      const line = context.values.json
        ? JSON.stringify({ seq: entry.seq, ...auditEntryToJson(entry) })
        : renderEntryLine(entry);
      if (!context.stdout.write(`${line}\n`)) await new Promise((resolve) => context.stdout.once('drain', resolve));
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

function count({ values }: CommandContext, name: string, otherwise: number): number {
  if (values[name] === undefined) return otherwise;
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000_000) return number;
  throw new GgenError('USAGE', `--${name} takes a whole number from 1 to 1000000, not ${JSON.stringify(values[name])}`);
}

function oneOf(name: string, value: unknown, known: readonly string[]): string {
  if (known.includes(String(value))) return String(value);
  const near = nearest(String(value), known);
  throw new GgenError('USAGE', `${name} ${JSON.stringify(value)} is none of ${known.join(', ')}`, {
    ...(near ? { hint: `did you mean ${near}?` } : {}),
  });
}

function time(name: string, value: unknown): Date {
  const text = String(value);
  const date = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new GgenError('USAGE', `${name} ${JSON.stringify(text)} is no ISO 8601 time`, {
    hint: 'as in 2026-01-31T12:00:00Z',
  });
}
