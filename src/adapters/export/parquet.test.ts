import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoggedEntry } from '../../audit/index.ts';
import { EVENT_TYPES, OPERATION_RESULTS } from '../../model/audit-entry.ts';
import { openEncoder } from './entry-encoder.ts';
import { readParquet } from './read-parquet.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\n', '"', '\u{10ffff}', '{}'));
const name = text.map((value) => `${value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '')}x`);
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
  noNullPrototype: true,
});
const entry: fc.Arbitrary<Omit<LoggedEntry, 'seq'>> = fc.record(
  {
    salt: fc.stringMatching(/^[0-9a-f]{32}$/),
    id: fc.uuid({ version: 7 }),
    timestamp: fc.integer({ min: 0, max: 4e12 }),
    eventType: fc.constantFrom(...EVENT_TYPES),
    actor: fc.record(
      { actorType: fc.constantFrom('user' as const, 'system' as const), id: name, name, ipAddress: text },
      { requiredKeys: ['actorType', 'id', 'name'], noNullPrototype: true },
    ),
    operation: fc.record({ name, parameters: object }, { requiredKeys: ['name'], noNullPrototype: true }),
    target: text,
    result: fc.constantFrom(...OPERATION_RESULTS),
    metadata: object,
    correlationId: fc.uuid(),
  },
  {
    requiredKeys: ['salt', 'id', 'timestamp', 'eventType', 'actor', 'operation', 'result', 'metadata'],
    noNullPrototype: true,
  },
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function written(pages: readonly (readonly LoggedEntry[])[]): Promise<Buffer> {
  const encoder = await openEncoder('parquet', 0);
  const parts = [encoder.start, ...pages.map((page) => encoder.add(page)), encoder.end()];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

async function read(bytes: Uint8Array): Promise<LoggedEntry[]> {
  const path = join(folder, 'file.parquet');
  writeFileSync(path, bytes);
  const file = await open(path);
  try {
    const entries: LoggedEntry[] = [];
    for await (const entry of readParquet(file)) entries.push(entry);
    return entries;
  } finally {
    await file.close();
  }
}

test('entries come back from Parquet, absent and empty apart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (drawn) => {
      const entries = drawn.map((one, i) => ({ ...one, seq: i + 1 }));
      expect(await read(await written([entries.slice(0, 7), [], entries.slice(7)]))).toEqual(entries);
    }),
  );
});

test('many entries stand in several row groups, with times that readers know as such', async () => {
  const one = fc.sample(entry, 1)[0]!;
  const entries = Array.from({ length: 40_000 }, (_, i) => ({ ...one, seq: i + 1, timestamp: 1e12 + i }));
  const bytes = await written([entries.slice(0, 30_000), entries.slice(30_000)]);
  const back = await read(bytes);
  expect(back.length).toBe(entries.length);
  expect([back[0], back[32_768], back[39_999]]).toEqual([entries[0], entries[32_768], entries[39_999]]);
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(join(folder, 'file.parquet')));
  expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([32_768, 7232]);
  expect(metadata.row_groups[0]!.columns.map((column) => column.meta_data!.codec)).toEqual(Array(15).fill('BROTLI'));
  expect(metadata.schema.find((column) => column.name === 'timestamp')).toMatchObject({
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  });
});

test('a file that is cut off or no export is refused', async () => {
  const [one] = fc.sample(entry, 1);
  const whole = await written([[{ ...one!, seq: 1 }]]);
  for (const end of [0, 3, 4, 8, 40, whole.length - 8, whole.length - 1]) {
    await expect(read(whole.subarray(0, end))).rejects.toThrow('no Parquet export');
  }
  await expect(read(Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'seq', data: [1n] }] })))).rejects.toThrow(
    'no exported entry',
  );
});
