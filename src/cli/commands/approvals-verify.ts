import { checkVote, findingsOf, isProven, voteStatement, whyNotRelayed } from '../../approvals/index.ts';
import { type GovernedSystem, openSystem, writeFileAtomic } from '../../compose/index.ts';
import { armored } from '../../kernel/ssh-signature.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord, Vote } from '../../model/approval.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { outputFile } from './output-file.ts';

/** `ggen-mcp approvals verify ID`: who really decided. */
export const approvalsVerify: Command = {
  name: 'approvals verify',
  usage: 'approvals verify ID [--output PREFIX]',
  summary: 'check the signatures behind a decision, and that the audit trail has the same',
  details:
    'Each vote is an SSH signature over its statement, in namespace ggen-approval. --output writes PREFIX.NAME.txt and\n' +
    'PREFIX.NAME.sig for each, which need nothing of ours to check:\n' +
    '  ssh-keygen -Y verify -f approvers.allowed_signers -I NAME -n ggen-approval -s PREFIX.NAME.sig < PREFIX.NAME.txt\n' +
    'A click in Slack was signed by the key that passes it on, in namespace ggen-approval-slack.',
  options: { output: { type: 'string', value: 'PREFIX', about: 'write statements and signatures to files' } },
  exits: '0 all hold, 1 one of them does not, or nobody has voted; 2 no such request, or it can not be read',
  positionals: ['ID'],
  async run(context) {
    const system = await openSystem(context);
    try {
      const record = await system.desk.show(context.positionals[0]!);
      const { votes = [] } = record;
      const entries = await system.store.query({ correlationId: record.correlationId, limit: 1000 });
      const recorded = entries
        .filter(({ metadata }) => metadata.approval_id === record.id)
        .map(({ metadata }) => metadata.signature);
      let sound = votes.length > 0;
      for (const vote of votes) {
        const check = checkVote(record, vote, system.approverKeys());
        const why = !check.holds
          ? check.why
          : recorded.includes(vote.signature)
            ? undefined
            : 'signed, but the audit trail does not have that vote';
        sound &&= why === undefined;
        context.print(renderCheck(vote, check.holds ? check.key.key.fingerprint : '', why));
        if (typeof context.values.output === 'string') writeOut(context, context.values.output, record, vote);
      }
      const decided = ['approved', 'consumed'].includes(record.status);
      const quorum = record.quorum ?? { required: 1, of: 1 };
      // A key that was revoked since signed all the same: what is asked is who decided then.
      const proven =
        !decided || isProven(record, quorum, system.approverKeys(), record.decidedAt ?? 0, relayed(system, record));
      if (decided && !proven) context.print(`it takes ${quorum.required} signed approvals, and they are not there`);
      const holds = sound && proven;
      context.print(
        `${record.id} is ${record.status}: ${holds ? 'holds' : votes.length === 0 ? 'nobody has voted' : 'DOES NOT HOLD'}`,
      );
      return holds ? EXIT.ok : EXIT.no;
    } finally {
      await system.close();
    }
  },
};

/** Whether clicks count for what was asked, as policy has it now. */
function relayed(system: GovernedSystem, record: ApprovalRecord): 'relayed count' | 'in person' {
  const named = Array.isArray(record.metadata.operations) ? record.metadata.operations.map(String) : [];
  const operations = [record.operation.name, ...named].map((name) => system.policies().operation(name));
  const known = operations.filter((one) => one !== undefined);
  const { strategy } = record;
  const why = whyNotRelayed({ operations: known, strategy, findings: findingsOf(record) });
  return why === undefined && known.length === operations.length ? 'relayed count' : 'in person';
}

function renderCheck({ approver, approved, at, via }: Vote, fingerprint: string, why: string | undefined): string {
  const word = approved ? 'yes' : 'no';
  const name = printable(approver.id, 200);
  const when = new Date(at).toISOString();
  return why === undefined
    ? `${name}: ${word}, signed ${when} with ${fingerprint}${via ? `, by way of Slack (${printable(via.user, 50)})` : ''}`
    : `${name}: ${word}, DOES NOT HOLD: ${name} ${printable(why, 500)}`;
}

function writeOut(context: CommandContext, prefix: string, record: ApprovalRecord, vote: Vote): void {
  const path = `${prefix}.${encodeURIComponent(vote.approver.id)}`;
  const file = (end: string): string => outputFile(context, undefined, { value: path + end, replace: true });
  writeFileAtomic(file('.txt'), voteStatement(record, { ...vote, approver: vote.approver.id }));
  writeFileAtomic(file('.sig'), armored(vote.signature ?? ''));
}
