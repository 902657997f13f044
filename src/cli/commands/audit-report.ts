import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { displayPath, findPlaces, openStore } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { buildAuditReport, parsePeriod, renderAuditReportHtml, showPeriod } from '../../reports/index.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp audit report`: a period of the audit trail as one page that opens anywhere. */
export const auditReport: Command = {
  name: 'audit report',
  usage: 'audit report (--from TIME [--to TIME] | --last TIME) --output FILE [--title TEXT]',
  summary: 'write a report about a period: one HTML page with charts',
  details:
    'Times are ISO 8601, in UTC (2026-01-31, 2026-01-31T12:00:00Z); --to 2026-01-31 includes that whole day.\n' +
    'The period is widened to whole hours. The page runs no script and loads nothing.',
  options: {
    from: { type: 'string', value: 'TIME', about: 'where the period begins' },
    to: { type: 'string', value: 'TIME', about: 'where it ends (default: now)' },
    last: { type: 'string', value: 'TIME', about: 'the time up to now instead: 24h, 7d, 4w' },
    output: { type: 'string', value: 'FILE', about: 'where to write it: a name that ends in .html' },
    title: { type: 'string', value: 'TEXT', about: 'its heading (default: Audit report)' },
  },
  exits: '0 written; 2 the trail can not be read, or the file not written',
  positionals: [],
  async run(context) {
    const output = reportFile(context.values.output);
    const now = Date.now();
    const period = parsePeriod(textsOf(context, ['from', 'to', 'last']), now);
    const { audit } = loadPolicies(context).loaded.config;
    const places = findPlaces(context);
    const path = places.storePath(audit.storage.path);
    if (audit.storage.backend === 'sqlite' && !existsSync(path)) {
      throw new GgenError('NOT_FOUND', `nothing recorded yet: there is no ${displayPath(path)}`);
    }
    const store = await openStore(audit, places);
    try {
      const report = await buildAuditReport(store, {
        period,
        made: { at: now, by: user(context), program: 'ggen-mcp audit report' },
        ...textsOf(context, ['title']),
      });
      writeReport(output, renderAuditReportHtml(report));
      const { recorded } = report.totals;
      context.print(
        `wrote ${printable(displayPath(output))}: ${recorded} ${recorded === 1 ? 'entry' : 'entries'}, ${showPeriod(period)}`,
      );
      return EXIT.ok;
    } finally {
      await store.close();
    }
  },
};

/** The options of these names that were given. */
function textsOf<Name extends string>({ values }: CommandContext, names: readonly Name[]): { [name in Name]?: string } {
  const given = names.flatMap((name) => (values[name] === undefined ? [] : [[name, String(values[name])] as const]));
  return Object.fromEntries(given) as { [name in Name]?: string };
}

/** The ending keeps a mistyped name from replacing the log or a configuration file. */
function reportFile(output: string | boolean | undefined): string {
  if (output === undefined) throw new GgenError('USAGE', '--output is missing', { hint: 'as in --output report.html' });
  const path = resolve(String(output));
  if (!['.html', '.htm'].includes(extname(path).toLowerCase())) {
    throw new GgenError('USAGE', `--output ${JSON.stringify(printable(String(output)))} doesn't end in .html`, {
      hint: 'a report is a page of HTML',
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new GgenError('USAGE', `--output ${displayPath(path)} is a folder`);
  }
  return path;
}

/**
 * All of the page or nothing of it: a file beside, moved into place. Only its owner reads it.
 * THREAT: a link that an agent put where the report goes is replaced, not followed.
 */
function writeReport(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw new GgenError('USAGE', `${displayPath(path)} can't be written: ${(error as Error).message}`);
  }
}

function user({ env }: CommandContext): string {
  try {
    return userInfo().username;
  } catch {
    // a user id that the machine has no name for
    return env.USER ?? `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
