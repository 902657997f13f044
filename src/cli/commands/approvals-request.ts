import { text } from 'node:stream/consumers';
import { recordToJson } from '../../approvals/index.ts';
import { type GovernedSystem, openSystem, requestPlain } from '../../compose/index.ts';
import type { AskOptions } from '../../governor/index.ts';
import { GgenError, renderError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { Action } from '../../model/action.ts';
import { actionFromJson } from '../../model/action-json.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import { decisionToJson } from '../../model/decision-json.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { sendNow } from '../send-now.ts';
import { ACTION_OPTIONS, actionFromFlags, fromCli } from './action-options.ts';
import { readText } from './open-trail.ts';

const MAX_ACTION_BYTES = 64 * 1024 * 1024;

/** `ggen-mcp approvals request`: makes the request of an action that is to be done later. */
export const approvalsRequest: Command = {
  name: 'approvals request',
  usage:
    'approvals request --action FILE | --action-type TYPE --target TARGET --requester AGENT [--content TEXT] [--context JSON] [--justification TEXT] [--metadata JSON] [--idempotency-key KEY] [--supersedes ID] [--self] [--json]',
  summary: 'ask people for an action, and print the id of the request',
  details:
    'Nothing is done, and no approval used up: who asks does the action afterwards, through a door that judges it, in\n' +
    'exactly this form. The same action is asked for once: its open request, or its unused approval, is the answer.\n' +
    'FILE holds one JSON action ({"action_type","target","requester","content","context"}); - is standard input.',
  options: {
    action: { type: 'string', value: 'FILE', about: 'the action as JSON, instead of the flags' },
    ...ACTION_OPTIONS,
    justification: { type: 'string', value: 'TEXT', about: 'why, for those who decide' },
    metadata: { type: 'string', value: 'JSON', about: 'an object with more for them to see' },
    'idempotency-key': { type: 'string', value: 'KEY', about: 'asked again under it, the same request is the answer' },
    supersedes: {
      type: 'string',
      value: 'ID',
      about: 'a pending request of the same requester that this one replaces',
    },
    self: { type: 'boolean', about: 'for what you do yourself, at no door: approvals consume uses the approval up' },
    json: { type: 'boolean', about: 'the request as JSON' },
  },
  exits: '0 a request waits or is approved, 1 it needs nobody, 4 denied, 2 it can not be asked',
  positionals: [],
  async run(context) {
    const action = withJustification(await readAction(context), context.values.justification);
    const options = askOptions(context);
    const system = await openSystem(context);
    try {
      if (context.values.self === true) {
        const record = await askForSelf(system, action, options);
        context.print(context.values.json ? JSON.stringify(recordToJson(record)) : record.id);
        await sendNow(system);
        return EXIT.ok;
      }
      const asked = await system.governor.ask(action, options);
      const json = context.values.json === true;
      switch (asked.outcome) {
        case 'waiting':
        case 'approved':
          context.print(json ? JSON.stringify(recordToJson(asked.approval)) : asked.approval.id);
          await sendNow(system);
          return EXIT.ok;
        case 'allowed':
          if (json) context.print(JSON.stringify(decisionToJson(asked.decision, asked.actionDigest)));
          else context.stderr.write('it needs nobody’s approval\n');
          return EXIT.no;
        case 'refused':
          if (json) context.print(JSON.stringify(decisionToJson(asked.refusal.decision, asked.refusal.actionDigest)));
          else context.stderr.write(`${asked.refusal.message}\n`);
          return EXIT.denied;
      }
    } finally {
      await system.close();
    }
  },
};

/** Nobody judges what is done at no door: what is asked is the operation, its target, and what stands beside it. */
function askForSelf(system: GovernedSystem, action: Action, options: AskOptions): Promise<ApprovalRecord> {
  const { actionType, target, requester, content, parameters, parts, context } = action;
  if (content !== undefined || parts !== undefined)
    throw new GgenError('USAGE', '--self binds no content and no further targets: name them in --metadata');
  const { justification } = context ?? {};
  return requestPlain(system.store, system.policyHolder.current(), {
    ...options,
    operation: { name: actionType, ...(parameters === undefined ? {} : { parameters }) },
    requester,
    target,
    ...(justification === undefined ? {} : { justification }),
  });
}

function withJustification(action: Action, justification: string | boolean | undefined): Action {
  return typeof justification === 'string' ? { ...action, context: { ...action.context, justification } } : action;
}

function askOptions({ values }: CommandContext): AskOptions {
  const { metadata, 'idempotency-key': idempotencyKey, supersedes } = values;
  return {
    ...(typeof metadata === 'string' ? { metadata: metadataFrom(metadata) } : {}),
    ...(typeof idempotencyKey === 'string' ? { idempotencyKey } : {}),
    ...(typeof supersedes === 'string' ? { supersedes } : {}),
  };
}

function metadataFrom(given: string): JsonObject {
  let json: Json | undefined;
  try {
    json = parseJson(given);
  } catch (error) {
    throw new GgenError('USAGE', `--metadata: ${renderError(error)}`);
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new GgenError('USAGE', '--metadata takes a JSON object');
}

async function readAction(context: CommandContext): Promise<Action> {
  const file = context.values.action;
  if (typeof file !== 'string') return actionFromFlags(context);
  const given = Object.keys(ACTION_OPTIONS).find((name) => context.values[name] !== undefined);
  if (given) throw new GgenError('USAGE', `--action holds the whole action: --${given} can't stand beside it`);
  const json = file === '-' ? await text(context.stdin) : readText(file, '--action');
  if (json.length > MAX_ACTION_BYTES) throw new GgenError('USAGE', `--action: more than ${MAX_ACTION_BYTES} bytes`);
  return fromCli(actionFromJson(parseJson(json)));
}
