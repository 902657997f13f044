/** A process that enrols keys of its own: `node enrol-child.ts CONFIG_DIR NAME COUNT`, as soon as it is told to go. */
import { once } from 'node:events';
import { openKey } from '../../src/adapters/keys/index.ts';
import { type ApproverKey, VOTE_NAMESPACE } from '../../src/approvals/index.ts';
import { enrolKey } from '../../src/compose/index.ts';
import { sha256 } from '../../src/kernel/digest.ts';

const [configDir = '', name = '', count = '0'] = process.argv.slice(2);
const keys = Array.from({ length: Number(count) }, (_, i): Omit<ApproverKey, 'line'> => {
  const approver = `${name}-${i}`;
  const { key } = openKey(approver, Buffer.from(sha256(`key of ${approver}`), 'hex'));
  return { approver, key, from: 0, until: Number.POSITIVE_INFINITY, namespace: VOTE_NAMESPACE };
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
// Nobody is kept waiting for ever, however busy the machine is.
for (const key of keys) await enrolKey(configDir, key, { waitMs: 60_000 });
process.exit(0);
