import type { JobEnd, JobFilter, LeaseRequest } from '../../jobs/index.ts';
import type { Job, JobState, LeasedJob, NewJob } from '../../model/job.ts';
import type { Row, Session } from './connections.ts';
import { assertStorable, toJson } from './entry-values.ts';

const INSERT =
  'INSERT INTO jobs (id, kind, state, due_at, attempts, subject, payload, created_at) ' +
  "SELECT id, kind, 'waiting', due_at, 0, subject, payload, $6 " +
  'FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) AS given (id, kind, due_at, subject, payload)';
/** One that another worker is just taking is passed over. */
const TAKE =
  "WITH due AS (SELECT id AS due_id, due_at AS was_due FROM jobs WHERE state = 'waiting' AND kind = $3 AND due_at <= $4 " +
  'ORDER BY due_at, id LIMIT $5 FOR UPDATE SKIP LOCKED) ' +
  'UPDATE jobs SET lease = $1, due_at = $2, attempts = attempts + 1 FROM due WHERE id = due_id RETURNING *';
const HELD = "id = $1 AND lease = $2 AND state = 'waiting'";

/** Jobs as they are going to be written, with their payload as JSON. */
export type PreparedJob = Omit<NewJob, 'payload'> & { readonly payload: string };

/** INPUT_INVALID for what can't be kept as it is. */
export function prepareJobs(jobs: readonly NewJob[]): PreparedJob[] {
  return jobs.map((job) => {
    const payload = toJson(job.payload, 'a job');
    for (const text of [job.id, job.kind, job.subject, payload]) assertStorable(text, 'a job');
    return { ...job, payload };
  });
}

/** Only in the transaction of what causes them. */
export async function insertJobs(session: Session, jobs: readonly PreparedJob[], now: number): Promise<void> {
  if (jobs.length === 0) return;
  await session.write(INSERT, [
    jobs.map((job) => job.id),
    jobs.map((job) => job.kind),
    jobs.map((job) => job.dueAt),
    jobs.map((job) => job.subject),
    jobs.map((job) => job.payload),
    now,
  ]);
}

export async function nextJobAt(session: Session, kind: string): Promise<number | undefined> {
  const [row] = await session.query("SELECT min(due_at) AS due FROM jobs WHERE state = 'waiting' AND kind = $1", [
    kind,
  ]);
  return row?.due == null ? undefined : Number(row.due);
}

export async function leaseJobs(
  session: Session,
  { kind, limit, leaseMs, lease }: LeaseRequest,
  now: number,
): Promise<LeasedJob[]> {
  const rows = await session.query(TAKE, [lease, now + leaseMs, kind, now, limit]);
  const inTurn = rows.toSorted((a, b) => Number(a.was_due) - Number(b.was_due));
  return inTurn.map((row) => ({ ...jobOf(row), lease }));
}

/** False where the lease was over, and another worker has taken it since. */
export async function endJob(
  session: Session,
  { id, lease }: Pick<LeasedJob, 'id' | 'lease'>,
  end: JobEnd,
): Promise<boolean> {
  switch (end.end) {
    case 'done':
      return (await session.write(`DELETE FROM jobs WHERE ${HELD}`, [id, lease])) === 1;
    case 'later': {
      const sql = `UPDATE jobs SET lease = NULL, due_at = $3, last_error = $4, attempts = attempts - $5 WHERE ${HELD}`;
      return (await session.write(sql, [id, lease, end.dueAt, end.error ?? null, end.uncounted ? 1 : 0])) === 1;
    }
    case 'dead': {
      const sql = `UPDATE jobs SET state = 'dead', lease = NULL, last_error = $3 WHERE ${HELD}`;
      return (await session.write(sql, [id, lease, end.error])) === 1;
    }
  }
}

export async function listJobs(session: Session, { state, except = [], limit }: JobFilter): Promise<Job[]> {
  const order = state === 'waiting' ? 'due_at, id' : 'created_at DESC, id DESC';
  const sql = `SELECT * FROM jobs WHERE state = $1 AND kind <> ALL($2::text[]) ORDER BY ${order} LIMIT $3`;
  const rows = await session.query(sql, [state, except, limit]);
  return rows.map(jobOf);
}

/** When one was given up is told by the end of its last lease, which was not over yet. */
export function dropDeadJobs(session: Session, before: number): Promise<number> {
  return session.write("DELETE FROM jobs WHERE state = 'dead' AND due_at < $1", [before]);
}

export async function reviveJob(session: Session, id: string, now: number): Promise<boolean> {
  const sql = "UPDATE jobs SET state = 'waiting', due_at = $2, attempts = 0 WHERE id = $1 AND state = 'dead'";
  return (await session.write(sql, [id, now])) === 1;
}

function jobOf(row: Row): Job {
  return {
    id: row.id as string,
    kind: row.kind as string,
    state: row.state as JobState,
    dueAt: Number(row.due_at),
    attempts: Number(row.attempts),
    subject: row.subject as string,
    payload: JSON.parse(row.payload as string) as Job['payload'],
    createdAt: Number(row.created_at),
    ...(row.last_error === null ? {} : { lastError: row.last_error as string }),
  };
}
