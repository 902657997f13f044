import { openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import { type Command, EXIT } from '../command.ts';

/** `ggen-mcp policy update`: one setting, checked like a file, recorded, written back with comments kept. */
export const policyUpdate: Command = {
  name: 'policy update',
  usage: 'policy update PATH VALUE',
  summary: 'change one setting in its file, checked and recorded, comments kept',
  details:
    'PATH is the setting as the reference writes it: policies.enforcement_mode. VALUE is JSON (0.85, true, "text",\n' +
    '["a","b"]); what is no JSON is taken as text. On a mistake nothing changes.',
  options: {},
  exits: '0 changed, 2 nothing changed',
  positionals: ['PATH', 'VALUE'],
  async run(context) {
    const [path = '', text = ''] = context.positionals;
    const value = jsonOrText(text);
    const system = await openSystem(context);
    try {
      const change = await system.policyHolder.update(path, value, true);
      context.print(`${path} = ${text}; policy set ${change.previous.slice(0, 12)} -> ${change.digest.slice(0, 12)}`);
    } catch (error) {
      throw typeof value === 'string' && value === text ? sayHowListsAreWritten(error) : error;
    } finally {
      await system.close();
    }
    return EXIT.ok;
  },
};

function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A list without its quotes, `[notes/*]` or `notes/*`, was read as text: whoever wrote it is told how it is done. */
function sayHowListsAreWritten(error: unknown): unknown {
  if (!(error instanceof GgenError) || error.hint !== undefined || !error.message.includes('expected a list'))
    return error;
  return new GgenError(error.code, error.message, {
    hint: `a list is written '["a","b"]'`,
    ...(error.position ? { position: error.position } : {}),
  });
}
