import { userInfo } from 'node:os';
import { parseVoteStatement, recordToJson } from '../../approvals/index.ts';
import { openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { sendNow } from '../send-now.ts';
import { renderOutcome } from './approvals-decide.ts';
import { readText } from './open-trail.ts';
import { needed } from './roster-change.ts';

/** `ggen-mcp approvals statement ID`: what an approver signs on another machine, or with another program. */
export const approvalsStatement: Command = {
  name: 'approvals statement',
  usage: 'approvals statement ID --as NAME --decision approve|reject [--comment TEXT] [--on-behalf-of NAME] [--unseen]',
  summary: 'print what an approver signs elsewhere, to be handed in with approvals submit',
  details:
    'Exactly these bytes are signed, and nothing is decided yet:\n' +
    '  ggen-mcp approvals statement ID --as ann --decision approve > vote\n' +
    '  ssh-keygen -Y sign -n ggen-approval -f ~/.ssh/id_ed25519 vote\n' +
    '  ggen-mcp approvals submit --statement vote --signature vote.sig',
  options: {
    as: { type: 'string', value: 'NAME', about: 'who decides, as in approvals.toml' },
    decision: { type: 'string', value: 'WORD', about: 'approve or reject' },
    comment: { type: 'string', value: 'TEXT', about: 'recorded with the decision' },
    'on-behalf-of': { type: 'string', value: 'NAME', about: 'cast the vote that NAME lent you (approvals delegate)' },
    unseen: { type: 'boolean', about: 'approve also where not all of it can be shown' },
  },
  exits: '0 printed, 2 no such request, it is not pending, or NAME may not decide on it',
  positionals: ['ID'],
  async run(context) {
    const { comment, 'on-behalf-of': lender } = context.values;
    const approver = needed(context.values, 'as');
    const decision = needed(context.values, 'decision');
    if (decision !== 'approve' && decision !== 'reject')
      throw new GgenError('USAGE', '--decision takes approve or reject');
    const system = await openSystem(context);
    try {
      const { statement } = await system.desk.statement({
        approvalId: context.positionals[0]!,
        approver,
        approved: decision === 'approve',
        ...(typeof comment === 'string' ? { comment } : {}),
        ...(typeof lender === 'string' ? { onBehalfOf: lender } : {}),
        ...(context.values.unseen === true ? { unseen: true } : {}),
      });
      context.stdout.write(statement);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals submit`: a decision that was signed elsewhere. */
export const approvalsSubmit: Command = {
  name: 'approvals submit',
  usage: 'approvals submit --statement FILE --signature FILE [--json]',
  summary: 'hand in a decision that was signed elsewhere',
  details:
    'The signature is what counts, not who hands it in. FILE of the statement as approvals statement printed it.',
  options: {
    statement: { type: 'string', value: 'FILE', about: 'what was signed' },
    signature: { type: 'string', value: 'FILE', about: 'as ssh-keygen -Y sign -n ggen-approval writes it' },
    json: { type: 'boolean', about: 'the request as it stands then, as JSON' },
  },
  exits: '0 recorded, 2 it does not count: not signed by who it names, not for this request, too late',
  positionals: [],
  async run(context) {
    const stated = parseVoteStatement(readText(needed(context.values, 'statement'), '--statement'));
    const signature = readText(needed(context.values, 'signature'), '--signature');
    const { approver, ...word } = stated;
    const system = await openSystem(context);
    try {
      const decided = await system.desk.decide({
        ...word,
        signer: { approver, sign: async () => signature },
        via: userInfo().username,
      });
      context.print(context.values.json ? JSON.stringify(recordToJson(decided)) : renderOutcome(decided));
      await sendNow(system);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};
