import type { Governor, Permit, Refusal } from '../../governor/index.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Action } from '../../model/action.ts';
import type { ApprovalStatus } from '../../model/approval.ts';

const PROGRESS_MS = 2000;

export interface WaitParts {
  readonly governor: Governor;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** tells the client that the call still waits; called at once and every two seconds */
  readonly onProgress?: (message: string) => void;
}

/** How a wait for people ended: a permit, what to tell the agent, or nothing because the call was cancelled. */
export type WaitResult = { readonly permit: Permit } | { readonly refusal: string } | 'cancelled';

/** Waits until the request is decided or the time is over. Time never grants anything. */
export async function waitForApproval(action: Action, first: Refusal, parts: WaitParts): Promise<WaitResult> {
  const { governor, clock, signal } = parts;
  const end = clock() + parts.waitMs;
  let refusal = first;
  for (;;) {
    const id = refusal.approval?.id;
    if (id === undefined) return { refusal: refusal.message };
    const status = await withProgress(id, parts, () =>
      governor.awaitDecision(id, { timeoutMs: Math.max(0, end - clock()), signal }),
    );
    if (signal.aborted) return 'cancelled';
    if (status === 'pending')
      return { refusal: `${seconds(parts.waitMs)} passed without a decision. ${refusal.message}` };
    if (status !== 'approved' && status !== 'rejected') return { refusal: renderEnd(id, status) };
    // Approved: the same action takes the grant. Rejected: the governor says who did, and why, and records it.
    const again = await governor.authorize(action);
    if (again.outcome === 'permitted') return { permit: again };
    if (again.approval?.status !== 'pending' || again.approval.id === id || clock() >= end) {
      return { refusal: again.message };
    }
    refusal = again; // the policy or a file changed meanwhile: there is a new request to wait for
  }
}

async function withProgress(
  id: string,
  parts: WaitParts,
  wait: () => Promise<ApprovalStatus>,
): Promise<ApprovalStatus> {
  const { onProgress } = parts;
  if (!onProgress) return wait();
  const message = `Waiting for approval of request ${id}: ggen-mcp approvals approve ${id}`;
  onProgress(message);
  const timer = setInterval(() => onProgress(message), PROGRESS_MS);
  try {
    return await wait();
  } finally {
    clearInterval(timer);
  }
}

function renderEnd(id: string, status: ApprovalStatus): string {
  const why: Partial<Record<ApprovalStatus, string>> = {
    expired: 'nobody decided in time',
    cancelled: 'it was taken back',
    superseded: 'another request took its place',
    consumed: 'its approval was used by another call',
    revoked: 'its approval was taken back',
  };
  return (
    `Not approved: request ${id} is ${status}${why[status] ? ` (${why[status]})` : ''}. ` +
    'Nothing was done. If it is still wanted, the same call asks again.'
  );
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
