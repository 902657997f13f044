import { userInfo } from 'node:os';
import { isGranted, recordToJson } from '../../approvals/index.ts';
import { openSystem, proofContext } from '../../compose/index.ts';
import { type Command, EXIT } from '../command.ts';

/** `ggen-mcp approvals consume ID`: for a script that does itself what was approved. */
export const approvalsConsume: Command = {
  name: 'approvals consume',
  usage: 'approvals consume ID [--json]',
  summary: 'use up the approval of a program that does the thing itself',
  details:
    'Right before it is done, once: `ggen-mcp approvals consume "$ID" && ./publish.sh`. What goes through the proxy or a\n' +
    'hook uses its approval up there, and this refuses it.',
  options: { json: { type: 'boolean', about: 'the request as it stands then, as JSON' } },
  exits: '0 used up now, 2 no such request, or it is not approved, used already, or not proven',
  positionals: ['ID'],
  async run(context) {
    const system = await openSystem(context);
    try {
      const id = context.positionals[0]!;
      const { username } = userInfo();
      const actor = { actorType: 'user', id: username, name: username } as const;
      await system.desk.consume(id, actor, (record) =>
        isGranted(record, proofContext(system.policyHolder.current(), record), system.store),
      );
      context.print(context.values.json ? JSON.stringify(recordToJson(await system.desk.show(id))) : `used up ${id}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};
