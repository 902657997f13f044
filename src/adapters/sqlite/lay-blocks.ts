import { inflateRawSync } from 'node:zlib';
import { TILE_WIDTH } from '../../audit/index.ts';
import { type OwnTexts, packBlocks } from '../blocks/index.ts';
import type { Database } from './database.ts';
import { layBlock } from './packed-table.ts';

/** How many entries shared a dictionary. */
const SEGMENT = 4096;
const MAX_INFLATED = 16 * 1024 * 1024;
const UNREADABLE: OwnTexts = ['system', 'unreadable', null, null, null, '{}'];

/**
 * Takes the compressed entries of version 2, one blob each against a dictionary of their segment, over into blocks.
 * Only inside the migration's transaction.
 */
export function layBlocks(db: Database): void {
  let dictionary: Uint8Array = new Uint8Array();
  let segment = -1;
  for (let tile = firstTile(db); tile !== undefined; tile = firstTile(db, (tile + 1) * TILE_WIDTH)) {
    const from = tile * TILE_WIDTH;
    const rows = db.all(
      'SELECT seq, packed FROM audit_packed_2 WHERE seq > ? AND seq <= ? ORDER BY seq',
      from,
      from + TILE_WIDTH,
    );
    const firstSeq = Number(rows[0]!.seq);
    if (segment !== Math.floor(from / SEGMENT)) {
      segment = Math.floor(from / SEGMENT);
      const found = db.get('SELECT dictionary FROM audit_segments WHERE first_seq = ?', segment * SEGMENT + 1);
      dictionary = (found?.dictionary as Uint8Array | undefined) ?? new Uint8Array();
    }
    // What can't be read, or is missing, becomes what no entry is: the log opens, and `audit verify` names it.
    const texts: OwnTexts[] = Array.from({ length: Number(rows.at(-1)!.seq) - firstSeq + 1 }, () => UNREADABLE);
    for (const row of rows) texts[Number(row.seq) - firstSeq] = textsOf(row.packed as Uint8Array, dictionary);
    for (const { first, block } of packBlocks(texts)) layBlock(db, firstSeq + first, block);
    db.run(
      'INSERT INTO audit_packed SELECT seq, id, timestamp, event_type, actor_id, operation, result, correlation_id, ' +
        'salt FROM audit_packed_2 WHERE seq > ? AND seq <= ?',
      from,
      from + TILE_WIDTH,
    );
  }
  db.exec('DROP TABLE audit_packed_2; DROP TABLE audit_segments');
}

function textsOf(packed: Uint8Array, dictionary: Uint8Array): OwnTexts {
  try {
    return JSON.parse(inflateRawSync(packed, { dictionary, maxOutputLength: MAX_INFLATED }).toString()) as OwnTexts;
  } catch {
    return UNREADABLE;
  }
}

/** The tile of the oldest compressed entry after this one. */
function firstTile(db: Database, after = 0): number | undefined {
  const seq = db.get('SELECT min(seq) AS seq FROM audit_packed_2 WHERE seq > ?', after)?.seq;
  return seq == null ? undefined : Math.floor((Number(seq) - 1) / TILE_WIDTH);
}
