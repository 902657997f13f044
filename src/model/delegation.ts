/** What one approver lends another for a time: to vote in their place. */
export interface DelegationTerms {
  /** UUIDv7 */
  readonly id: string;
  /** whose vote is lent, who signed this */
  readonly delegator: string;
  /** who may cast it, with a key of their own */
  readonly delegate: string;
  /** domains, classes, operations, or `*`: no more than the delegator may decide on in any case */
  readonly scopes: readonly string[];
  /** milliseconds since 1970 */
  readonly createdAt: number;
  /** it counts until then */
  readonly expiresAt: number;
  readonly reason?: string;
}

export interface Delegation extends DelegationTerms {
  /** the delegator's SSH signature over these terms, in base64 */
  readonly signature: string;
}
