import { recordToJson, wasApproved } from '../../approvals/index.ts';
import { parseDuration } from '../../audit/index.ts';
import { openSystem, proofContext } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { ApprovalStatus } from '../../model/approval.ts';
import { type Command, EXIT } from '../command.ts';

const GRANTED: readonly ApprovalStatus[] = ['approved', 'consumed'];

/** `ggen-mcp approvals wait ID`: waits for the decision, whoever makes it and wherever. */
export const approvalsWait: Command = {
  name: 'approvals wait',
  usage: 'approvals wait ID [--timeout DURATION] [--json]',
  summary: 'wait until a request is decided',
  details: 'Ending the wait does not end the request: it can still be decided, and waited for again.',
  options: {
    timeout: { type: 'string', value: 'DURATION', about: 'how long, as in 30s, 15m (default: until it expires)' },
    json: { type: 'boolean', about: 'the request as JSON' },
  },
  exits: '0 approved, 1 rejected, expired or taken back, 3 not decided yet, 2 no such request',
  positionals: ['ID'],
  async run(context) {
    const id = context.positionals[0]!;
    const timeout = context.values.timeout;
    const system = await openSystem(context);
    try {
      const { decideBy } = await system.desk.show(id);
      const timeoutMs = typeof timeout === 'string' ? parseDuration(timeout) : Math.max(0, decideBy - Date.now()) + 1;
      await system.governor.awaitDecision(id, { timeoutMs });
      const record = await system.desk.show(id);
      if (
        GRANTED.includes(record.status) &&
        !(await wasApproved(record, proofContext(system.policyHolder.current(), record), system.store))
      ) {
        throw new GgenError('CONFLICT', `request ${id} is said to be approved, and nobody signed that`, {
          hint: 'ggen-mcp approvals verify says more',
        });
      }
      const why = record.comment === undefined || record.status !== 'rejected' ? '' : `: ${record.comment}`;
      context.print(context.values.json ? JSON.stringify(recordToJson(record)) : `${record.status}${why}`);
      if (GRANTED.includes(record.status)) return EXIT.ok;
      return record.status === 'pending' ? EXIT.requiresApproval : EXIT.no;
    } finally {
      await system.close();
    }
  },
};
