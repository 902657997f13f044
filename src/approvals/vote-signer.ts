/** Signs votes in one approver's name. */
export interface VoteSigner {
  readonly approver: string;
  /** an SSH signature in namespace `ggen-approval` over exactly this text, in base64 */
  sign(statement: string): Promise<string>;
}
