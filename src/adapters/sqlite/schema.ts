/** Marks the file as ours (`PRAGMA application_id`), so that no other program's database is taken for it: "ggen". */
export const APPLICATION_ID = 0x6767656e;

/** In bytes, of a new database: a commit writes every page it touches, and ours touches one row in each of a few. */
export const PAGE_SIZE = 2048;

/**
 * What brings a database from one version to the next, in order; `PRAGMA user_version` counts how many were taken.
 * INVARIANT: a migration that was released is never edited; a change is a new one at the end.
 *
 * The log: `seq` is the one order of all writers, without gaps. Every index and every table that a commit touches
 * costs a page written and synced, so there are few. Nearly all entries are `agent_action`, which is found without an
 * index. `audit_hours` turns a range of time into a range of sequence numbers with a row per hour, where an index on
 * the timestamp has one per entry; a row says: from here on, until the next one, all entries are of this hour.
 * INVARIANT: the newest entry is never removed, whatever retention removes one day: SQLite gives the number after the
 * greatest one, so that none is ever given twice. (AUTOINCREMENT would say the same for one page more per commit.)
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    timestamp INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    ip_address TEXT,
    operation TEXT NOT NULL,
    operation_parameters TEXT,
    target TEXT,
    result TEXT NOT NULL,
    metadata TEXT NOT NULL,
    correlation_id TEXT
  ) STRICT;
  CREATE INDEX audit_entries_correlation_id ON audit_entries (correlation_id);
  CREATE INDEX audit_entries_event_type ON audit_entries (event_type) WHERE event_type <> 'agent_action';
  CREATE INDEX audit_entries_actor_id ON audit_entries (actor_id);
  CREATE INDEX audit_entries_operation ON audit_entries (operation);
  CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
  CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;

  CREATE TABLE audit_hours (
    first_seq INTEGER PRIMARY KEY,
    hour INTEGER NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_entries_hour AFTER INSERT ON audit_entries
    WHEN NEW.timestamp / 3600000 IS NOT (SELECT hour FROM audit_hours ORDER BY first_seq DESC LIMIT 1)
    BEGIN
      INSERT INTO audit_hours VALUES (NEW.seq, NEW.timestamp / 3600000);
    END;

  CREATE TABLE approvals (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    requester TEXT NOT NULL,
    action_digest TEXT NOT NULL,
    policy_set TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    decide_by INTEGER NOT NULL,
    use_by INTEGER,
    decided_at INTEGER,
    decided_by TEXT,
    verified INTEGER,
    comment TEXT
  ) STRICT;
  CREATE INDEX approvals_subject ON approvals (requester, action_digest, policy_set);
  CREATE INDEX approvals_status ON approvals (status);

  CREATE TABLE provider_usage (
    provider TEXT NOT NULL,
    second INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (provider, second)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE active_agents (
    agent TEXT PRIMARY KEY,
    last_seen INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The version of the database that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
