import type { ParseArgsOptionDescriptor } from 'node:util';
import { GgenError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { Action } from '../../model/action.ts';
import { actionFromJson } from '../../model/action-json.ts';
import type { CommandContext } from '../command.ts';

/** The flags that describe one action, shared by `check` and `policy explain`. */
export const ACTION_OPTIONS: Readonly<Record<string, ParseArgsOptionDescriptor>> = {
  'action-type': { type: 'string' },
  target: { type: 'string' },
  content: { type: 'string' },
  requester: { type: 'string' },
  context: { type: 'string' },
};

/** The action that the flags describe; USAGE where one of the three that every action has is missing. */
export function actionFromFlags({ values }: CommandContext): Action {
  for (const name of ['action-type', 'target', 'requester']) {
    if (values[name] === undefined) throw new GgenError('USAGE', `--${name} is missing`);
  }
  let context: Json | undefined;
  if (values.context !== undefined) context = parseJson(String(values.context));
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

export function fromCli(action: Action): Action {
  return { ...action, context: { ...action.context, door: 'cli' } };
}
