import type { DisabledEndpoint } from '../../approvals/index.ts';
import type { Database } from './database.ts';

export function disabledEndpoints(db: Database): DisabledEndpoint[] {
  return db.all('SELECT * FROM notice_endpoints ORDER BY disabled_at').map((row) => ({
    endpoint: row.endpoint as string,
    disabledAt: Number(row.disabled_at),
    why: row.why as string,
  }));
}

/** False where it is off already. */
export function disableEndpoint(db: Database, endpoint: string, why: string, now: number): boolean {
  const sql = 'INSERT INTO notice_endpoints VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
  return Number(db.run(sql, endpoint, now, why).changes) === 1;
}

export function enableEndpoint(db: Database, endpoint: string): boolean {
  return Number(db.run('DELETE FROM notice_endpoints WHERE endpoint = ?', endpoint).changes) === 1;
}
