import { isGgenError, renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { checkProof } from '../proof-check.ts';
import { readText, trustedKeys } from './open-trail.ts';

/** `ggen-mcp audit verify-proof`: what `audit prove` wrote, checked without log and configuration. */
export const auditVerifyProof: Command = {
  name: 'audit verify-proof',
  usage: 'audit verify-proof FILE --key KEY [--old FILE]',
  summary: 'check a proof with the log’s public key, without the log',
  options: {
    key: { type: 'string', value: 'KEY', about: 'public key, or a file with one a line' },
    old: { type: 'string', value: 'FILE', about: 'the earlier checkpoint that a consistency proof is held against' },
  },
  exits: '0 it holds; 1 it does not; 2 it can not be read',
  positionals: ['FILE'],
  async run(context) {
    const { values, positionals, print } = context;
    const old = values.old === undefined ? undefined : readText(String(values.old), '--old');
    const text = readText(positionals[0]!, 'FILE');
    const keys = trustedKeys(context);
    try {
      for (const line of checkProof(text, keys, old)) print(line);
      return EXIT.ok;
    } catch (error) {
      if (!isGgenError(error) || error.code !== 'INPUT_INVALID') throw error;
      print(`DOES NOT HOLD: ${printable(renderError(error), 2000)}`);
      return EXIT.no;
    }
  },
};
