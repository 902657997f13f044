import { displayPath, maintainOnce } from '../../compose/index.ts';
import { type Command, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';
import { withTrail } from './open-trail.ts';

/** `ggen-mcp audit maintain`: what the proxy does every hour, now. */
export const auditMaintain: Command = {
  name: 'audit maintain',
  usage: 'audit maintain',
  summary: 'export what is due, erase what retention says is old, compress what can be',
  details:
    'A running proxy does this every hour; where only hooks run, let a timer of your system call it. Erased entries\n' +
    'leave their place in the tree: the rest still verifies, and the log says what was erased, when and by which rule.\n' +
    'Where compliance asks for change management, it asks for an approval first: `ggen-mcp approvals list --pending`.',
  options: {},
  exits: '0 done, also where there was nothing to do; 2 the trail can not be written',
  positionals: [],
  async run(context) {
    const policies = loadPolicies(context);
    const done = await withTrail(context, ({ store, places }) => maintainOnce(store, policies, places));
    if (done === undefined) {
      context.stderr.write('nothing recorded yet\n');
      return EXIT.ok;
    }
    if (done.exported)
      context.print(`exported ${done.exported.entries} entries to ${displayPath(done.exported.output)}`);
    context.print(`${done.erased} entries erased, ${done.compacted} compressed`);
    if (done.dropped > 0) context.print(`${done.dropped} messages and timers dropped that were given up long ago`);
    context.print(`entries are kept for ${done.rule.days} days, as ${done.rule.because} says`);
    if (done.heldBack !== undefined) context.print(done.heldBack);
    return EXIT.ok;
  },
};
