// A clock that goes back, stands still and jumps: the order of the log is its own, and time is only what entries say.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditFilter, StatGroup } from '../../src/audit/index.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { sampleEntry, seededRandom } from '../contract/store-samples.ts';
import { readOrder, SEED, SOAK, verifyAt } from './log-check.ts';
import { openLog } from './log-place.ts';

const HOUR_MS = 3_600_000;
const ENTRIES = SOAK ? 20_000 : 4500;
const QUESTIONS = SOAK ? 2000 : 150;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('order, questions about time, counts and proofs hold, packed or not', async () => {
  const random = seededRandom(SEED);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let now = Date.UTC(2026, 0, 10);
  const clock = (): number => {
    const kind = random();
    if (kind < 0.02) now -= Math.floor(random() * 30 * HOUR_MS);
    else if (kind < 0.05) now += Math.floor(random() * 20 * HOUR_MS);
    else if (kind < 0.2) now -= Math.floor(random() * 60_000);
    else if (kind < 0.9) now += Math.floor(random() * 60_000);
    return now;
  };
  const store = await openLog(folder, { durability: 'os', compress: true, clock });
  try {
    const written: AuditEntry[] = [];
    while (written.length < ENTRIES) {
      const some = Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
        sampleEntry({
          timestamp: clock(),
          eventType: pick(['agent_action', 'agent_action', 'system_event', 'policy_violation']),
          actor: { actorType: 'agent', id: pick(['a', 'b', 'c']), name: 'n' },
          result: pick(['success', 'failure', 'denied']),
        }),
      );
      const seqs = await Promise.all(some.map((entry) => store.append(entry)));
      expect(seqs).toEqual(some.map((_, i) => written.length + i + 1));
      written.push(...some);
    }
    for (let moved = 1; moved > 0; ) moved = await store.compact();
    expect([...(await readOrder(store)).keys()]).toEqual(written.map(({ id }) => id));

    const times = written.map(({ timestamp }) => timestamp);
    const [least, most] = [Math.min(...times), Math.max(...times)];
    /** Often just at, before or after an entry or an hour. */
    const moment = (): number => {
      const some = random() < 0.5 ? pick(times) : least - HOUR_MS + Math.floor(random() * (most - least + 2 * HOUR_MS));
      return (random() < 0.4 ? some - (some % HOUR_MS) : some) + pick([-1, 0, 0, 1]);
    };
    for (let i = 0; i < QUESTIONS; i += 1) {
      const filter: AuditFilter = {
        limit: pick([5, 500, 100_000]),
        ...(random() < 0.8 ? { from: moment() } : {}),
        ...(random() < 0.8 ? { to: moment() } : {}),
        ...(random() < 0.3 ? { actor: pick(['a', 'b', 'nobody']) } : {}),
        ...(random() < 0.3 ? { eventType: pick(['agent_action', 'system_event'] as const) } : {}),
        ...(random() < 0.3 ? { result: pick(['success', 'failure'] as const) } : {}),
      };
      const asked = written.filter(
        (entry) =>
          entry.timestamp >= (filter.from ?? 0) &&
          entry.timestamp < (filter.to ?? Number.POSITIVE_INFINITY) &&
          entry.actor.id === (filter.actor ?? entry.actor.id) &&
          entry.eventType === (filter.eventType ?? entry.eventType) &&
          entry.result === (filter.result ?? entry.result),
      );
      const found = (await store.query(filter)).map(({ id }) => id);
      const wanted = asked.reverse().slice(0, filter.limit);
      expect({ filter, found }).toEqual({ filter, found: wanted.map(({ id }) => id) });
    }

    const keyOf: Record<StatGroup, (entry: AuditEntry) => string> = {
      event_type: ({ eventType }) => eventType,
      actor: ({ actor }) => actor.id,
      operation: ({ operation }) => operation.name,
      result: ({ result }) => result,
      hour: ({ timestamp }) => new Date(timestamp).toISOString().slice(0, 13),
      day: ({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10),
    };
    for (const groupBy of Object.keys(keyOf) as StatGroup[]) {
      const [one, other] = [moment(), moment()];
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const [start, end] = [Math.floor(from / HOUR_MS) * HOUR_MS, Math.ceil(to / HOUR_MS) * HOUR_MS];
      const counts = new Map<string, number>();
      for (const entry of written) {
        if (entry.timestamp < start || entry.timestamp >= end) continue;
        const key = keyOf[groupBy](entry);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const rows = await store.stats({ groupBy, from, to });
      expect({ groupBy, rows: rows.map(({ key, recorded }) => [key, recorded]).sort() }).toEqual({
        groupBy,
        rows: [...counts].sort(),
      });
    }
    expect(await verifyAt(folder, store)).toMatchObject({ ok: true, size: written.length, problems: [] });
    const back = times.filter((time, i) => i > 0 && time < times[i - 1]!).length;
    console.log(`clock, seed ${SEED}: ${written.length} entries, ${back} steps back, ${QUESTIONS} questions`);
  } finally {
    await store.close();
  }
}, 600_000);
