import { setImmediate } from 'node:timers/promises';
import { TILE_WIDTH } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type OwnTexts, packBlocks, unpackBlock } from '../blocks/index.ts';
import type { Row, Session } from './connections.ts';
import { readHead } from './log-tables.ts';
import { isOver, partsOf } from './partitions.ts';

/** The columns of an entry that its block takes, in the order of OWN_TEXTS. */
const OWN = ['actor_type', 'actor_name', 'ip_address', 'parameters', 'target', 'metadata'] as const;
/** Rows lie side by side where they are at most so many numbers apart. */
const DENSE = 16;
/** How many runs of entries that can't be read a message names. */
const MAX_NAMED = 10;

/** How many entries are passed over at once that were compressed when they came. */
const PASSED_OVER = 256 * TILE_WIDTH;

const PLACE = 'SELECT size, erased_to, packed_to FROM audit_head';
const TEXTS = `SELECT seq, ${OWN.join(', ')} FROM audit_entries WHERE seq > $1 AND seq <= $2 ORDER BY seq`;
const NEXT_LOOSE = 'SELECT min(seq) AS seq FROM audit_entries WHERE seq > $1 AND seq <= $2 AND metadata IS NOT NULL';
const GO_ON = 'UPDATE audit_head SET packed_to = $2 WHERE greatest(packed_to, erased_to) = $1';
const LAY = 'INSERT INTO audit_blocks SELECT * FROM unnest($1::bigint[], $2::bytea[])';
const EMPTY = `UPDATE audit_entries SET ${OWN.map((column) => `${column} = NULL`).join(', ')} WHERE seq > $1 AND seq <= $2`;

const BLOCKS_BETWEEN =
  'SELECT first_seq, texts FROM audit_blocks WHERE first_seq <= $2 AND first_seq >= ' +
  'coalesce((SELECT max(first_seq) FROM audit_blocks WHERE first_seq <= $1), 0)';
const BLOCKS_OF =
  'SELECT DISTINCT ON (block.first_seq) block.first_seq, block.texts FROM unnest($1::bigint[]) AS wanted, ' +
  'LATERAL (SELECT first_seq, texts FROM audit_blocks WHERE first_seq <= wanted ORDER BY first_seq DESC LIMIT 1) AS block';

/**
 * Compresses the entries of the oldest full tile that isn't yet; how many, 0 where there is none. Any process may:
 * where another was faster, the next tile is looked at.
 */
export async function packSome(session: Session): Promise<number> {
  for (;;) {
    const packed = await packTile(session);
    if (packed !== undefined) return packed;
  }
}

/** Undefined where it is to be looked again: another was faster, or these are compressed already. What is slow about it happens before the head is locked: the sequencer waits. */
async function packTile(session: Session): Promise<number | undefined> {
  const { size, packedTo } = await placeOf(session);
  const near = Math.min(size, packedTo + PASSED_OVER);
  const [loose] = await session.query(NEXT_LOOSE, [packedTo, near], 'loose');
  const before = loose?.seq == null ? near : Number(loose.seq) - 1;
  const from = before - (before % TILE_WIDTH);
  if (from > packedTo) {
    await session.write(GO_ON, [packedTo, from]);
    return undefined;
  }
  const upTo = packedTo - (packedTo % TILE_WIDTH) + TILE_WIDTH;
  if (upTo > size) return 0;
  const rows = await session.query(TEXTS, [packedTo, upTo], 'pack');
  // Where entries are missing, the log is damaged: what is left stays as it is, for `audit verify` to name.
  if (rows.length !== upTo - packedTo) return 0;
  const blocks = packBlocks(rows.map(ownTexts));
  await session.query('BEGIN');
  try {
    const now = await placeOf(session, ' FOR UPDATE');
    if (now.packedTo !== packedTo) {
      await session.query('ROLLBACK');
      return undefined;
    }
    await session.write('UPDATE audit_head SET packed_to = $1', [upTo]);
    const firsts = blocks.map(({ first }) => packedTo + 1 + first);
    await session.write(LAY, [firsts, blocks.map(({ block }) => Buffer.from(block))]);
    await session.write(EMPTY, [packedTo, upTo], 'empty');
    await session.query('COMMIT');
    return rows.length;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * Lays the texts of entries that fill whole tiles, those after `after`, into blocks: in the transaction that takes them
 * into the log, without these texts. They take no room that has to be given back.
 */
export async function layTiles(session: Session, after: number, rows: readonly Row[]): Promise<void> {
  const firsts: number[] = [];
  const blocks: Buffer[] = [];
  for (let at = 0; at < rows.length; at += TILE_WIDTH) {
    for (const { first, block } of packBlocks(rows.slice(at, at + TILE_WIDTH).map(ownTexts))) {
      firsts.push(after + at + first + 1);
      blocks.push(Buffer.from(block));
    }
    // Whoever appends in this process isn't kept waiting for all of them.
    await setImmediate();
  }
  await session.write(LAY, [firsts, blocks], 'lay');
  await session.write(GO_ON, [after, after + rows.length], 'go on');
}

function ownTexts(row: Row): OwnTexts {
  return OWN.map((column) => row[column] as string | null);
}

/** Who else has a snapshot of this database: rows that it may see are kept. */
const OTHER_LOOKS =
  'SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ' +
  'AND backend_xmin IS NOT NULL';

/** What a part is noted with once nothing in it takes more room than it needs. */
const TIGHT = 'compressed';

/**
 * Gives back the room that compressed entries left, of months that are past: of the month that is under way it is used
 * by the entries to come. Whoever reads that month waits meanwhile; where somebody is in the way, the next call does it.
 */
export async function tightenMonths(session: Session, now: number): Promise<void> {
  const { packedTo } = await placeOf(session);
  for (const { name, note } of await partsOf(session)) {
    if (note === TIGHT || !isOver(name, now)) continue;
    const [last] = await session.query(`SELECT max(seq) AS seq FROM ${name}`);
    if (last?.seq == null || Number(last.seq) > packedTo) continue;
    const [looks] = await session.query(OTHER_LOOKS);
    const [before] = await session.query("SELECT current_setting('lock_timeout') AS timeout");
    try {
      await session.query("SET lock_timeout TO '200ms'");
      await session.query(`VACUUM FULL ${name}`);
      // What somebody may still be looking at was copied along: then it is done again by the next call.
      const [others] = await session.query(OTHER_LOOKS);
      if (Number(others?.n) > 0 || Number(looks?.n) > 0) continue;
      await session.query(`COMMENT ON TABLE ${name} IS '${TIGHT}'`);
    } finally {
      await session.query("SELECT set_config('lock_timeout', $1, false)", [before?.timeout]).catch(() => undefined);
    }
  }
}

async function placeOf(session: Session, how: '' | ' FOR UPDATE' = ''): Promise<{ size: number; packedTo: number }> {
  const [row] = await session.query(`${PLACE}${how}`);
  return { size: Number(row?.size), packedTo: Math.max(Number(row?.packed_to), Number(row?.erased_to)) };
}

/** Gives compressed rows of the log their texts back; those that were erased meanwhile are left out. */
export async function unpackRows(session: Session, rows: readonly Row[]): Promise<readonly Row[]> {
  const packed = rows.filter(isPacked).map((row) => Number(row.seq));
  if (packed.length === 0) return rows;
  const blocks = await blocksOf(session, packed);
  const full: Row[] = [];
  const without: number[] = [];
  for (const row of rows) {
    const seq = Number(row.seq);
    const texts = isPacked(row) ? textsOf(blocks, seq) : undefined;
    if (!isPacked(row)) full.push(row);
    else if (texts) full.push({ ...row, ...Object.fromEntries(OWN.map((column, i) => [column, texts[i] ?? null])) });
    else without.push(seq);
  }
  if (without.length > 0) await assertErased(session, without);
  return full;
}

const isPacked = (row: Row): boolean => row.metadata === null;

interface Block {
  readonly first: number;
  readonly entries: readonly OwnTexts[];
}

/** The blocks that these entries stand in, by their first numbers. */
async function blocksOf(session: Session, seqs: readonly number[]): Promise<readonly Block[]> {
  const [lowest, highest] = [Math.min(...seqs), Math.max(...seqs)];
  const rows =
    highest - lowest <= DENSE * seqs.length
      ? await session.query(BLOCKS_BETWEEN, [lowest, highest], 'blocks between')
      : await session.query(BLOCKS_OF, [seqs], 'blocks of');
  return rows
    .map((row) => ({ first: Number(row.first_seq), entries: entriesOf(row.texts as Buffer) }))
    .sort((a, b) => a.first - b.first);
}

/** None of a block that is damaged. */
function entriesOf(block: Buffer): readonly OwnTexts[] {
  try {
    return unpackBlock(block);
  } catch {
    return [];
  }
}

function textsOf(blocks: readonly Block[], seq: number): OwnTexts | undefined {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.first <= seq) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low - 1];
  return block?.entries[seq - block.first];
}

async function assertErased(session: Session, seqs: readonly number[]): Promise<void> {
  const { erasedTo } = await readHead(session);
  const lost = seqs.filter((seq) => seq > erasedTo);
  if (lost.length === 0) return;
  throw new GgenError(
    'STORE_UNAVAILABLE',
    `the governance database is damaged: the texts of ${namesOf(lost)} can't be read`,
    { hint: 'restore a backup' },
  );
}

/** `entry 5`, or `entries 33–64, 97`, in either order. */
function namesOf(seqs: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const seq of seqs.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && seq === run.last + 1) run.last = seq;
    else runs.push({ first: seq, last: seq });
  }
  const names = runs.slice(0, MAX_NAMED).map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  if (runs.length > MAX_NAMED) names.push('…');
  return `${seqs.length === 1 ? 'entry' : 'entries'} ${names.join(', ')}`;
}
