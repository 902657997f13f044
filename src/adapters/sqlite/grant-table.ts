import type { StandingGrantStore } from '../../approvals/index.ts';
import type { StandingGrant, StandingGrantTerms } from '../../model/standing-grant.ts';
import type { Database, Row } from './database.ts';
import { assertStorable, toJson } from './entry-row.ts';

const INSERT =
  'INSERT INTO standing_grants (id, agent, operation, terms, signature, expires_at, max_uses, uses) VALUES (?, ?, ?, ?, ?, ?, ?, 0)';
/** One that is over, revoked or used up is used no more. */
const USE =
  'UPDATE standing_grants SET uses = uses + 1 WHERE id = ? AND expires_at > ? AND revoked_at IS NULL AND uses < max_uses';

export function insertGrant(db: Database, { signature, uses: _, revokedAt: __, ...terms }: StandingGrant): void {
  const text = toJson(terms, 'a standing grant');
  for (const one of [terms.id, terms.agent, terms.operation, text, signature]) assertStorable(one, 'a standing grant');
  const { id, agent, operation, expiresAt, maxUses } = terms;
  db.run(INSERT, id, agent, operation, text, signature, expiresAt, maxUses);
}

/** True where it still counted at `now`, and was used once more. */
export function useGrant(db: Database, id: string, now: number): boolean {
  return Number(db.run(USE, id, now).changes) === 1;
}

export function revokeGrant(db: Database, id: string, now: number): boolean {
  return (
    Number(db.run('UPDATE standing_grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', now, id).changes) ===
    1
  );
}

export function getGrant(db: Database, id: string): StandingGrant | undefined {
  const row = db.get('SELECT * FROM standing_grants WHERE id = ?', id);
  return row && grantOf(row);
}

export function listGrants(db: Database, filter: Parameters<StandingGrantStore['listGrants']>[0]): StandingGrant[] {
  const { agent, operation, at, limit } = filter;
  const rows = db.all(
    'SELECT * FROM standing_grants WHERE expires_at > ? AND (? OR revoked_at IS NULL) AND (? IS NULL OR agent = ?) ' +
      'AND (? IS NULL OR operation = ?) ORDER BY id DESC LIMIT ?',
    at ?? -1,
    at === undefined ? 1 : 0,
    agent ?? null,
    agent ?? null,
    operation ?? null,
    operation ?? null,
    limit,
  );
  return rows.map(grantOf);
}

/** THREAT: what was signed is in `terms`; the columns beside it only find it, and bound its use. */
function grantOf(row: Row): StandingGrant {
  return {
    ...(JSON.parse(row.terms as string) as StandingGrantTerms),
    signature: row.signature as string,
    uses: Number(row.uses),
    ...(row.revoked_at === null ? {} : { revokedAt: Number(row.revoked_at) }),
  };
}
