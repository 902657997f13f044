import type { DisabledEndpoint } from '../../approvals/index.ts';
import type { Session } from './connections.ts';

export async function disabledEndpoints(session: Session): Promise<DisabledEndpoint[]> {
  const rows = await session.query('SELECT * FROM notice_endpoints ORDER BY disabled_at');
  return rows.map((row) => ({
    endpoint: row.endpoint as string,
    disabledAt: Number(row.disabled_at),
    why: row.why as string,
  }));
}

/** False where it is off already. */
export async function disableEndpoint(session: Session, endpoint: string, why: string, now: number): Promise<boolean> {
  const sql = 'INSERT INTO notice_endpoints VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
  return (await session.write(sql, [endpoint, now, why])) === 1;
}

export async function enableEndpoint(session: Session, endpoint: string): Promise<boolean> {
  return (await session.write('DELETE FROM notice_endpoints WHERE endpoint = $1', [endpoint])) === 1;
}
