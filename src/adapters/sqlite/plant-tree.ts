import { randomUUID } from 'node:crypto';
import type { LogKeys } from '../../audit/index.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { Json } from '../../kernel/json.ts';
import type { RandomBytes } from '../../kernel/ports.ts';
import type { Database, Row } from './database.ts';
import { textsFromRow } from './entry-row.ts';
import { createLogWriter } from './log-writer.ts';

const PAGE = 1000;

/**
 * Gives a log its name and its key, and takes the entries of a database of version 1 over as leaves, with the numbers
 * they have in their order. Only inside the migration's transaction.
 */
export function plantTree(db: Database, keys: LogKeys, random: RandomBytes): void {
  const origin = `ggen-governance/log/${randomUUID()}`;
  const { vkey } = keys.create(origin).verifier;
  db.run('INSERT INTO audit_head VALUES (1, ?, ?, 0, 0, ?, NULL)', origin, vkey, new Uint8Array());
  const log = createLogWriter({ db, keys, random });
  for (let after = 0; ; ) {
    const rows = db.all('SELECT * FROM audit_entries_1 WHERE seq > ? ORDER BY seq LIMIT ?', after, PAGE);
    if (rows.length === 0) break;
    log.begin();
    for (const row of rows) log.append({ texts: textsFromRow(canonical(row)), bytes: 0 });
    log.seal();
    after = Number(rows.at(-1)!.seq);
  }
  db.exec('DROP TABLE audit_entries_1');
}

/** Version 1 kept JSON as it was handed over. */
function canonical(row: Row): Row {
  const rewrite = (text: Row[string] | undefined): Row[string] =>
    typeof text === 'string' ? canonicalJson(JSON.parse(text) as Json) : null;
  return { ...row, metadata: rewrite(row.metadata), operation_parameters: rewrite(row.operation_parameters) };
}
