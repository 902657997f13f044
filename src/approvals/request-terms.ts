import type { ApprovalRecord, ApprovalStrategy, Quorum } from '../model/approval.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';

type Terms = Pick<ApprovalRecord, 'strategy' | 'quorum' | 'createdAt' | 'decideBy' | 'approvesItselfAt'>;

/**
 * What a request is asked under, fixed when it is made. A timer's approval may be used as long as a person's, and past
 * that there is nothing left to decide.
 */
export function termsOf(
  strategy: ApprovalStrategy,
  quorum: Quorum,
  config: Pick<ApprovalsConfig, 'defaultTimeoutSeconds' | 'autoApproveAfterSeconds' | 'useWithinSeconds'>,
  now: number,
): Terms {
  if (strategy !== 'time-based-approval') {
    return { strategy, quorum, createdAt: now, decideBy: now + config.defaultTimeoutSeconds * 1000 };
  }
  const approvesItselfAt = now + waitOf(config) * 1000;
  return {
    strategy,
    quorum,
    createdAt: now,
    approvesItselfAt,
    decideBy: approvesItselfAt + config.useWithinSeconds * 1000,
  };
}

/** How long a request under time-based approval waits for people before the timer approves it, in seconds. */
export function waitOf(config: Pick<ApprovalsConfig, 'defaultTimeoutSeconds' | 'autoApproveAfterSeconds'>): number {
  return config.autoApproveAfterSeconds ?? config.defaultTimeoutSeconds;
}
