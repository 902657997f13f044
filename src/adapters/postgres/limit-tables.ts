import { hash } from 'node:crypto';
import type { AttemptGuards } from '../../governor/index.ts';
import type { AgentState } from '../../model/decision.ts';
import type { StateNeeds } from '../../policy/index.ts';
import type { Session } from './connections.ts';

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
export async function readAgentState(session: Session, needs: StateNeeds, now: number): Promise<AgentState> {
  const { agent, rate, concurrency } = needs;
  return {
    ...(rate ? { providerRequests: { [rate.provider]: await requestsOf(session, rate.provider, now) } } : {}),
    ...(concurrency ? { otherActiveAgents: await otherAgents(session, agent, now) } : {}),
  };
}

/** Only under the locks of what is guarded. */
export async function hasRoomFor(
  session: Session,
  guards: AttemptGuards,
  now: number,
): Promise<true | 'rate' | 'concurrency'> {
  const { rate, concurrency } = guards;
  if (rate && (await requestsOf(session, rate.provider, now)) >= rate.limit) return 'rate';
  if (concurrency && (await otherAgents(session, concurrency.agent, now)) >= concurrency.limit) return 'concurrency';
  return true;
}

/** Counts one request by the provider, and forgets what no window can reach any more. */
export async function countRequest(session: Session, { provider }: Rate, now: number): Promise<void> {
  const second = Math.floor(now / 1000);
  const key = keyOf(provider);
  const counted = await session.write(
    'UPDATE provider_usage SET requests = requests + 1 WHERE provider = $1 AND second = $2',
    [key, second],
  );
  if (counted > 0) return;
  await session.write('INSERT INTO provider_usage VALUES ($1, $2, 1)', [key, second]);
  await session.write('DELETE FROM provider_usage WHERE provider = $1 AND (second < $2 OR second > $3)', [
    key,
    second - WINDOW_S,
    second + WINDOW_S,
  ]);
}

/** Notes that the agent is active, and forgets those that aren't. */
export async function seeAgent(session: Session, { agent }: Concurrency, now: number): Promise<void> {
  await session.write(
    'INSERT INTO active_agents VALUES ($1, $2) ON CONFLICT (agent) DO UPDATE SET last_seen = excluded.last_seen',
    [keyOf(agent), now],
  );
  await session.write('DELETE FROM active_agents WHERE last_seen <= $1 OR last_seen > $2', [
    now - WINDOW_MS,
    now + WINDOW_MS,
  ]);
}

async function requestsOf(session: Session, provider: string, now: number): Promise<number> {
  const second = Math.floor(now / 1000);
  const [row] = await session.query(
    'SELECT coalesce(sum(requests), 0)::bigint AS requests FROM provider_usage ' +
      'WHERE provider = $1 AND second BETWEEN $2 AND $3',
    [keyOf(provider), second - WINDOW_S, second + WINDOW_S],
  );
  return Number(row?.requests ?? 0);
}

async function otherAgents(session: Session, agent: string, now: number): Promise<number> {
  const [row] = await session.query(
    'SELECT count(*) AS agents FROM active_agents WHERE agent <> $1 AND last_seen > $2 AND last_seen <= $3',
    [keyOf(agent), now - WINDOW_MS, now + WINDOW_MS],
  );
  return Number(row?.agents ?? 0);
}

/** Names are as long as anybody likes; what is in an index is not. */
function keyOf(name: string): Buffer {
  return hash('sha256', name, 'buffer');
}
