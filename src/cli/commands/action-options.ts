import { GgenError, renderError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { Action } from '../../model/action.ts';
import { actionFromJson } from '../../model/action-json.ts';
import type { CommandContext, CommandOption } from '../command.ts';

/** The flags that describe one action, shared by `check` and `policy explain`. */
export const ACTION_OPTIONS: Readonly<Record<string, CommandOption>> = {
  'action-type': { type: 'string', value: 'TYPE', about: 'the operation: read_file, write_file, execute_shell, …' },
  target: { type: 'string', value: 'TARGET', about: 'what it is done to: a path, a command line, a URL' },
  requester: { type: 'string', value: 'AGENT', about: 'who asks: a name in [policies.agents]' },
  content: { type: 'string', value: 'TEXT', about: 'what would be written' },
  context: { type: 'string', value: 'JSON', about: 'an object with more about the action' },
};

/** The action that the flags describe; USAGE where one of the three that every action has is missing. */
export function actionFromFlags({ values }: CommandContext): Action {
  const missing = ['action-type', 'target', 'requester'].filter((name) => values[name] === undefined);
  if (missing.length) {
    const names = missing.map((name) => `--${name}`).join(', ');
    throw new GgenError('USAGE', `${names} ${missing.length === 1 ? 'is' : 'are'} missing`);
  }
  const context = values.context === undefined ? undefined : parseContext(String(values.context));
  return fromCli(
    actionFromJson({
      action_type: String(values['action-type']),
      target: String(values.target),
      requester: String(values.requester),
      ...(values.content === undefined ? {} : { content: String(values.content) }),
      ...(context === undefined ? {} : { context }),
    }),
  );
}

function parseContext(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new GgenError('USAGE', `--context: ${renderError(error)}`);
  }
}

export function fromCli(action: Action): Action {
  return { ...action, context: { ...action.context, door: 'cli' } };
}
