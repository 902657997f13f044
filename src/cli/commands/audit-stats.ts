import { parseDuration, STAT_GROUPS, type StatGroup, type StatRow } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { nearest, printable } from '../../kernel/text.ts';
import { OPERATION_RESULTS } from '../../model/audit-entry.ts';
import { parsePeriod } from '../../reports/index.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { withTrail } from './open-trail.ts';

/** `ggen-mcp audit stats`: counts, by what one asks for. */
export const auditStats: Command = {
  name: 'audit stats',
  usage: 'audit stats [--group-by GROUP] [--last TIME | --from TIME --to TIME] [--json]',
  summary: 'count the entries of the audit trail',
  details:
    `Counts whole hours (UTC), the largest group first. Groups: ${STAT_GROUPS.join(', ')}.\n` +
    '"left out" are events that never_log or sampling kept out: recorded and left out together are what happened.',
  options: {
    'group-by': { type: 'string', value: 'GROUP', about: 'by what (default event_type)' },
    last: { type: 'string', value: 'TIME', about: 'not older than this: 24h, 7d; the hour it falls in counts whole' },
    from: { type: 'string', value: 'TIME', about: 'from this day or time on: 2026-01-31, 2026-01-31T12:00:00Z' },
    to: { type: 'string', value: 'TIME', about: 'up to this day, which counts whole, or this time' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 counted, also where nothing is recorded; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const groupBy = groupOf(context);
    const range = rangeOf(context);
    const rows = await withTrail(context, async ({ store }) => store.stats({ groupBy, ...range }));
    if (context.values.json) {
      for (const { key, recorded, leftOut, results } of rows ?? []) {
        context.print(JSON.stringify({ [groupBy]: key, recorded, left_out: leftOut, results }));
      }
      return EXIT.ok;
    }
    if (rows === undefined || rows.length === 0) context.stderr.write('nothing recorded in this time\n');
    else for (const line of renderTable(groupBy, rows)) context.print(line);
    return EXIT.ok;
  },
};

function groupOf({ values }: CommandContext): StatGroup {
  const given = values['group-by'] === undefined ? 'event_type' : String(values['group-by']);
  const found = STAT_GROUPS.find((group) => group === given);
  if (found) return found;
  const near = nearest(given, STAT_GROUPS);
  throw new GgenError(
    'USAGE',
    `--group-by ${JSON.stringify(printable(given, 40))} is none of ${STAT_GROUPS.join(', ')}`,
    {
      ...(near ? { hint: `did you mean ${near}?` } : {}),
    },
  );
}

function rangeOf({ values }: CommandContext): { from?: number; to?: number } {
  const { last, from, to } = values;
  if (last === undefined && from === undefined && to === undefined) return {};
  if (last !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new GgenError('USAGE', '--last stands instead of --from and --to');
    return { from: Date.now() - parseDuration(String(last)) };
  }
  const period = parsePeriod(
    {
      ...(from === undefined ? {} : { from: String(from) }),
      ...(to === undefined ? {} : { to: String(to) }),
    },
    Date.now(),
  );
  return { from: period.from, to: period.to };
}

function renderTable(groupBy: StatGroup, rows: readonly StatRow[]): string[] {
  const results = OPERATION_RESULTS.filter(
    (result) => groupBy !== 'result' && rows.some((row) => row.results[result] !== undefined),
  );
  const leftOut = rows.some((row) => row.leftOut > 0);
  const head = [groupBy, 'recorded', ...results, ...(leftOut ? ['left out'] : [])];
  const cells = rows.map((row) => [
    printable(row.key, 60),
    String(row.recorded),
    ...results.map((result) => String(row.results[result] ?? 0)),
    ...(leftOut ? [String(row.leftOut)] : []),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), ...cells.map(line)];
}
