import type { LogHead } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Database } from './database.ts';

/** The one row that says which log this is and where it stands. */
export interface HeadRow extends LogHead {
  /** the key that signs it, written as c2sp.org/signed-note writes it */
  readonly vkey: string;
}

export function readHead(db: Database): HeadRow {
  const row = db.get('SELECT origin, vkey, size, erased_to, frontier, checkpoint FROM audit_head');
  if (!row) {
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${db.path} is damaged: its log has no head`, {
      hint: 'keep a copy of it, then restore a backup or name another file in audit.storage.path',
    });
  }
  return {
    origin: row.origin as string,
    vkey: row.vkey as string,
    size: Number(row.size),
    erasedTo: Number(row.erased_to),
    frontier: row.frontier as Uint8Array,
    checkpoint: (row.checkpoint as string | null) ?? undefined,
  };
}
