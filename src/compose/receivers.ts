import { endpointsOf } from '../approvals/index.ts';
import type { LoadedConfig } from '../config/index.ts';

/** True where somebody is told of approvals: over HTTP, by mail, or as an agent that decides by itself. */
export function hasReceivers({ config: { approvals } }: LoadedConfig): boolean {
  return endpointsOf(approvals).length > 0 || approvals.approvers.agent.some(({ autoApprove }) => autoApprove);
}
