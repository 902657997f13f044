import { openSystem } from '../../compose/index.ts';
import { type KeptDoor, keepSlackDoor } from '../../gateway/http/index.ts';
import { renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { untilInterrupted } from '../terminal.ts';

const ONCE_MS = 60_000;

/** `ggen-mcp worker`: what approvals need done while nobody is there. */
export const worker: Command = {
  name: 'worker',
  usage: 'worker [--once]',
  summary: 'send messages, let timers fire and agents decide, until interrupted',
  details:
    'A running proxy does this too, and a command that asks or decides sends its own messages at once. Where only hooks\n' +
    'run, keep one of these running: messages that failed are tried again, timers fire, agents with a key here decide.\n' +
    'Any number of them may run, on any number of machines; each piece of work is done by one. Where [approvals.slack]\n' +
    'has buttons, clicks come in at its address (POST /slack/actions), but with --once.',
  options: { once: { type: 'boolean', about: 'do what is due now, and end' } },
  exits: '0 ended, 1 with --once: some of what was due is still under way after a minute, 2 it could not start',
  positionals: [],
  async run(context) {
    const once = context.values.once === true;
    const report = (line: string): void => void context.stderr.write(`ggen-mcp worker: ${printable(line, 2000)}\n`);
    let door: KeptDoor | undefined;
    const system = await openSystem({
      ...context,
      watch: !once,
      onReload: async () => door?.renew(),
      onReloadError: (error) => report(`configuration not taken over: ${renderError(error)}`),
      onWorkFault: report,
    });
    try {
      if (once) {
        const work = await system.startWork();
        const done = await work.doneWithin(ONCE_MS);
        await work.stop();
        return done ? EXIT.ok : EXIT.no;
      }
      door = await keepSlackDoor(system, report);
      context.stderr.write('working; interrupt to end\n');
      await untilInterrupted();
      return EXIT.ok;
    } finally {
      await door?.close();
      await system.close();
    }
  },
};
