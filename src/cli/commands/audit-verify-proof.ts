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
  exits: '0 it holds; 2 it does not, or can not be read',
  positionals: ['FILE'],
  async run(context) {
    const { values, positionals, print } = context;
    const old = values.old === undefined ? undefined : readText(String(values.old), '--old');
    const lines = checkProof(readText(positionals[0]!, 'FILE'), trustedKeys(context), old);
    for (const line of lines) print(line);
    return EXIT.ok;
  },
};
