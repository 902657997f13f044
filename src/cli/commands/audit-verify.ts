import { randomBytes } from 'node:crypto';
import { type LogVerification, verifyLog } from '../../audit/index.ts';
import { findPlaces, logWitnesses } from '../../compose/index.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';
import { missingLog, readText, trustedKeys, withTrail } from './open-trail.ts';

/** `ggen-mcp audit verify`: holds the whole trail against what was signed and witnessed. */
export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify [--key KEY] [--from FILE] [--json]',
  summary: 'check that nothing in the audit trail was changed, removed or put in another order',
  details:
    'Hashes every entry anew, builds the tree again, and compares it with its tiles, with the signed checkpoint, and\n' +
    'with what the witnesses have seen. --from takes a checkpoint that was kept from an earlier check: what it covers\n' +
    'is not hashed again, and counts and the index by time are not compared.',
  options: {
    key: { type: 'string', value: 'KEY', about: 'public key, or a file with one a line (default: this user’s own)' },
    from: { type: 'string', value: 'FILE', about: 'a trusted checkpoint' },
    json: { type: 'boolean', about: 'one JSON object' },
  },
  exits: '0 everything holds; 1 something does not; 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const { values } = context;
    const result = await withTrail(context, async ({ audit, places, store }) => {
      const { origin } = await store.head();
      const shown = context.stderr as { isTTY?: boolean };
      return verifyLog(store, {
        random: randomBytes,
        keys: trustedKeys(context, { places, origin }),
        witnesses: logWitnesses(audit, places),
        ...(values.from === undefined ? {} : { from: readText(String(values.from), '--from') }),
        ...(shown.isTTY && !values.json
          ? { onProgress: (done, size) => void context.stderr.write(`\r${done} of ${size}`) }
          : {}),
      });
    });
    if (result === undefined) {
      // What is missing was told already.
      if (missingLog(loadPolicies(context).loaded.config.audit, findPlaces(context)) !== undefined) return EXIT.no;
      context.stderr.write('nothing recorded yet\n');
      return EXIT.ok;
    }
    if (values.json) context.print(JSON.stringify(jsonOf(result)));
    else for (const line of render(result)) context.print(line);
    return result.ok ? EXIT.ok : EXIT.no;
  },
};

function jsonOf({ ok, origin, size, replayed, erased, witnessed, silent, problems, more }: LogVerification) {
  return { ok, origin, size, replayed, erased, witnessed, silent, problems, more };
}

function render(result: LogVerification): string[] {
  const { origin, size, replayed, erased, witnessed, silent, problems, more } = result;
  const lines = problems.map(({ message }) => `NOT AS RECORDED  ${printable(message, 2000)}`);
  for (const name of silent) lines.push(`${name} has seen nothing of this log: nothing shows by it`);
  if (more > 0) lines.push(`and ${more} more`);
  const counts = [`${replayed} entries hashed`];
  if (erased > 0) counts.push(`${erased} erased by retention`);
  counts.push(`${witnessed} witnessed checkpoints compared`);
  lines.push(`${result.ok ? 'holds' : 'DOES NOT HOLD'}: ${origin}, ${size} entries (${counts.join(', ')})`);
  return lines;
}
