import type { GovernanceStore } from '../../governor/index.ts';
import { printable } from '../../kernel/text.ts';
import type { LoadedSnapshot } from '../snapshot.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Work that is due for so long is done by nobody. */
const OVERDUE_MS = 60_000;
const LIMIT = 1000;

/** Whether people can decide, and whether what approvals need done is done by somebody. */
export async function approvalFindings(
  store: GovernanceStore,
  { loaded, keys }: LoadedSnapshot,
  now: number,
): Promise<Finding[]> {
  const { approvals } = loaded.config;
  if (!approvals.enabled) return [ok('approvals', 'off: what needs one is refused')];
  const { user } = approvals.approvers;
  const able = user.length === 0 ? [...new Set(keys.all.map(({ approver }) => approver))] : user.map(({ id }) => id);
  const withKey = able.filter((id) => keys.has(id, now));
  const names = withKey.map((id) => printable(id, 100)).join(', ');
  const people =
    withKey.length > 0
      ? ok('approvers', `with a key that counts: ${names}`)
      : warning('approvers', 'nobody can decide: no approver has a key', 'ggen-mcp keys create --approver NAME');
  return [people, ...(await workFindings(store, now))];
}

async function workFindings(store: GovernanceStore, now: number): Promise<Finding[]> {
  const waiting = await store.listJobs({ state: 'waiting', limit: LIMIT });
  const late = waiting.filter(({ dueAt }) => dueAt < now - OVERDUE_MS);
  const dead = await store.listJobs({ state: 'dead', limit: LIMIT });
  const off = await store.disabledEndpoints();
  const many = (count: number): string => (count === LIMIT ? `${LIMIT} or more` : String(count));
  const found: Finding[] = [];
  const [first] = late;
  if (first) {
    const minutes = Math.round((now - first.dueAt) / 60_000);
    found.push(
      warning(
        'work',
        `${many(late.length)} timers and messages are overdue, the first by ${minutes} min: nobody does them`,
        'keep `ggen-mcp worker` running',
      ),
    );
  }
  if (dead.length > 0)
    found.push(
      warning('work', `${many(dead.length)} messages were given up`, '`ggen-mcp approvals deliveries --dead` says why'),
    );
  if (off.length > 0)
    found.push(
      warning(
        'work',
        `${off.length} receivers are off, having answered that they want no more`,
        '`ggen-mcp approvals redeliver` turns them on again',
      ),
    );
  return found.length > 0 ? found : [ok('work', `nothing is overdue, ${many(waiting.length)} waiting`)];
}
