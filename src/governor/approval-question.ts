import type { ApprovalRecord } from '../model/approval.ts';
import type { Decision } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { Subject } from './entries.ts';
import type { AttemptGuards, PolicySnapshot } from './ports.ts';
import type { AskOptions, AuthorizeOptions } from './types.ts';

export interface ApprovalQuestion {
  readonly subject: Subject;
  readonly decision: Decision;
  readonly snapshot: PolicySnapshot;
  /** the operations of all parts of the action: each must be approvable */
  readonly operations: readonly OperationSpec[];
  readonly references: Readonly<Record<string, string>>;
  readonly evidence: Evidence;
  readonly options: AuthorizeOptions;
  /** what who asks says beside the action itself */
  readonly asking: AskOptions;
}

export type ApprovalAnswer =
  | { readonly kind: 'refused'; readonly decision: Decision; readonly message?: string }
  | { readonly kind: 'waiting'; readonly record: ApprovalRecord; readonly message: string }
  /** go on: with a grant to use up, or to be asked at the client's own prompt */
  | {
      readonly kind: 'go';
      readonly grant?: NonNullable<AttemptGuards['grant']>;
      readonly standing?: NonNullable<AttemptGuards['standing']>;
      readonly metadata: Readonly<Record<string, string | boolean>>;
    };
