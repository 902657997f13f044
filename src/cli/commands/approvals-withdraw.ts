import { userInfo } from 'node:os';
import { recordToJson } from '../../approvals/index.ts';
import { openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { sendNow } from '../send-now.ts';

const OPTIONS = { json: { type: 'boolean', about: 'the request as it stands then, as JSON' } } as const;

/** `ggen-mcp approvals cancel ID`. */
export const approvalsCancel: Command = {
  name: 'approvals cancel',
  usage: 'approvals cancel ID [--json]',
  summary: 'take back a request that nobody has decided',
  details: 'For who asked and does not need it any more. The action can be asked for again.',
  options: OPTIONS,
  exits: '0 cancelled, 2 no such request, or it is not pending',
  positionals: ['ID'],
  run: (context) => withdraw(context, 'cancelled'),
};

/** `ggen-mcp approvals revoke ID`. */
export const approvalsRevoke: Command = {
  name: 'approvals revoke',
  usage: 'approvals revoke ID [--json]',
  summary: 'take back an approval that is not used yet',
  details: 'From then on the action needs a new approval. What was done with it already stays done.',
  options: OPTIONS,
  exits: '0 revoked, 2 no such request, or it is not approved and unused',
  positionals: ['ID'],
  run: (context) => withdraw(context, 'revoked'),
};

async function withdraw(context: CommandContext, to: 'cancelled' | 'revoked'): Promise<number> {
  const system = await openSystem(context);
  try {
    const id = context.positionals[0]!;
    const { username } = userInfo();
    if (await system.desk.withdraw(id, to, { actorType: 'user', id: username, name: username })) {
      const json = context.values.json === true;
      context.print(json ? JSON.stringify(recordToJson(await system.desk.show(id))) : `${to} ${id}`);
      await sendNow(system);
      return EXIT.ok;
    }
    const { status } = await system.desk.show(id);
    throw new GgenError('CONFLICT', `request ${id} is ${status}, not ${to === 'cancelled' ? 'pending' : 'approved'}`);
  } finally {
    await system.close();
  }
}
