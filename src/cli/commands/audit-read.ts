import { type AuditFilter, AuditQuery, auditEntryToJson, followLog, renderEntryLine } from '../../audit/index.ts';
import { findPlaces, openStore, sleep } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { forTerminal } from '../../kernel/text.ts';
import type { RecordedEntry } from '../../model/audit-entry.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { FILTER_DETAILS, FILTER_OPTIONS, FILTER_USAGE, narrowed } from './audit-filter-options.ts';
import { loadPolicies } from './load-policies.ts';
import { withTrail } from './open-trail.ts';

/** `ggen-mcp audit tail`: the newest entries, oldest of them first, as a person reads a log. */
export const auditTail: Command = {
  name: 'audit tail',
  usage: 'audit tail [--lines N] [--follow] [--json]',
  summary: 'show the newest entries of the audit trail',
  details: 'Oldest of them first, as a person reads a log.',
  options: {
    lines: { type: 'string', value: 'N', about: 'how many (default 20)' },
    follow: { type: 'boolean', about: 'go on with what is recorded, until interrupted' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 shown, none included; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const filter = new AuditQuery().limit(count(context, 'lines', 20)).toFilter();
    return context.values.follow ? followEntries(context, filter) : printEntries(context, filter, true);
  },
};

/** `ggen-mcp audit query`: entries that match, newest first. */
export const auditQuery: Command = {
  name: 'audit query',
  usage: `audit query ${FILTER_USAGE} [--limit N] [--json]`,
  summary: 'find entries of the audit trail',
  details: `Newest first. Times are ISO 8601 (2026-01-31, 2026-01-31T12:00:00Z).\n\n${FILTER_DETAILS}`,
  options: {
    ...FILTER_OPTIONS,
    limit: { type: 'string', value: 'N', about: 'at most so many (default 100)' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 searched, also where nothing matches; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const query = narrowed(new AuditQuery().limit(count(context, 'limit', 100)), context);
    return printEntries(context, query.toFilter(), false);
  },
};

async function followEntries(context: CommandContext, filter: AuditFilter): Promise<number> {
  const { audit } = loadPolicies(context).loaded.config;
  const store = await openStore(audit, findPlaces(context));
  const ended = new AbortController();
  context.stdout.once('close', () => ended.abort());
  try {
    const newest = (await store.query(filter)).reverse();
    for (const entry of newest) await printEntry(context, entry);
    const afterSeq = newest.at(-1)?.seq ?? (await store.head()).size;
    for await (const entry of followLog(store, { afterSeq, sleep, signal: ended.signal }))
      await printEntry(context, entry);
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function printEntry(context: CommandContext, entry: RecordedEntry): Promise<void> {
  const line = context.values.json
    ? JSON.stringify({ seq: entry.seq, ...auditEntryToJson(entry) })
    : renderEntryLine(entry);
  if (!context.stdout.write(`${forTerminal(line)}\n`))
    await new Promise((resolve) => context.stdout.once('drain', resolve));
}

async function printEntries(context: CommandContext, filter: AuditFilter, oldestFirst: boolean): Promise<number> {
  const entries = await withTrail(context, ({ store }) => store.query(filter));
  if (!entries?.length && !context.values.json)
    context.stderr.write(oldestFirst || entries === undefined ? 'nothing recorded yet\n' : 'no entry matches\n');
  for (const entry of oldestFirst ? (entries ?? []).reverse() : (entries ?? [])) await printEntry(context, entry);
  return EXIT.ok;
}

function count({ values }: CommandContext, name: string, otherwise: number): number {
  if (values[name] === undefined) return otherwise;
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000_000) return number;
  throw new GgenError('USAGE', `--${name} takes a whole number from 1 to 1000000, not ${JSON.stringify(values[name])}`);
}
