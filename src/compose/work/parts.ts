import type { ApprovalDesk, JobMaker } from '../../approvals/index.ts';
import type { AgentWord, GovernanceStore } from '../../governor/index.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { Places } from '../places.ts';
import type { LoadedSnapshot } from '../snapshot.ts';

/** An agent that decides in this process. It is given what people are shown. */
export type AgentDecider = (request: ApprovalRecord, signal: AbortSignal) => Promise<AgentWord> | AgentWord;

/** What background work needs. */
export interface WorkParts {
  readonly store: GovernanceStore;
  readonly desk: ApprovalDesk;
  readonly jobs: JobMaker;
  readonly snapshot: () => LoadedSnapshot;
  readonly places: Places;
  /** agents that a program registered, by id */
  readonly deciders: Readonly<Record<string, AgentDecider>>;
  /** told of what went wrong: one line without secrets */
  readonly onFault?: ((line: string) => void) | undefined;
}
