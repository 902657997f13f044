import {
  canonicalEntry,
  type EntryTexts,
  entryLeaf,
  isSignedTree,
  type LogKeys,
  type NoteSigner,
  rootOf,
  SALT_BYTES,
  signatureLines,
  signCheckpoint,
  TILE_WIDTH,
} from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/ports.ts';
import type { Row, Session } from './connections.ts';
import { textsFromRow } from './entry-row.ts';
import type { PreparedEntry } from './entry-values.ts';
import { type HeadRow, readEdge, readHead, writeHead, writeTiles } from './log-tables.ts';
import { appendEntries, newBatch } from './outbox.ts';
import { layTiles } from './packed-entries.ts';
import type { Partitions } from './partitions.ts';
import { createRollUp } from './rollups.ts';
import { growTree, type TreeEdge } from './tree-edge.ts';

/** How many entries one transaction takes into the log, and about how many bytes of them. */
export const DRAIN_LIMIT = 2048;
const DRAIN_BYTES = 16 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/**
 * The oldest numbers that are there. INVARIANT: never "greater than the last one taken": numbers are given before
 * commits happen, and one that is lower may be seen later.
 */
const PICK = `
  SELECT * FROM (
    SELECT oldest.*, sum(octet_length(metadata) + coalesce(octet_length(parameters), 0) +
      coalesce(octet_length(target), 0)) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (SELECT * FROM audit_outbox ORDER BY n LIMIT ${DRAIN_LIMIT}) oldest
  ) picked WHERE coalesce(before, 0) < ${DRAIN_BYTES} ORDER BY n`;

const unlessPacked = (column: string): string =>
  `CASE WHEN $2::bigint + place > $4::bigint AND $2::bigint + place <= $5::bigint THEN NULL ELSE ${column} END`;

/**
 * Takes exactly the rows that were hashed, which nobody ever changes, out of the outbox and into the log; without the
 * texts that stand in blocks, those of the entries after $4 and up to $5.
 */
const MOVE = `
  WITH taken AS (
    DELETE FROM audit_outbox USING unnest($1::bigint[]) WITH ORDINALITY AS picked (number, place)
    WHERE n = picked.number RETURNING audit_outbox.*, picked.place
  )
  INSERT INTO audit_entries (seq, timestamp, id, correlation_id, salt, event_type, actor_type, actor_id, actor_name,
    ip_address, operation, parameters, target, result, metadata)
  SELECT $2::bigint + place, timestamp, id, correlation_id,
    substring($3::bytea FROM ((place - 1) * ${SALT_BYTES} + 1)::int FOR ${SALT_BYTES}), event_type,
    ${unlessPacked('actor_type')}, actor_id, ${unlessPacked('actor_name')}, ${unlessPacked('ip_address')}, operation,
    ${unlessPacked('parameters')}, ${unlessPacked('target')}, result, ${unlessPacked('metadata')}
  FROM taken ORDER BY place`;

const TAKE_LEFT_OUT = `
  DELETE FROM audit_left_out WHERE n IN (SELECT n FROM audit_left_out ORDER BY n LIMIT ${DRAIN_LIMIT})
  RETURNING hour, event_type, operation, actor_id, result, left_out`;

const NOTHING_WAITS =
  'SELECT NOT EXISTS (SELECT FROM audit_outbox) AND NOT EXISTS (SELECT FROM audit_left_out) AS nothing';

export interface Drained {
  /** how many entries were taken into the log */
  readonly count: number;
  /** the new checkpoint, where there are any */
  readonly checkpoint?: string;
  /** true where it should be tried again at once */
  readonly again?: boolean;
}

export interface Drain {
  /**
   * Takes the oldest of what waits into the log, in one transaction; throws where that did not happen. With a change
   * of key, that key signs it, and the one before too where it is there.
   */
  once(session: Session, change?: KeyChange): Promise<Drained>;
}

export interface KeyChange {
  readonly next: NoteSigner;
  /** what is recorded of it, in the same transaction */
  readonly told: PreparedEntry;
}

export interface DrainParts {
  readonly keys: LogKeys;
  readonly random: RandomBytes;
  readonly partitions: Partitions;
  /** whether whole tiles are compressed at once */
  readonly compress?: boolean;
}

/**
 * INVARIANT: entries leave the outbox, get their numbers, and become leaves under a signed head in one transaction,
 * and only where the head is still the one they were added to: whoever else sequences meanwhile, one of both fails.
 */
export function createDrain({ keys, random, partitions, compress = false }: DrainParts): Drain {
  let edge: TreeEdge | undefined;
  let lastHour: number | undefined;
  let signer: NoteSigner | undefined;

  /** THREAT: after a rotation in another process, the old key must not go on signing. */
  const currentSigner = ({ origin, vkey }: HeadRow): NoteSigner => {
    if (signer?.verifier.vkey === vkey) return signer;
    signer = keys.find(origin, vkey);
    if (signer?.verifier.vkey === vkey) return signer;
    throw new GgenError('STORE_UNAVAILABLE', `the key that signs the audit log ${origin} is not there`, {
      hint: 'restore it to the keys folder of this user',
    });
  };

  /** What was taken; or the instants for which a partition is to be made first, and then nothing has been written. */
  const take = async (session: Session, change?: KeyChange): Promise<Drained | readonly number[]> => {
    const head = await readHead(session, 'lock');
    if (change && (await appendEntries(session, [change.told], newBatch())) !== 1) {
      throw new GgenError('CONFLICT', 'an entry with this id is recorded already');
    }
    if (edge?.frontier.size !== head.size) {
      edge = await readEdge(session, head);
      if (change === undefined) assertSignedTree(head, edge, currentSigner(head));
      lastHour = await readLastHour(session);
    }
    const oldest = await session.query(PICK, [], 'pick');
    const tiles = wholeTiles(head.size, compress && !change ? oldest.length : 0);
    const rows = change
      ? await withTold(session, oldest, change.told)
      : oldest.slice(0, tiles ? tiles.upTo - head.size : undefined);
    const homeless = rows.map((row) => Number(row.timestamp)).filter(partitions.lacks);
    if (homeless.length > 0) return homeless;
    const rollUp = createRollUp();
    for (const row of await session.query(TAKE_LEFT_OUT, [], 'left out')) {
      rollUp.add(countedFromRow(row, Number(row.hour)), 0, Number(row.left_out));
    }
    if (rows.length === 0) {
      await rollUp.write(session);
      return { count: 0 };
    }
    const key = change?.next ?? currentSigner(head);
    const texts = rows.map(textsFromRow);
    const salts = Buffer.concat(rows.map(() => random(SALT_BYTES)));
    const leaves = texts.map((one, i) =>
      entryLeaf(canonicalEntry(one), salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES)),
    );
    const grown = growTree(edge, leaves);
    const { size } = grown.edge.frontier;
    const state = { origin: head.origin, size, root: rootOf(grown.edge.frontier) };
    let checkpoint = signCheckpoint(state, key);
    if (change) {
      // The handing over stays on record: whoever trusts the old key learns of the new one.
      const before = keys.find(head.origin, head.vkey);
      if (before?.verifier.vkey === head.vkey) checkpoint += signatureLines(signCheckpoint(state, before));
      await session.write('UPDATE audit_head SET vkey = $1', [key.verifier.vkey]);
      await session.write('INSERT INTO audit_checkpoints VALUES ($1, $2)', [size, checkpoint]);
    }
    const { after, upTo } = tiles ?? NO_TILES;
    const moved = await session.write(MOVE, [rows.map((row) => row.n), head.size, salts, after, upTo], 'move');
    if (moved !== rows.length) throw new Error('entries left the outbox another way');
    if (tiles) await layTiles(session, after, rows.slice(after - head.size));
    for (const one of texts) rollUp.add({ ...one, hour: Math.floor(one.timestamp / HOUR_MS) }, 1, 0);
    await rollUp.write(session);
    const hours = newHours(texts, head.size, lastHour);
    await writeHours(session, hours);
    await writeTiles(session, grown.tiles);
    const on = await writeHead(session, head.size, { size, frontier: grown.edge.frontier.roots, checkpoint });
    if (!on) throw new Error('the head moved meanwhile');
    edge = grown.edge;
    lastHour = hours.at(-1)?.hour ?? lastHour;
    return { count: rows.length, checkpoint };
  };

  return {
    once: async (session, change) => {
      const [waits] = await session.query(NOTHING_WAITS, [], 'waits');
      if (waits?.nothing === true && !change) return { count: 0 };
      await partitions.ensure(session, []);
      try {
        await session.query('BEGIN');
        const taken = await take(session, change);
        if (!Array.isArray(taken)) {
          await session.query('COMMIT');
          return taken as Drained;
        }
        await session.query('ROLLBACK');
        await partitions.ensure(session, taken as readonly number[]);
        return { count: 0, again: true };
      } catch (error) {
        edge = undefined;
        await session.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
  };
}

const NO_TILES = { after: 0, upTo: 0 } as const;

/**
 * The whole tiles among so many entries that come after `size`; what comes after them waits for its own to be whole
 * where it is taken in the next transaction, so that most are whole where much is written.
 */
function wholeTiles(size: number, count: number): { readonly after: number; readonly upTo: number } | undefined {
  const after = Math.ceil(size / TILE_WIDTH) * TILE_WIDTH;
  const upTo = Math.floor((size + count) / TILE_WIDTH) * TILE_WIDTH;
  return upTo > after ? { after, upTo } : undefined;
}

/** THREAT: what somebody changed with its leaves must not be signed with the next entry: it is held against its signature. */
function assertSignedTree({ checkpoint }: HeadRow, { frontier }: TreeEdge, { verifier }: NoteSigner): void {
  if (isSignedTree(checkpoint, frontier, verifier)) return;
  throw new GgenError(
    'STORE_UNAVAILABLE',
    'the governance database is damaged: its tree is not the one that was signed',
    {
      hint: '`ggen-mcp audit verify` says what was changed; nothing is recorded on top of it',
    },
  );
}

/** The entry that tells of a change is under the checkpoint that both keys sign, however much waits before it. */
async function withTold(session: Session, rows: readonly Row[], told: PreparedEntry): Promise<readonly Row[]> {
  if (rows.some((row) => told.id.equals(row.id as Buffer))) return rows;
  return [...rows, ...(await session.query('SELECT * FROM audit_outbox WHERE id = $1', [told.id]))];
}

/** Where runs of entries of another hour begin. */
function newHours(
  texts: readonly EntryTexts[],
  size: number,
  lastHour: number | undefined,
): { readonly firstSeq: number; readonly hour: number }[] {
  const found: { firstSeq: number; hour: number }[] = [];
  let last = lastHour;
  texts.forEach(({ timestamp }, i) => {
    const hour = Math.floor(timestamp / HOUR_MS);
    if (hour === last) return;
    found.push({ firstSeq: size + i + 1, hour });
    last = hour;
  });
  return found;
}

async function writeHours(session: Session, hours: readonly { firstSeq: number; hour: number }[]): Promise<void> {
  if (hours.length === 0) return;
  await session.write('INSERT INTO audit_hours SELECT * FROM unnest($1::bigint[], $2::bigint[])', [
    hours.map((one) => one.firstSeq),
    hours.map((one) => one.hour),
  ]);
}

async function readLastHour(session: Session): Promise<number | undefined> {
  const [row] = await session.query('SELECT hour FROM audit_hours ORDER BY first_seq DESC LIMIT 1');
  return row === undefined ? undefined : Number(row.hour);
}

function countedFromRow(row: Readonly<Record<string, unknown>>, hour: number) {
  return {
    hour,
    eventType: row.event_type as string,
    operation: row.operation as string,
    actorId: row.actor_id as string,
    result: row.result as string,
  };
}
