import type { AuditEntry } from '../../model/audit-entry.ts';
import type { StandingGrant } from '../../model/standing-grant.ts';

/** Standing grants, each change in one transaction with its entry. A use is counted by `attempt`, with the attempt. */
export interface StandingGrantStore {
  createGrant(grant: StandingGrant, entry: AuditEntry): Promise<void>;
  getGrant(id: string): Promise<StandingGrant | undefined>;
  /** Those for this agent and operation, or all, newest first; `at`: only those that were neither over nor revoked then. */
  listGrants(filter: {
    readonly agent?: string;
    readonly operation?: string;
    readonly at?: number;
    readonly limit: number;
  }): Promise<StandingGrant[]>;
  /** False where it was revoked already, or isn't there. */
  revokeGrant(id: string, entry: AuditEntry): Promise<boolean>;
}
