import type { VoteVia } from '../model/approval.ts';

/** Signs votes in one approver's name. */
export interface VoteSigner {
  readonly approver: string;
  /** who passes the approver's word on, where a relay's key signs */
  readonly via?: VoteVia;
  /** an SSH signature over exactly this text, in base64; in namespace `ggen-approval`, or its relay's */
  sign(statement: string): Promise<string>;
}
