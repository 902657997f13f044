import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import {
  type AuditEntry,
  EVENT_TYPES,
  type EventType,
  OPERATION_RESULTS,
  type OperationResult,
} from '../../model/audit-entry.ts';
import { buildAuditReport } from './build.ts';
import { type ListedLog, listedSource } from './listed-source.fixture.ts';
import { OCTOBER, october } from './october.fixture.ts';
import type { Period } from './period.ts';
import type { AuditReport, Breakdown } from './types.ts';

const HOUR = 3_600_000;
const MADE = { at: OCTOBER.to + HOUR, by: 'ada', program: 'test' };
const build = (
  log: ListedLog,
  more: { period?: Period; listed?: number; examined?: number; rows?: number } = {},
): Promise<AuditReport> => buildAuditReport(listedSource(log), { period: OCTOBER, made: MADE, ...more });

let made = 0;
function entry(more: {
  at?: number;
  type?: EventType;
  actor?: string;
  operation?: string;
  result?: OperationResult;
  metadata?: JsonObject;
}): AuditEntry {
  made += 1;
  const actor = more.actor ?? 'writer';
  return {
    id: `01920000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`,
    timestamp: more.at ?? OCTOBER.from,
    eventType: more.type ?? 'agent_action',
    actor: { actorType: 'agent', id: actor, name: actor },
    operation: { name: more.operation ?? 'write_file' },
    target: 'src/a.ts',
    result: more.result ?? 'success',
    metadata: more.metadata ?? {},
  };
}

const anyEntry: fc.Arbitrary<AuditEntry> = fc
  .record({
    at: fc.integer({ min: OCTOBER.from - 40 * HOUR, max: OCTOBER.to + 40 * HOUR }),
    type: fc.constantFrom(...EVENT_TYPES),
    actor: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    operation: fc.constantFrom('read_file', 'write_file', 'constructor'),
    result: fc.constantFrom(...OPERATION_RESULTS),
    metadata: fc.constantFrom<JsonObject>(
      { event: 'approval_requested' },
      { event: 'approval_approved', comment: 'fine' },
      { event: 'approval_rejected' },
      { event: 'policy_changed', message: 'new' },
      { event: 'refused', rules: ['p.a[0] config/governance.toml:7', 'p.a[1]'] },
      { event: 'refused', rules: ['p.a[0] config/governance.toml:99', 7] },
      { event: 5, rules: 'none' },
      {},
    ),
  })
  .map(entry);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const all = ({ rows, others }: Breakdown): number => sum(rows.map((row) => row.recorded)) + (others?.recorded ?? 0);

describe('the report model', () => {
  it('counts what a naive count counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEntry, { maxLength: 120 }),
        fc.array(anyEntry, { maxLength: 20 }),
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 744 }),
        async (entries, leftOut, start, hours) => {
          const period = { from: OCTOBER.from + start * HOUR, to: OCTOBER.from + (start + hours) * HOUR };
          const inside = ({ timestamp }: AuditEntry): boolean => timestamp >= period.from && timestamp < period.to;
          const [here, left] = [entries.filter(inside), leftOut.filter(inside)];
          const report = await build({ entries, leftOut }, { period, rows: 3 });
          expect(report.totals.recorded).toBe(here.length);
          expect(report.totals.leftOut).toBe(left.length);
          for (const result of OPERATION_RESULTS) {
            expect(report.totals.results[result] ?? 0).toBe(here.filter((one) => one.result === result).length);
          }
          for (const breakdown of [report.byEventType, report.byOperation, report.byActor, report.byResult]) {
            expect(all(breakdown)).toBe(here.length);
          }
          expect(sum(report.timeline.rows.map((row) => row.recorded))).toBe(here.length);
          expect(sum(report.timeline.rows.map((row) => row.leftOut))).toBe(left.length);
          for (const row of report.timeline.rows) {
            const digits = row.key.length;
            const within = here.filter((one) => new Date(one.timestamp).toISOString().slice(0, digits) === row.key);
            expect(row.recorded).toBe(within.length);
          }
          const violations = here.filter((one) => one.eventType === 'policy_violation');
          expect(report.violations.total).toBe(violations.length);
          const naming = (rule: string): number =>
            violations.filter(({ metadata: { rules } }) => Array.isArray(rules) && String(rules).includes(rule)).length;
          const byRule = Object.fromEntries(report.violations.byRule.map(({ key, count }) => [key, count]));
          expect(byRule['p.a[0]'] ?? 0).toBe(naming('p.a[0]'));
          expect(byRule['p.a[1]'] ?? 0).toBe(naming('p.a[1]'));
          expect(byRule['(no rule named)'] ?? 0).toBe(violations.length - naming('p.a'));
          expect(sum(report.violations.byActor.map(({ count }) => count))).toBe(violations.length);
          const deciding = here.filter((one) => one.eventType.startsWith('approval_'));
          const count = (event: string): number => deciding.filter((one) => one.metadata.event === event).length;
          expect(report.approvals.requested).toBe(count('approval_requested'));
          expect(report.approvals.approved).toBe(count('approval_approved'));
          expect(sum(report.approvals.deciders.map((one) => one.rejected))).toBe(count('approval_rejected'));
          const changes = here.filter((one) => one.eventType === 'system_event');
          expect(sum(report.policyChanges.byEvent.map((one) => one.count))).toBe(
            changes.filter((one) => one.metadata.event === 'policy_changed').length,
          );
          const seqs = here.map((one) => entries.indexOf(one) + 1);
          expect(report.log.firstSeq).toBe(seqs.length > 0 ? Math.min(...seqs) : undefined);
          expect(report.log.lastSeq).toBe(seqs.length > 0 ? Math.max(...seqs) : undefined);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names the 15 largest groups and sums the others, unless that would be one', async () => {
    const actors = (count: number): AuditEntry[] =>
      Array.from({ length: count }, (_, i) => entry({ actor: `agent-${String(i).padStart(3, '0')}` }));
    const hundred = await build({ entries: [...actors(100), entry({ actor: 'agent-042' })] });
    expect(hundred.byActor.rows).toHaveLength(15);
    expect(hundred.byActor.rows[0]).toMatchObject({ key: 'agent-042', recorded: 2 });
    expect(hundred.byActor.others).toMatchObject({ recorded: 85, groups: 85, results: { success: 85 } });
    const sixteen = await build({ entries: actors(16) });
    expect(sixteen.byActor.rows).toHaveLength(16);
    expect(sixteen.byActor.others).toBeUndefined();
  });

  it('draws hours up to three days, and also those without entries', async () => {
    const period = { from: OCTOBER.from, to: OCTOBER.from + 72 * HOUR };
    const { timeline } = await build({ entries: [entry({ at: OCTOBER.from + 5 * HOUR + 7 })] }, { period });
    expect(timeline.unit).toBe('hour');
    expect(timeline.rows).toHaveLength(72);
    expect(timeline.rows.filter((row) => row.recorded > 0)).toEqual([
      { key: '2024-10-01T05', recorded: 1, leftOut: 0, results: { success: 1 } },
    ]);
  });

  it('sums days to weeks and months where the period is long', async () => {
    const entries = [entry({ at: Date.UTC(2024, 9, 8) }), entry({ at: Date.UTC(2024, 9, 13, 23) })];
    const half = await build({ entries }, { period: { from: Date.UTC(2024, 6, 1), to: Date.UTC(2025, 0, 1) } });
    expect(half.timeline.rows.find((row) => row.recorded > 0)).toMatchObject({ key: '2024-10-07', recorded: 2 });
    const years = await build({ entries }, { period: { from: Date.UTC(2020, 0, 1), to: Date.UTC(2025, 0, 1) } });
    expect(years.timeline.rows).toHaveLength(60);
    expect(years.timeline.rows.find((row) => row.recorded > 0)).toMatchObject({ key: '2024-10', recorded: 2 });
  });

  it('lists the newest entries with who, what, where and why', async () => {
    const refused = Array.from({ length: 60 }, (_, i) =>
      entry({
        at: OCTOBER.from + i * 1000,
        type: 'policy_violation',
        result: 'denied',
        metadata: { rules: ['p.x config/governance.toml:3', 'p.y'] },
      }),
    );
    const { violations } = await build({ entries: refused });
    expect(violations).toMatchObject({ total: 60, examined: 60, byActor: [{ key: 'writer', count: 60 }] });
    expect(violations.newest.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => 60 - i));
    expect(violations.newest[0]).toMatchObject({
      actor: 'writer',
      operation: 'write_file',
      target: 'src/a.ts',
      reason: 'p.x config/governance.toml:3; p.y',
    });
  });

  it('looks into no more entries than it may, and says how many those were', async () => {
    const entries = Array.from({ length: 3000 }, (_, i) =>
      entry({ type: 'policy_violation', result: 'denied', metadata: { rules: [i < 1500 ? 'old' : 'new'] } }),
    );
    const source = listedSource({ entries });
    const report = await buildAuditReport(source, { period: OCTOBER, made: MADE, examined: 1200, listed: 5 });
    expect(report.violations).toMatchObject({ total: 3000, examined: 1200, byRule: [{ key: 'new', count: 1200 }] });
    expect(report.violations.newest).toHaveLength(5);
    expect(source.given()).toBeLessThan(1300);
  });

  it('lists decisions on approvals across both event types, without mere requests', async () => {
    const { approvals } = await build(october());
    expect(approvals).toMatchObject({ requested: 16, approved: 12, rejected: 3, expired: 1, consumed: 0 });
    expect(approvals.newest).toHaveLength(15);
    expect(approvals.newest[0]!.event).toBe('approval_approved');
    expect(approvals.deciders.map(({ key }) => key).sort()).toEqual(['ada@example.com', 'grace@example.com']);
  });

  it('says what filters left out, what retention erased, and whether the period was over', async () => {
    const log = october();
    const whole = await build(log);
    expect(whole.gaps).toEqual({
      leftOut: [{ key: 'template_generation', count: log.leftOut!.length }],
      erasedTo: 0,
      oldestKept: undefined,
      erasedInPeriod: false,
      periodOpen: false,
    });
    const erased = await build({ ...log, erasedTo: 100 });
    expect(erased.totals).toEqual(whole.totals);
    expect(erased.gaps).toMatchObject({
      erasedTo: 100,
      oldestKept: log.entries[100]!.timestamp,
      erasedInPeriod: true,
    });
    expect(erased.log.firstSeq).toBe(101);
    const later = { from: OCTOBER.from + 20 * 24 * HOUR, to: OCTOBER.to + 24 * HOUR };
    const { gaps } = await build({ ...log, erasedTo: 100 }, { period: later });
    expect(gaps).toMatchObject({ erasedInPeriod: false, periodOpen: true });
    const gone = await build({ ...log, erasedTo: log.entries.length });
    expect(gone.gaps).toMatchObject({ oldestKept: undefined, erasedInPeriod: true });
  });

  it('is plain data', async () => {
    const report = await build(october(200));
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ title: 'Audit report', period: OCTOBER, made: MADE });
  });
});
