import type { JobEnd, JobFilter, LeaseRequest } from '../../jobs/index.ts';
import type { Job, JobState, LeasedJob, NewJob } from '../../model/job.ts';
import type { Database, Row } from './database.ts';
import { assertStorable, toJson } from './entry-row.ts';

const INSERT =
  "INSERT INTO jobs (id, kind, state, due_at, attempts, subject, payload, created_at) VALUES (?, ?, 'waiting', ?, 0, ?, ?, ?)";
const NEXT = "SELECT min(due_at) AS due FROM jobs WHERE state = 'waiting' AND kind = ?";
const DUE = "SELECT id FROM jobs WHERE state = 'waiting' AND kind = ? AND due_at <= ? ORDER BY due_at LIMIT ?";
const TAKE = 'UPDATE jobs SET lease = ?, due_at = ?, attempts = attempts + 1 WHERE id = ?';
const HELD = "id = ? AND lease = ? AND state = 'waiting'";

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
export function insertJobs(db: Database, jobs: readonly PreparedJob[], now: number): void {
  for (const { id, kind, dueAt, subject, payload } of jobs) db.run(INSERT, id, kind, dueAt, subject, payload, now);
}

export function nextJobAt(db: Database, kind: string): number | undefined {
  const due = db.get(NEXT, kind)?.due;
  return due == null ? undefined : Number(due);
}

export function leaseJobs(db: Database, { kind, limit, leaseMs, lease }: LeaseRequest, now: number): LeasedJob[] {
  return db.all(DUE, kind, now, limit).map(({ id }) => {
    db.run(TAKE, lease, now + leaseMs, id as string);
    return { ...jobOf(db.get('SELECT * FROM jobs WHERE id = ?', id as string)!), lease };
  });
}

/** False where the lease was over, and another worker has taken it since. */
export function endJob(db: Database, { id, lease }: Pick<LeasedJob, 'id' | 'lease'>, end: JobEnd): boolean {
  switch (end.end) {
    case 'done':
      return Number(db.run(`DELETE FROM jobs WHERE ${HELD}`, id, lease).changes) === 1;
    case 'later': {
      const sql = `UPDATE jobs SET lease = NULL, due_at = ?, last_error = ?, attempts = attempts - ? WHERE ${HELD}`;
      return Number(db.run(sql, end.dueAt, end.error ?? null, end.uncounted ? 1 : 0, id, lease).changes) === 1;
    }
    case 'dead': {
      const sql = `UPDATE jobs SET state = 'dead', lease = NULL, last_error = ? WHERE ${HELD}`;
      return Number(db.run(sql, end.error, id, lease).changes) === 1;
    }
  }
}

export function listJobs(db: Database, { state, except = [], limit }: JobFilter): Job[] {
  const order = state === 'waiting' ? 'due_at, id' : 'created_at DESC, id DESC';
  const which = 'state = ? AND kind NOT IN (SELECT value FROM json_each(?))';
  const sql = `SELECT * FROM jobs WHERE ${which} ORDER BY ${order} LIMIT ?`;
  return db.all(sql, state, JSON.stringify(except), limit).map(jobOf);
}

/** When one was given up is told by the end of its last lease, which was not over yet. */
export function dropDeadJobs(db: Database, before: number): number {
  return Number(db.run("DELETE FROM jobs WHERE state = 'dead' AND due_at < ?", before).changes);
}

export function reviveJob(db: Database, id: string, now: number): boolean {
  const sql = "UPDATE jobs SET state = 'waiting', due_at = ?, attempts = 0 WHERE id = ? AND state = 'dead'";
  return Number(db.run(sql, now, id).changes) === 1;
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
