import { examine, type Finding } from '../../compose/index.ts';
import { type Command, EXIT } from '../command.ts';

const MARK = { ok: 'ok     ', warning: 'WARNING', fault: 'FAULT  ' } as const;

/** `ggen-mcp doctor`: what of this installation does not work, or is not as safe as it looks. */
export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--json]',
  summary: 'look at this installation: configuration, store, keys, who runs as whom, what is left undone',
  details: 'It changes nothing. Run it as the user that agents run as, and once more as who decides.',
  options: { json: { type: 'boolean', about: 'one JSON object a line' } },
  exits: '0 nothing to say, 1 warnings, 2 something does not work',
  positionals: [],
  async run(context) {
    const found = await examine(context);
    for (const one of found) context.print(context.values.json ? JSON.stringify(one) : render(one));
    if (found.some(({ state }) => state === 'fault')) return EXIT.error;
    return found.some(({ state }) => state === 'warning') ? EXIT.no : EXIT.ok;
  },
};

function render({ state, about, message, hint }: Finding): string {
  return `${MARK[state]}  ${about.padEnd(13)}  ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
