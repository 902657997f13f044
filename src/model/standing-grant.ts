/** What an approver permits ahead, as it was signed. */
export interface StandingGrantTerms {
  /** UUIDv7 */
  readonly id: string;
  /** the requester that it is for */
  readonly agent: string;
  readonly operation: string;
  /** targets, in the dialect of the lists for this kind of operation */
  readonly pattern: string;
  /** the policies under which it was made: under others it counts for nothing */
  readonly policySet: string;
  /** milliseconds since 1970 */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly maxUses: number;
  readonly reason?: string;
  /** who made it */
  readonly approver: string;
}

/** An addition to policy: signed, counted, expiring; no approval of any one action. */
export interface StandingGrant extends StandingGrantTerms {
  /** SSH signature over its statement, in base64 */
  readonly signature: string;
  readonly uses: number;
  /** milliseconds since 1970 */
  readonly revokedAt?: number;
}
