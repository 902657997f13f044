import { userInfo } from 'node:os';
import { type GovernedSystem, openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { askAtTerminal } from '../terminal.ts';
import { renderCard } from './approvals-view.ts';

const DETAILS =
  'Shows what exactly would be done and waits for the word on the terminal itself: what is piped in decides nothing.';

/** `ggen-mcp approvals approve ID`: shows what exactly would be done and asks on the terminal itself. */
export const approvalsApprove: Command = {
  name: 'approvals approve',
  usage: 'approvals approve ID [--comment TEXT] [--as NAME]',
  summary: 'approve one request; asks at the terminal',
  details: DETAILS,
  options: {
    comment: { type: 'string', value: 'TEXT', about: 'recorded with the decision' },
    as: {
      type: 'string',
      value: 'NAME',
      about: 'who decides, as in approvals.toml (default: the user of this machine)',
    },
  },
  exits: '0 approved, 1 nothing decided, 2 it can not be decided: unknown, decided already, no terminal, or not yours',
  positionals: ['ID'],
  run: (context) => decide(context, true, context.values.comment),
};

/** `ggen-mcp approvals reject ID`. */
export const approvalsReject: Command = {
  name: 'approvals reject',
  usage: 'approvals reject ID [--reason TEXT] [--as NAME]',
  summary: 'reject one request; asks at the terminal',
  details: DETAILS,
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'recorded with the decision' },
    as: {
      type: 'string',
      value: 'NAME',
      about: 'who decides, as in approvals.toml (default: the user of this machine)',
    },
  },
  exits: '0 rejected, 1 nothing decided, 2 it can not be decided: unknown, decided already, no terminal, or not yours',
  positionals: ['ID'],
  run: (context) => decide(context, false, context.values.reason),
};

async function decide(
  context: CommandContext,
  approved: boolean,
  comment: string | boolean | undefined,
): Promise<number> {
  const system = await openSystem(context);
  try {
    const record = await system.desk.show(context.positionals[0]!);
    const approver = chooseApprover(system, record, context.values.as);
    if (record.status !== 'pending')
      throw new GgenError('CONFLICT', `request ${record.id} is ${record.status}, not pending`);
    const verb = approved ? 'approve' : 'reject';
    const role = system.loaded().config.approvals.approvers.user.find((user) => user.id === approver)?.role;
    const as = role ? `${approver} (${role})` : approver;
    const answer = await askAtTerminal(
      `${renderCard(record, Date.now())}\n\n${verb} this as ${printable(as)}? Type ${verb} to confirm: `,
    );
    if (answer !== verb && answer !== 'yes') {
      context.print('nothing decided');
      return EXIT.no;
    }
    const decided = await system.desk.decide({
      approvalId: record.id,
      approved,
      approver,
      via: userInfo().username,
      ...(typeof comment === 'string' ? { comment } : {}),
    });
    context.print(renderOutcome(decided));
    return EXIT.ok;
  } finally {
    await system.close();
  }
}

function renderOutcome({ id, status, useBy, quorum, votes = [] }: ApprovalRecord): string {
  if (status === 'approved')
    return `approved ${id}: the same call passes once, until ${new Date(useBy ?? 0).toISOString()}`;
  if (status !== 'pending' || quorum === undefined) return `${status} ${id}`;
  const yes = votes.filter((vote) => vote.approved).length;
  return `recorded: ${yes} of the ${quorum.required} approvals that ${id} takes, ${votes.length} of ${quorum.of} people have voted`;
}

/** `--as`, else this machine's user where configured, else the only eligible person; whoever it is, unverified. */
function chooseApprover(system: GovernedSystem, record: ApprovalRecord, as: string | boolean | undefined): string {
  if (typeof as === 'string') return as;
  const user = userInfo().username;
  const eligible = system.desk.eligible(record);
  if (eligible === undefined || eligible.some((one) => one.id === user)) return user;
  if (eligible.length === 1) return eligible[0]!.id;
  throw new GgenError('USAGE', 'several people may decide on this; --as NAME says who you are', {
    hint: `one of ${eligible.map((one) => one.id).join(', ') || '(nobody)'}`,
  });
}
