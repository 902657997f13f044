import { resolve } from 'node:path';
import { displayPath, verifyExport } from '../../compose/index.ts';
import { isGgenError, renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { trustedKeys } from './open-trail.ts';

/** `ggen-mcp audit verify-export`: what `audit export` wrote, checked without log and configuration. */
export const auditVerifyExport: Command = {
  name: 'audit verify-export',
  usage: 'audit verify-export FILE --key KEY',
  summary: 'check exported entries with the log’s public key, without the log',
  details:
    'Hashes each entry of FILE and follows the tiles in FILE.proof/ up to the checkpoint that KEY signed. That shows\n' +
    'that each entry is in the log as it stands in the file; whether one was left out shows FILE.sha256, as long as\n' +
    'nobody changed that too.',
  options: {
    key: { type: 'string', value: 'KEY', about: 'public key, or a file with one a line' },
  },
  exits: '0 all entries hold; 1 one does not, or the file is not the one in FILE.sha256; 2 it can not be read',
  positionals: ['FILE'],
  async run(context) {
    const path = resolve(context.positionals[0]!);
    const keys = trustedKeys(context);
    const result = await verifyExport(path, keys).catch((error: unknown) => {
      if (!isGgenError(error) || error.code !== 'INPUT_INVALID') throw error;
      // It can be read, and is not what was written.
      context.print(`NOT AS EXPORTED  ${printable(renderError(error), 2000)}`);
      return undefined;
    });
    if (result === undefined) return EXIT.no;
    const { origin, size, entries, firstDifference, checksum } = result;
    const name = printable(displayPath(path));
    if (firstDifference !== undefined) {
      context.print(
        `NOT AS RECORDED  entry ${firstDifference} of ${name} is not what was signed (${entries} before it hold)`,
      );
      return EXIT.no;
    }
    if (checksum === false) {
      context.print(
        `NOT AS EXPORTED  ${name} is not the file of ${name}.sha256: its entries hold, but some may be left out`,
      );
      return EXIT.no;
    }
    context.print(
      `holds: ${entries} ${entries === 1 ? 'entry' : 'entries'} of ${size} in ${printable(origin)}` +
        (checksum === undefined ? '; no .sha256 beside it' : ''),
    );
    return EXIT.ok;
  },
};
