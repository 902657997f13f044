import type { ApprovalRecord, ApprovalStrategy } from '../model/approval.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import { graveClass, type OperationSpec } from '../model/operation.ts';
import { isShownWhole } from './notice-texts/index.ts';

/** What a click in a chat may be about. */
export interface RelayQuestion {
  readonly operations: readonly Pick<OperationSpec, 'name' | 'classes'>[];
  readonly strategy: ApprovalStrategy;
  /** how much inspectors found about it, warnings counted */
  readonly findings: number;
}

/**
 * Why nobody may decide on this by way of a chat; undefined where they may. It goes on after "a click is not enough: ".
 * THREAT: whoever holds the relay's key, or somebody's account in the chat, votes in their name. So it is for what can
 * be undone, that one approval is enough for, and that nothing was found about.
 */
export function whyNotRelayed({ operations, strategy, findings }: RelayQuestion): string | undefined {
  for (const operation of operations) {
    const grave = graveClass(operation);
    if (grave) return `${operation.name} is ${grave}`;
  }
  if (strategy === 'multi-approval') return 'it takes several approvers';
  return findings > 0 ? 'inspectors found something about it' : undefined;
}

/** The same of a request as it stands, which a message must hold whole: nobody clicks on what they don't see. */
export function whyNotByClick(record: ApprovalRecord, operations: RelayQuestion['operations']): string | undefined {
  const { strategy } = record;
  const why = whyNotRelayed({ operations, strategy, findings: findingsOf(record) });
  return why ?? (isShownWhole(record) ? undefined : 'a message does not hold all of it');
}

/** How much inspectors found about it when it was asked. */
export function findingsOf({ metadata: { findings } }: Pick<ApprovalRecord, 'metadata'>): number {
  return Array.isArray(findings) ? findings.length : findings === undefined ? 0 : 1;
}

export interface SlackButtons {
  readonly signingSecret: string;
  readonly listen: string;
  /** ids of approvers by ids of Slack users */
  readonly users: ReadonlyMap<string, string>;
}

/** Where buttons in Slack are on, what they need; undefined where they are off. */
export function slackButtonsOf({ slack }: Pick<ApprovalsConfig, 'slack'>): SlackButtons | undefined {
  const { buttons, signingSecret, listen } = slack;
  // A map: an id may be called like something that every object has.
  const users = new Map(Object.entries(slack.users));
  return buttons && signingSecret !== undefined && users.size > 0 ? { signingSecret, listen, users } : undefined;
}
