import type { AttemptGuards } from '../../governor/index.ts';
import type { AgentState } from '../../model/decision.ts';
import type { StateNeeds } from '../../policy/index.ts';
import type { Database } from './database.ts';

/**
 * Requests are counted by the second. The window is the current second and the 60 before it, so that in no stretch
 * of 60 s more than the limit goes through; a slot is free again at most a second late. Seconds that lie further
 * ahead than a window were written by a clock that has been put back since, and count no more.
 */
const WINDOW_S = 60;
const WINDOW_MS = WINDOW_S * 1000;

type Rate = NonNullable<AttemptGuards['rate']>;
type Concurrency = NonNullable<AttemptGuards['concurrency']>;

/** What policy asks of the counters at `now`; reads only what is needed. */
export function readAgentState(db: Database, needs: StateNeeds, now: number): AgentState {
  const { agent, rate, concurrency } = needs;
  return {
    ...(rate ? { providerRequests: { [rate.provider]: requestsOf(db, rate.provider, now) } } : {}),
    ...(concurrency ? { otherActiveAgents: otherAgents(db, agent, now) } : {}),
  };
}

export function hasRoomFor(db: Database, guards: AttemptGuards, now: number): true | 'rate' | 'concurrency' {
  const { rate, concurrency } = guards;
  if (rate && requestsOf(db, rate.provider, now) >= rate.limit) return 'rate';
  if (concurrency && otherAgents(db, concurrency.agent, now) >= concurrency.limit) return 'concurrency';
  return true;
}

/** Counts one request by the provider, and forgets what no window can reach any more. */
export function countRequest(db: Database, { provider }: Rate, now: number): void {
  const second = Math.floor(now / 1000);
  const counted = db.run(
    'UPDATE provider_usage SET requests = requests + 1 WHERE provider = ? AND second = ?',
    provider,
    second,
  );
  if (Number(counted.changes) > 0) return;
  db.run('INSERT INTO provider_usage VALUES (?, ?, 1)', provider, second);
  db.run(
    'DELETE FROM provider_usage WHERE provider = ? AND (second < ? OR second > ?)',
    provider,
    second - WINDOW_S,
    second + WINDOW_S,
  );
}

/** Notes that the agent is active, and forgets those that aren't. */
export function seeAgent(db: Database, { agent }: Concurrency, now: number): void {
  db.run(
    'INSERT INTO active_agents VALUES (?, ?) ON CONFLICT (agent) DO UPDATE SET last_seen = excluded.last_seen',
    agent,
    now,
  );
  db.run('DELETE FROM active_agents WHERE last_seen <= ? OR last_seen > ?', now - WINDOW_MS, now + WINDOW_MS);
}

function requestsOf(db: Database, provider: string, now: number): number {
  const second = Math.floor(now / 1000);
  const row = db.get(
    'SELECT sum(requests) AS requests FROM provider_usage WHERE provider = ? AND second BETWEEN ? AND ?',
    provider,
    second - WINDOW_S,
    second + WINDOW_S,
  );
  return Number(row?.requests ?? 0);
}

function otherAgents(db: Database, agent: string, now: number): number {
  const row = db.get(
    'SELECT count(*) AS agents FROM active_agents WHERE agent <> ? AND last_seen > ? AND last_seen <= ?',
    agent,
    now - WINDOW_MS,
    now + WINDOW_MS,
  );
  return Number(row?.agents ?? 0);
}
