import type { StandingGrantStore } from '../../approvals/index.ts';
import type { StandingGrant, StandingGrantTerms } from '../../model/standing-grant.ts';
import type { Row, Session } from './connections.ts';
import { assertStorable, toJson } from './entry-values.ts';

const INSERT =
  'INSERT INTO standing_grants (id, agent, operation, terms, signature, expires_at, max_uses, uses) ' +
  'VALUES ($1, $2, $3, $4, $5, $6, $7, 0)';
/** One that is over, revoked or used up is used no more. (A row that was waited for is looked at again.) */
const USE =
  'UPDATE standing_grants SET uses = uses + 1 WHERE id = $1 AND expires_at > $2 AND revoked_at IS NULL AND uses < max_uses';

export async function insertGrant(
  session: Session,
  { signature, uses: _, revokedAt: __, ...terms }: StandingGrant,
): Promise<void> {
  const text = toJson(terms, 'a standing grant');
  for (const one of [terms.id, terms.agent, terms.operation, text, signature]) assertStorable(one, 'a standing grant');
  const { id, agent, operation, expiresAt, maxUses } = terms;
  await session.write(INSERT, [id, agent, operation, text, signature, expiresAt, maxUses]);
}

/** True where it still counted, and was used once more. */
export async function useGrant(session: Session, id: string, now: number): Promise<boolean> {
  return (await session.write(USE, [id, now])) === 1;
}

export async function revokeGrant(session: Session, id: string, now: number): Promise<boolean> {
  const sql = 'UPDATE standing_grants SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL';
  return (await session.write(sql, [id, now])) === 1;
}

export async function getGrant(session: Session, id: string): Promise<StandingGrant | undefined> {
  const [row] = await session.query('SELECT * FROM standing_grants WHERE id = $1', [id]);
  return row && grantOf(row);
}

export async function listGrants(
  session: Session,
  { agent, operation, at, limit }: Parameters<StandingGrantStore['listGrants']>[0],
): Promise<StandingGrant[]> {
  const rows = await session.query(
    'SELECT * FROM standing_grants WHERE expires_at > $1 AND ($2::boolean OR revoked_at IS NULL) ' +
      'AND ($3::text IS NULL OR agent = $3) AND ($4::text IS NULL OR operation = $4) ORDER BY id DESC LIMIT $5',
    [at ?? -1, at === undefined, agent ?? null, operation ?? null, limit],
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
