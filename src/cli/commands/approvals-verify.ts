import {
  type ApprovalTrail,
  checkVote,
  ENDS,
  isGranted,
  isOnRecord,
  isProven,
  readTrail,
  voteStatement,
  wasApproved,
  whyNotLent,
} from '../../approvals/index.ts';
import { openSystem, proofContext, writeFileAtomic } from '../../compose/index.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { armored } from '../../kernel/ssh-signature.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord, Vote } from '../../model/approval.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { outputFile } from './output-file.ts';

/** `ggen-mcp approvals verify ID`: who really decided. */
export const approvalsVerify: Command = {
  name: 'approvals verify',
  usage: 'approvals verify ID [--output PREFIX] [--json]',
  summary: 'check the signatures behind a decision, and that the audit trail has the same',
  details:
    'Each vote is an SSH signature over its statement, in namespace ggen-approval. --output writes PREFIX.NAME.txt and\n' +
    'PREFIX.NAME.sig for each, which need nothing of ours to check:\n' +
    '  ssh-keygen -Y verify -f approvers.allowed_signers -I NAME -n ggen-approval -s PREFIX.NAME.sig < PREFIX.NAME.txt\n' +
    'A click in Slack was signed by the key that passes it on, in namespace ggen-approval-slack.',
  options: {
    output: { type: 'string', value: 'PREFIX', about: 'write statements and signatures to files' },
    json: { type: 'boolean', about: 'what was checked, as JSON' },
  },
  exits: '0 all hold, 1 one of them does not, or nobody has voted; 2 no such request, or it can not be read',
  positionals: ['ID'],
  async run(context) {
    const system = await openSystem(context);
    try {
      const record = await system.desk.show(context.positionals[0]!);
      const { votes = [] } = record;
      const trail = await readTrail(system.store, record);
      const proof = proofContext(system.policyHolder.current(), record);
      const { keys, operations } = proof;
      const json = context.values.json === true;
      const checked = votes.map((vote) => {
        const check = checkVote(record, vote, keys);
        const why = check.holds ? whyNotLent(vote, keys, operations, vote.at) : check.why;
        const unrecorded = trail.signatures.has(vote.signature ?? '')
          ? undefined
          : 'signed, but the audit trail does not have that vote';
        return { vote, fingerprint: check.holds ? check.key.key.fingerprint : '', why: why ?? unrecorded };
      });
      for (const one of checked) {
        if (!json) context.print(renderCheck(one));
        if (typeof context.values.output === 'string') writeOut(context, context.values.output, record, one.vote);
      }
      const sound = votes.length > 0 && checked.every(({ why }) => why === undefined);
      const decided = ['approved', 'consumed'].includes(record.status);
      const quorum = record.quorum ?? { required: 1, of: 1 };
      // A key that was revoked since signed all the same: what is asked is who decided then.
      const proven = !decided || isProven(record, quorum, { ...proof, now: record.decidedAt ?? 0, inThePast: true });
      const breach = breachOf(record, trail);
      const byTimer = votes.length === 0 && decided && (await wasApproved(record, proof, system.store));
      const holds = (sound && proven && breach === undefined) || byTimer;
      const lapsed = record.status === 'approved' && !(await isGranted(record, proof, system.store));
      if (json) context.print(JSON.stringify(toJson(record, checked, { holds, lapsed })));
      else {
        if (decided && !proven && !byTimer)
          context.print(`it takes ${quorum.required} signed approvals, and they are not there`);
        if (breach !== undefined) context.print(breach);
        const verdict = holds
          ? 'holds'
          : votes.length === 0 && breach === undefined
            ? 'nobody has voted'
            : 'DOES NOT HOLD';
        context.print(`${record.id} is ${record.status}: ${verdict}${byTimer ? ', by the timer' : ''}`);
        if (holds && lapsed) context.print(LAPSED);
      }
      return holds ? EXIT.ok : EXIT.no;
    } finally {
      await system.close();
    }
  },
};

/** It was decided so; that is another question than whether it may be used now. */
const LAPSED = 'it would not pass now: a key, or a vote that was lent, counts no more';

/** What the trail says against the record as it stands. */
function breachOf(record: ApprovalRecord, trail: ApprovalTrail): string | undefined {
  if (!isOnRecord(record, trail)) return 'it is not what was asked: somebody changed its record';
  if (trail.uses > 1) return `it was used ${trail.uses} times`;
  const isOver = ENDS.some((end) => trail.reached.has(end));
  if (record.status === 'approved' && isOver) return 'it was put back: the trail has its end';
  if (['approved', 'consumed'].includes(record.status) && !trail.reached.has('approved'))
    return 'the trail does not say that it was approved';
  return undefined;
}

interface Checked {
  readonly vote: Vote;
  readonly fingerprint: string;
  /** why it does not hold */
  readonly why: string | undefined;
}

function renderCheck({ vote, fingerprint, why }: Checked): string {
  const word = vote.approved ? 'yes' : 'no';
  const name = printable(vote.approver.id, 200);
  const lent = vote.delegation ? ` for ${printable(vote.delegation.delegator, 200)}` : '';
  const by = vote.via ? `, by way of Slack (${printable(vote.via.user, 50)})` : '';
  return why === undefined
    ? `${name}${lent}: ${word}, signed ${new Date(vote.at).toISOString()} with ${fingerprint}${by}`
    : `${name}${lent}: ${word}, DOES NOT HOLD: ${name} ${printable(why, 500)}`;
}

function toJson(
  record: ApprovalRecord,
  checked: readonly Checked[],
  { holds, lapsed }: { readonly holds: boolean; readonly lapsed: boolean },
): JsonObject {
  return {
    id: record.id,
    status: record.status,
    holds,
    ...(record.status === 'approved' ? { passes_now: holds && !lapsed } : {}),
    votes: checked.map(({ vote, fingerprint, why }) => ({
      approver: vote.approver.id,
      ...(vote.delegation === undefined ? {} : { on_behalf_of: vote.delegation.delegator }),
      approved: vote.approved,
      at: new Date(vote.at).toISOString(),
      holds: why === undefined,
      ...(why === undefined ? { fingerprint } : { why }),
    })),
  };
}

function writeOut(context: CommandContext, prefix: string, record: ApprovalRecord, vote: Vote): void {
  const path = `${prefix}.${encodeURIComponent(vote.approver.id)}`;
  const file = (end: string): string => outputFile(context, undefined, { value: path + end, replace: true });
  writeFileAtomic(file('.txt'), voteStatement(record, { ...vote, approver: vote.approver.id }));
  writeFileAtomic(file('.sig'), armored(vote.signature ?? ''));
}
