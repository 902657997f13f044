import { openSystem } from '../../compose/index.ts';
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
    const system = await openSystem(context);
    try {
      const change = await system.policyHolder.update(path, jsonOrText(text), true);
      context.print(`${path} = ${text}; policy set ${change.previous.slice(0, 12)} -> ${change.digest.slice(0, 12)}`);
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
