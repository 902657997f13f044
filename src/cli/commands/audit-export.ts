import { extname } from 'node:path';
import { AuditQuery } from '../../audit/index.ts';
import { displayPath, EXPORT_FORMATS, type ExportFormat, writeExport } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { FILTER_DETAILS, FILTER_OPTIONS, FILTER_USAGE, filterWords, narrowed, oneOf } from './audit-filter-options.ts';
import { withTrail } from './open-trail.ts';
import { outputFile } from './output-file.ts';

/** `ggen-mcp audit export`: entries as a file, with what proves them beside it. */
export const auditExport: Command = {
  name: 'audit export',
  usage: `audit export --output FILE [--format FORMAT] ${FILTER_USAGE} [--force] [--resume]`,
  summary: 'write entries of the audit trail to a file, with a proof that they are what was recorded',
  details:
    'Oldest first, all that match. FILE gets its name when it is complete; beside it FILE.sha256, as sha256sum reads\n' +
    'it, and FILE.proof/, the signed checkpoint with the tiles of the tree (c2sp.org/tlog-tiles) that lead from these\n' +
    'entries to it. `ggen-mcp audit verify-export` checks them. Until then it grows as FILE.partial.\n\n' +
    FILTER_DETAILS,
  options: {
    output: { type: 'string', value: 'FILE', about: 'where it goes' },
    format: { type: 'string', value: 'FORMAT', about: 'json, csv or parquet (default: as FILE ends, else json)' },
    ...FILTER_OPTIONS,
    force: { type: 'boolean', about: 'replace FILE where it is there already' },
    resume: { type: 'boolean', about: 'go on where the same export was cut off; json and csv only' },
  },
  exits: '0 written, also where nothing matches; 2 the trail can not be read, or the file not written',
  positionals: [],
  async run(context) {
    const { values } = context;
    if (values.output === undefined) {
      throw new GgenError('USAGE', '--output is missing', { hint: 'as in --output audit.json' });
    }
    const format = oneOf('--format', values.format ?? formatOf(String(values.output)), EXPORT_FORMATS) as ExportFormat;
    if (values.resume && format === 'parquet') {
      throw new GgenError('USAGE', '--resume is for json and csv: Parquet is written in large pieces');
    }
    const { limit: _, ...filter } = narrowed(new AuditQuery(), context).toFilter();
    const shown = context.stderr as { isTTY?: boolean };
    let output = '';
    const done = await withTrail(context, ({ store, audit }) => {
      output = outputFile(context, audit, { value: String(values.output), replace: true });
      return writeExport({
        store,
        filter,
        asked: filterWords(context),
        format,
        output,
        replace: values.force === true,
        resume: values.resume === true,
        ...(shown.isTTY
          ? { onProgress: (_entries, seq, size) => void context.stderr.write(`\r${seq} of ${size}`) }
          : {}),
      });
    });
    if (done === undefined) throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
    if (shown.isTTY) context.stderr.write('\n');
    const name = printable(displayPath(output));
    const { entries, resumed, sha256 } = done;
    context.print(
      `wrote ${name}: ${entries} ${entries === 1 ? 'entry' : 'entries'}, proof in ${name}.proof/, sha256 ${sha256}` +
        (resumed ? ', gone on with where it was cut off' : ''),
    );
    return EXIT.ok;
  },
};

function formatOf(output: string): string {
  const end = extname(output).slice(1).toLowerCase();
  return EXPORT_FORMATS.find((format) => format === end) ?? 'json';
}
