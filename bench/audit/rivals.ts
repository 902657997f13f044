import { hash, randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { AuditLogger } from '@microsoft/agent-governance-sdk';
import type { AuditEntry } from '../../src/model/audit-entry.ts';

/** One way to record batches of entries. */
export interface Contender {
  readonly name: string;
  /** Resolves when all of them are as durable as this way makes them. */
  append(entries: readonly AuditEntry[]): Promise<void> | void;
  close(): Promise<void> | void;
}

/** The columns and indexes of `audit_entries`, without triggers, tree, rollups or signature. */
const TABLE = `
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, id ANY NOT NULL UNIQUE, timestamp INTEGER NOT NULL, event_type TEXT NOT NULL,
    actor_id TEXT NOT NULL, operation TEXT NOT NULL, result TEXT NOT NULL, correlation_id ANY, salt BLOB NOT NULL,
    leaf BLOB NOT NULL, actor_type TEXT NOT NULL, actor_name TEXT NOT NULL, ip_address TEXT,
    operation_parameters TEXT, target TEXT, metadata TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_correlation_id ON entries (correlation_id);
  CREATE INDEX entries_event_type ON entries (event_type) WHERE event_type <> 'agent_action';
  CREATE INDEX entries_actor_id ON entries (actor_id);
  CREATE INDEX entries_operation ON entries (operation);`;
const INSERT = `INSERT INTO entries VALUES (${Array.from({ length: 16 }, () => '?').join(', ')})`;

/** The same rows through the same driver, one transaction a batch, synchronous FULL. */
export function bareRows(path: string, pageSize: number): Contender {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLE}`);
  const [begin, insert, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare(INSERT), db.prepare('COMMIT')];
  const [salt, leaf] = [randomBytes(16), randomBytes(32)];
  const uuid = (id: string): SQLInputValue => Buffer.from(id.replaceAll('-', ''), 'hex');
  let seq = 0;
  return {
    name: `the same rows bare through node:sqlite, pages of ${pageSize}`,
    append: (entries) => {
      begin.run();
      for (const entry of entries) {
        const { actor, operation } = entry;
        seq += 1;
        insert.run(
          ...[seq, uuid(entry.id), entry.timestamp, entry.eventType, actor.id, operation.name, entry.result],
          ...[uuid(entry.correlationId!), salt, leaf, actor.actorType, actor.name, actor.ipAddress ?? null],
          ...[JSON.stringify(operation.parameters), entry.target ?? null, JSON.stringify(entry.metadata)],
        );
      }
      commit.run();
    },
    close: () => db.close(),
  };
}

/** Lines of JSON in a file, one write and one fdatasync a batch. */
export function rawLines(path: string): Contender {
  const file = openSync(path, 'a');
  return {
    name: 'raw lines of JSON, fdatasync a batch',
    append: (entries) => {
      writeSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** The same, where each line holds the SHA-256 of itself and the line before it. */
export function chainedLines(path: string): Contender {
  const file = openSync(path, 'a');
  let previous = '0'.repeat(64);
  return {
    name: 'a SHA-256 chain of JSON lines, fdatasync a batch',
    append: (entries) => {
      const lines = entries.map((entry) => {
        const text = JSON.stringify({ ...entry, previous });
        previous = hash('sha256', text);
        return `${text.slice(0, -1)},"hash":"${previous}"}\n`;
      });
      writeSync(file, lines.join(''));
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Keeps who, what and the decision of the newest 10,000 in memory: no file, no parameters, no metadata. */
export function microsoftLog(): Contender {
  const log = new AuditLogger();
  return {
    name: '@microsoft/agent-governance-sdk 4.0.0, in memory only',
    append: (entries) => {
      for (const { actor, operation, result } of entries) {
        log.log({ agentId: actor.id, action: operation.name, decision: result === 'denied' ? 'deny' : 'allow' });
      }
    },
    close: () => undefined,
  };
}
