import { userInfo } from 'node:os';
import { recordToJson } from '../../approvals/index.ts';
import { openSystem } from '../../compose/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import { signerOf } from '../approver-signer.ts';
import { type Command, type CommandContext, type CommandOption, EXIT } from '../command.ts';
import { sendNow } from '../send-now.ts';
import { renderCard } from './approvals-view.ts';

const DETAILS =
  'Shows what exactly would be done and asks on the terminal itself for the passphrase of your key, which signs the\n' +
  'decision: what is piped in decides nothing. `ggen-mcp keys create` makes the key.';
/** Who decides, and with which key. */
export const SIGNER_OPTIONS = {
  as: { type: 'string', value: 'NAME', about: 'who decides, as in approvals.toml (default: whose key you have)' },
  'ssh-key': { type: 'string', value: 'FILE', about: 'sign with this SSH key, through ssh-keygen' },
} as const satisfies Record<string, CommandOption>;
const MORE = {
  'on-behalf-of': { type: 'string', value: 'NAME', about: 'cast the vote that NAME lent you (approvals delegate)' },
  json: { type: 'boolean', about: 'the request as it stands then, as JSON' },
} as const satisfies Record<string, CommandOption>;
const UNSEEN = {
  unseen: { type: 'boolean', about: 'approve also where not all of it can be shown' },
} as const satisfies Record<string, CommandOption>;
const ENDS = 'nothing decided, 2 it can not be decided: unknown, decided already, no terminal, no key, or not yours';

/** `ggen-mcp approvals approve ID`: shows what exactly would be done, and signs the decision of who types a passphrase. */
export const approvalsApprove: Command = {
  name: 'approvals approve',
  usage: 'approvals approve ID [--comment TEXT] [--as NAME] [--on-behalf-of NAME] [--ssh-key FILE] [--unseen] [--json]',
  summary: 'approve one request; asks at the terminal, and signs',
  details: DETAILS,
  options: {
    comment: { type: 'string', value: 'TEXT', about: 'recorded with the decision' },
    ...SIGNER_OPTIONS,
    ...MORE,
    ...UNSEEN,
  },
  exits: `0 approved, 1 ${ENDS}`,
  positionals: ['ID'],
  run: (context) => decide(context, true, context.values.comment),
};

/** `ggen-mcp approvals reject ID`. */
export const approvalsReject: Command = {
  name: 'approvals reject',
  usage: 'approvals reject ID [--reason TEXT] [--as NAME] [--on-behalf-of NAME] [--ssh-key FILE] [--json]',
  summary: 'reject one request; asks at the terminal, and signs',
  details: DETAILS,
  options: {
    reason: { type: 'string', value: 'TEXT', about: 'recorded with the decision' },
    ...SIGNER_OPTIONS,
    ...MORE,
  },
  exits: `0 rejected, 1 ${ENDS}`,
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
    const record = await system.desk.present(context.positionals[0]!);
    if (record.status !== 'pending')
      throw new GgenError('CONFLICT', `request ${record.id} is ${record.status}, not pending`);
    const verb = approved ? 'approve' : 'reject';
    const lender = context.values['on-behalf-of'];
    const unseen = context.values.unseen === true;
    const forWhom = typeof lender === 'string' ? lender : undefined;
    const question = (approver: string): string => {
      const role = system.loaded().config.approvals.approvers.user.find((user) => user.id === approver)?.role;
      const as = role ? `${approver} (${role})` : approver;
      const lent = forWhom === undefined ? '' : ` for ${printable(forWhom)}`;
      return `${renderCard(record, Date.now())}\n\n${verb} this as ${printable(as)}${lent}? `;
    };
    const word = {
      approvalId: record.id,
      approved,
      unseen,
      ...(typeof comment === 'string' ? { comment } : {}),
      ...(forWhom === undefined ? {} : { onBehalfOf: forWhom }),
    };
    const signer = await signerOf(context, system, {
      verb,
      question,
      // All that can be told without a signature is told before anybody types a passphrase for nothing.
      assertMay: (approver) => system.desk.statement({ ...word, approver }),
      eligible: system.desk.eligible(record)?.map(({ id }) => id),
    });
    if (signer === undefined) {
      context.print('nothing decided');
      return EXIT.no;
    }
    const decided = await system.desk.decide({ ...word, signer, via: userInfo().username }).catch(elsewhere);
    context.print(context.values.json ? JSON.stringify(recordToJson(decided)) : renderOutcome(decided));
    await sendNow(system);
    return EXIT.ok;
  } finally {
    await system.close();
  }
}

/** Who may read the store and not write it hands the signed decision in through somebody who may. */
function elsewhere(error: unknown): never {
  if (!isGgenError(error) || error.code !== 'STORE_UNAVAILABLE') throw error;
  throw new GgenError('STORE_UNAVAILABLE', error.message, {
    hint: 'as another user than the log’s: approvals statement, sign and submit',
    cause: error,
  });
}

/** What a decision came to, for who made it. */
export function renderOutcome({ id, status, useBy, quorum, votes = [] }: ApprovalRecord): string {
  if (status === 'approved')
    return `approved ${id}: the same call passes once, until ${new Date(useBy ?? 0).toISOString()}`;
  if (status !== 'pending' || quorum === undefined) return `${status} ${id}`;
  const yes = votes.filter((vote) => vote.approved).length;
  return `recorded: ${yes} of the ${quorum.required} approvals that ${id} takes, ${votes.length} of ${quorum.of} people have voted`;
}
