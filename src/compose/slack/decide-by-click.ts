import { createRelayKeyFiles } from '../../adapters/keys/index.ts';
import {
  isLive,
  noticeContext,
  noticeOf,
  SLACK_NAMESPACE,
  slackButtonsOf,
  slackMessage,
  type VoteSigner,
} from '../../approvals/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { ApprovalsConfig } from '../../model/configuration.ts';
import { newId } from '../new-id.ts';
import type { GovernedSystem } from '../types.ts';

/** A button that somebody pressed in Slack; that Slack says so is proven already. */
export interface SlackClick {
  /** `U0123ABC` */
  readonly user: string;
  readonly approvalId: string;
  /** of the request as the message showed it */
  readonly requestDigest: string;
  readonly approved: boolean;
}

type System = Pick<GovernedSystem, 'desk' | 'store' | 'loaded' | 'approverKeys' | 'places'>;

const NOT_DECIDED: ReadonlySet<string> = new Set(['NOT_PERMITTED', 'NOT_FOUND', 'CONFLICT']);

/**
 * Passes a click on: signs with the relay's key of the approver behind this Slack user, and decides. What Slack is to
 * show of it. What is refused stands in the audit trail; only a fault of the store or the keys throws.
 */
export async function decideByClick(system: System, click: SlackClick): Promise<JsonObject> {
  const approver = slackButtonsOf(approvalsOf(system))?.users.get(click.user);
  const { approvalId, approved, requestDigest } = click;
  try {
    if (approver === undefined) throw new GgenError('NOT_PERMITTED', 'your Slack user may not decide here');
    const decided = await system.desk.decide({
      approvalId,
      approved,
      requestDigest,
      signer: relaySigner(system, approver, click.user),
      via: `Slack user ${click.user}`,
    });
    return inPlaceOfTheQuestion(system, decided);
  } catch (error) {
    if (!isGgenError(error) || !NOT_DECIDED.has(error.code)) throw error;
    const record = await system.store.getRequest(approvalId);
    await system.store.append(refusalEntry(click, approver, record, error.message));
    // Decided or over meanwhile: who may click sees how it stands. Others were refused before, and learn nothing of it.
    if (record !== undefined && error.code === 'CONFLICT' && record.status !== 'pending') {
      return inPlaceOfTheQuestion(system, record);
    }
    const text = `Not decided: ${printable(error.message, 300)}.`;
    return { response_type: 'ephemeral', replace_original: false, text };
  }
}

function approvalsOf({ loaded }: Pick<System, 'loaded'>): ApprovalsConfig {
  return loaded().config.approvals;
}

function relaySigner({ places, approverKeys }: System, approver: string, user: string): VoteSigner {
  const enrolled = approverKeys();
  const key = createRelayKeyFiles(places.keysDir)
    .list()
    .find((one) => {
      const line = enrolled.find(approver, one.key.fingerprint, SLACK_NAMESPACE);
      return one.approver === approver && line !== undefined && isLive(line, Date.now());
    });
  if (key !== undefined) return { approver, via: { relay: 'slack', user }, sign: key.sign };
  throw new GgenError('NOT_PERMITTED', `there is no key here that passes clicks of ${approver} on`, {
    hint: `ggen-mcp keys create --approver ${approver} --relay slack`,
  });
}

/** How the request stands, without buttons. */
function inPlaceOfTheQuestion(system: System, record: ApprovalRecord): JsonObject {
  const { link } = approvalsOf(system);
  const message = slackMessage(noticeOf(record.status), record, noticeContext(link, record));
  return { ...message, replace_original: true };
}

function refusalEntry(
  { user, approvalId, approved }: SlackClick,
  approver: string | undefined,
  record: ApprovalRecord | undefined,
  why: string,
): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'policy_violation',
    actor: { actorType: 'user', id: approver ?? user, name: `Slack user ${user}` },
    operation: { name: 'decide_approval' },
    ...(record === undefined ? {} : { target: record.target, correlationId: record.correlationId }),
    result: 'denied',
    metadata: {
      event: 'slack_click_refused',
      approval_id: approvalId,
      approved,
      via: 'slack',
      via_user: user,
      error: printable(why, 500),
    },
  };
}
