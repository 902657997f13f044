import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasControlCharacter } from '../kernel/text.ts';
import type { RecordedEntry } from '../model/audit-entry.ts';
import { renderEntryLine } from './entry-line.ts';

const ENTRY: RecordedEntry = {
  seq: 12,
  id: '01a20761-a9ed-709b-8e45-aa69793067ba',
  timestamp: Date.UTC(2026, 0, 31, 12, 0, 0, 5),
  eventType: 'policy_violation',
  actor: { actorType: 'agent', id: 'writer', name: 'Writer' },
  operation: { name: 'write_file' },
  target: 'lib/b.ts',
  result: 'denied',
  metadata: { event: 'refused', rules: ['policies.agents.writer.can_write governance.toml:18'] },
};

describe('an entry as a line', () => {
  it('says when, what became of it, who, what and why', () => {
    expect(renderEntryLine(ENTRY)).toBe(
      '2026-01-31T12:00:00.005Z  denied   refused             writer  write_file  lib/b.ts  ' +
        '[policies.agents.writer.can_write governance.toml:18]  #12',
    );
  });

  it('does without what is not there', () => {
    const { seq: _, target: __, ...bare } = ENTRY;
    expect(renderEntryLine({ ...bare, metadata: {} })).toBe(
      '2026-01-31T12:00:00.005Z  denied   policy_violation    writer  write_file',
    );
  });

  it('shows three rules at most, and says that there are more', () => {
    const line = renderEntryLine({ ...ENTRY, metadata: { rules: ['r1', 'r2', 3, 'r3', 'r4'] } });
    expect(line).toContain('[r1; r2; r3; …]');
  });

  it('never writes to the terminal what an agent put into it, nor an endless line', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(text, text, text, text, (target, id, name, rule) => {
        const actor = { ...ENTRY.actor, id };
        const line = renderEntryLine({
          ...ENTRY,
          actor,
          target,
          operation: { name },
          metadata: { event: rule, rules: [rule] },
        });
        expect(hasControlCharacter(line)).toBe(false);
        expect(line.length).toBeLessThan(5000);
      }),
    );
  });
});
