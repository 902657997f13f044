import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import { EVENT_TYPES, OPERATION_RESULTS } from '../../model/audit-entry.ts';
import type { LoggedEntry } from '../ports.ts';
import { CSV_START, parseCsvExport, readCsvExport, renderCsvEntries } from './csv-format.ts';
import { JSON_END, JSON_START, parseJsonExport, readJsonExport, renderJsonEntries } from './json-format.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', "'", "''=1", '=1+1', '+1', '-1', '@x', '\tx', '\rx', '\nx', 'a"b', 'a,b', '""'),
);
const name = text.map((value) => `${value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '')}x`);
const json = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
  {
    noNullPrototype: true,
  },
) as fc.Arbitrary<JsonObject>;
const entry: fc.Arbitrary<LoggedEntry> = fc.record(
  {
    seq: fc.integer({ min: 1 }),
    salt: fc.stringMatching(/^[0-9a-f]{32}$/),
    id: fc.uuid({ version: 7 }),
    timestamp: fc.integer({ min: 0, max: 4e12 }),
    eventType: fc.constantFrom(...EVENT_TYPES),
    actor: fc.record(
      { actorType: fc.constantFrom('user' as const, 'agent' as const), id: name, name, ipAddress: text },
      { requiredKeys: ['actorType', 'id', 'name'], noNullPrototype: true },
    ),
    operation: fc.record({ name, parameters: json }, { requiredKeys: ['name'], noNullPrototype: true }),
    target: text,
    result: fc.constantFrom(...OPERATION_RESULTS),
    metadata: json,
    correlationId: fc.uuid(),
  },
  {
    requiredKeys: ['seq', 'salt', 'id', 'timestamp', 'eventType', 'actor', 'operation', 'result', 'metadata'],
    noNullPrototype: true,
  },
);

test('entries come back from JSON, in however many batches they were written', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (a, b) => {
      const out = JSON_START + renderJsonEntries(a, true) + renderJsonEntries(b, a.length === 0) + JSON_END;
      expect(parseJsonExport(out)).toEqual([...a, ...b]);
    }),
  );
});

test('entries come back from CSV, absent and empty apart', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      expect(parseCsvExport(CSV_START + renderCsvEntries(entries))).toEqual(entries);
    }),
  );
});

test('no cell of a CSV export begins a formula', () => {
  fc.assert(
    fc.property(entry, (one) => {
      for (const [, quoted, bare] of renderCsvEntries([one]).matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|\r\n)/g)) {
        expect(quoted ?? bare).not.toMatch(/^[=+\-@\t\r\n]/);
      }
    }),
  );
});

test('a torn or foreign CSV file is refused', () => {
  const [one] = fc.sample(entry, 1);
  const whole = CSV_START + renderCsvEntries([one!]);
  expect(() => parseCsvExport(whole.slice(0, -1))).toThrow('record 1 is torn');
  expect(() => parseCsvExport(`${CSV_START}1,2\r\n`)).toThrow('record 1 has 2 fields, not 15');
  expect(() => parseCsvExport('a,b\r\n')).toThrow('its first line');
});

test('an export is read the same in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (entries, width) => {
      const texts = [
        [readJsonExport(), JSON_START + renderJsonEntries(entries, true) + JSON_END],
        [readCsvExport(), CSV_START + renderCsvEntries(entries)],
      ] as const;
      for (const [reader, text] of texts) {
        const read: LoggedEntry[] = [];
        for (let at = 0; at < text.length; at += width) read.push(...reader.push(text.slice(at, at + width)));
        reader.end();
        expect(read).toEqual(entries);
      }
    }),
  );
});

test('a torn or foreign JSON file is refused', () => {
  const [one] = fc.sample(entry, 1);
  const whole = JSON_START + renderJsonEntries([one!, one!], true) + JSON_END;
  for (const end of [0, 1, 2, 40, whole.length - 3, whole.length - 1]) {
    expect(() => parseJsonExport(whole.slice(0, end))).toThrow('no JSON export');
  }
  for (const text of [`${whole}x`, `${whole}\n`, '{}', '[{}]', `[\n{]\n]\n`]) {
    expect(() => parseJsonExport(text)).toThrow('no JSON export');
  }
  expect(() => parseJsonExport(`[\n{}\n]\n`)).toThrow('no exported entry');
});

test('what has no end is refused before it fills the memory', () => {
  const much = 'x'.repeat(1024 * 1024);
  for (const [reader, start] of [
    [readJsonExport(), '[\n'],
    [readCsvExport(), `${CSV_START}"`],
  ] as const) {
    reader.push(start);
    expect(() => {
      for (let i = 0; i < 6; i += 1) reader.push(much);
    }).toThrow('too long for an entry');
  }
});
