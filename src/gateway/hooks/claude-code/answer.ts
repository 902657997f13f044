import type { GovernedSystem } from '../../../compose/index.ts';
import type { Permit } from '../../../governor/index.ts';
import { uuidFromName } from '../../../kernel/ids.ts';
import { printable } from '../../../kernel/text.ts';
import type { Action } from '../../../model/action.ts';
import { type HookMessage, parseMessage } from './message.ts';
import { mapTool } from './tool-call.ts';

/** What the process says: exit 2 with a reason denies; exit 0 with nothing leaves the client to its own rules. */
export interface HookAnswer {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HookCall {
  readonly text: string;
  readonly agent: string;
  /** whose requests the rate limits count */
  readonly provider: string;
  readonly open: () => Promise<GovernedSystem>;
}

/**
 * Judges the call that a PreToolUse message announces, or records the end that a PostToolUse message tells. Leaves
 * the system open: whatever had to be recorded is durable by then, and the process that asked ends anyway, which is
 * quicker than a database that is put in order first.
 */
export async function answerHook(call: HookCall): Promise<HookAnswer> {
  const message = parseMessage(call.text);
  const system = await call.open();
  const { gateway } = system.loaded().config;
  const mapped = mapTool(message.tool, message.input, { cwd: message.cwd, home: system.places.home }, gateway.tool);
  const action = actionOf(message, call, mapped.ok ? mapped.action : undefined);
  if (message.event !== 'PreToolUse') return await recordEnd(system, message, action);
  if (!mapped.ok) {
    return deny((await system.governor.refuse(action, `${message.tool} can't be judged: ${mapped.problem}`)).message);
  }
  const result = await system.governor.authorize(action, { askAtClient: gateway.claudeCode.interactiveAsk });
  return result.outcome === 'refused' ? deny(result.message) : permit(result);
}

/** What can't be mapped is refused as an operation that nothing knows. */
const UNMAPPED = { actionType: 'unmapped_tool', target: '' };

function actionOf(
  message: HookMessage,
  { agent, provider }: HookCall,
  mapped: Pick<Action, 'actionType' | 'target'> | undefined,
): Action {
  return {
    ...(mapped ?? { ...UNMAPPED, target: message.tool }),
    requester: agent,
    context: {
      door: 'claude_code',
      session: message.session,
      provider,
      cwd: message.cwd,
      correlationId: uuidFromName(`claude-code ${message.session} ${message.toolUseId}`),
    },
  };
}

async function recordEnd(system: GovernedSystem, message: HookMessage, action: Action): Promise<HookAnswer> {
  const failed = message.event === 'PostToolUseFailure';
  await system.governor.recordOutcome(action.context!.correlationId!, action, {
    result: failed ? 'failure' : 'success',
    ...(message.error === undefined ? {} : { error: message.error }),
  });
  return { exitCode: 0, stdout: '', stderr: '' };
}

/**
 * Governance narrows what the client would do and never widens it: a call that policy allows gets no answer, so the
 * client's own rules still apply. Only what a person approved says `allow`, since it must run where nobody sits.
 */
function permit(result: Permit): HookAnswer {
  if (result.askAtClient) return decision('ask', result.decision.reasons.map((reason) => reason.message).join('; '));
  if (result.approvalId !== undefined) return decision('allow', `approved: request ${result.approvalId}`);
  return { exitCode: 0, stdout: '', stderr: '' };
}

function decision(verdict: 'ask' | 'allow', reason: string): HookAnswer {
  const output = {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: verdict,
      permissionDecisionReason: printable(reason, 1000),
    },
  };
  return { exitCode: 0, stdout: `${JSON.stringify(output)}\n`, stderr: '' };
}

/** The one form of denial that every version and mode of the client takes: exit 2 with a reason on stderr. */
export function deny(reason: string): HookAnswer {
  return { exitCode: 2, stdout: '', stderr: `${printable(reason, 8000)}\n` };
}
