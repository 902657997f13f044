/** Marks the file as ours (`PRAGMA application_id`), so that no other program's database is taken for it: "ggen". */
export const APPLICATION_ID = 0x6767656e;

/** In bytes, of a new database: a commit writes every page it touches, and ours touches one row in each of a few. */
export const PAGE_SIZE = 2048;

/*
 * The log of version 1: `seq` is the one order of all writers. Every index and every table that a commit touches costs
 * a page written and synced, so there are few. Nearly all entries are `agent_action`, which is found without an index.
 * `audit_hours` turns a range of time into a range of sequence numbers with a row per hour, where an index on the
 * timestamp has one per entry; a row says: from here on, until the next one, all entries are of this hour.
 */
const GOVERNANCE_TABLES = `
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
`;

/*
 * The log as leaves of a tree. `leaf` is the hash of the entry's leaf (src/audit/proof/entry-leaf.ts), kept until its
 * tile is full. UUIDs are 16 bytes. `audit_packed` holds the older entries of a log that is compressed: its sequence
 * numbers all lie below those of `audit_entries`; `audit_segments` had the dictionary for each run of them.
 * `audit_head` is one row: which log this is, its size, the right edge of its tree, and the signed checkpoint, all of
 * them changed in the transaction that appends. `audit_tiles` holds full tiles of 256 hashes (c2sp.org/tlog-tiles),
 * by level * 2^40 + index; `root` comes first, so that reading it doesn't read the hashes.
 * `audit_rollups` counts by hour; entries are counted when their tile is full, the rest (at most 255) when asked.
 * INVARIANT: an entry goes away only after audit_head.erased_to says so, and its leaf stays in a tile.
 */
const TREE_TABLES = `
  DROP TRIGGER audit_entries_no_update;
  DROP TRIGGER audit_entries_no_delete;
  DROP TRIGGER audit_entries_hour;
  DROP INDEX audit_entries_correlation_id;
  DROP INDEX audit_entries_event_type;
  DROP INDEX audit_entries_actor_id;
  DROP INDEX audit_entries_operation;
  ALTER TABLE audit_entries RENAME TO audit_entries_1;
  DELETE FROM audit_hours;

  CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY,
    id ANY NOT NULL UNIQUE,
    timestamp INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    result TEXT NOT NULL,
    correlation_id ANY,
    salt BLOB NOT NULL,
    leaf BLOB NOT NULL,
    actor_type TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    ip_address TEXT,
    operation_parameters TEXT,
    target TEXT,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_entries_correlation_id ON audit_entries (correlation_id);
  CREATE INDEX audit_entries_event_type ON audit_entries (event_type) WHERE event_type <> 'agent_action';
  CREATE INDEX audit_entries_actor_id ON audit_entries (actor_id);
  CREATE INDEX audit_entries_operation ON audit_entries (operation);
  CREATE TRIGGER audit_entries_hour AFTER INSERT ON audit_entries
    WHEN NEW.timestamp / 3600000 IS NOT (SELECT hour FROM audit_hours ORDER BY first_seq DESC LIMIT 1)
    BEGIN
      INSERT INTO audit_hours VALUES (NEW.seq, NEW.timestamp / 3600000);
    END;

  CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL,
    vkey TEXT NOT NULL,
    size INTEGER NOT NULL,
    erased_to INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    checkpoint TEXT
  ) STRICT;
  CREATE TABLE audit_tiles (
    place INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    hashes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY,
    checkpoint TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit_rollups (
    dimension TEXT NOT NULL,
    hour INTEGER NOT NULL,
    value TEXT NOT NULL,
    result TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    PRIMARY KEY (dimension, hour, value, result)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit_packed (
    seq INTEGER PRIMARY KEY,
    id ANY NOT NULL UNIQUE,
    timestamp INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    result TEXT NOT NULL,
    correlation_id ANY,
    salt BLOB NOT NULL,
    packed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_packed_correlation_id ON audit_packed (correlation_id);
  CREATE INDEX audit_packed_event_type ON audit_packed (event_type) WHERE event_type <> 'agent_action';
  CREATE INDEX audit_packed_actor_id ON audit_packed (actor_id);
  CREATE INDEX audit_packed_operation ON audit_packed (operation);
  CREATE TABLE audit_segments (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    dictionary BLOB NOT NULL
  ) STRICT;

  CREATE TRIGGER audit_entries_id BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_packed WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'duplicate entry'); END;
  CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
  CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    WHEN OLD.seq > (SELECT erased_to FROM audit_head) AND NOT EXISTS (SELECT 1 FROM audit_packed WHERE seq = OLD.seq)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
  CREATE TRIGGER audit_packed_no_update BEFORE UPDATE ON audit_packed
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
  CREATE TRIGGER audit_packed_no_delete BEFORE DELETE ON audit_packed
    WHEN OLD.seq > (SELECT erased_to FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
`;

/*
 * Compressed entries without dictionaries: `audit_blocks` holds the texts of the entries in `audit_packed` that no index
 * knows, up to 32 entries a row, from `first_seq` on (src/adapters/blocks). No block reaches from one tile into another.
 * What was denied or failed is rare, and asked for: it is found by an index of its own.
 */
const BLOCK_TABLES = `
  DROP TRIGGER audit_entries_id;
  DROP TRIGGER audit_entries_no_delete;
  DROP TRIGGER audit_packed_no_update;
  DROP TRIGGER audit_packed_no_delete;
  DROP INDEX audit_packed_correlation_id;
  DROP INDEX audit_packed_event_type;
  DROP INDEX audit_packed_actor_id;
  DROP INDEX audit_packed_operation;
  ALTER TABLE audit_packed RENAME TO audit_packed_2;

  CREATE TABLE audit_packed (
    seq INTEGER PRIMARY KEY,
    id ANY NOT NULL UNIQUE,
    timestamp INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    result TEXT NOT NULL,
    correlation_id ANY,
    salt BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_packed_correlation_id ON audit_packed (correlation_id);
  CREATE INDEX audit_packed_event_type ON audit_packed (event_type) WHERE event_type <> 'agent_action';
  CREATE INDEX audit_packed_actor_id ON audit_packed (actor_id);
  CREATE INDEX audit_packed_operation ON audit_packed (operation);
  CREATE INDEX audit_entries_result ON audit_entries (result) WHERE result <> 'success' AND result <> 'unknown';
  CREATE INDEX audit_packed_result ON audit_packed (result) WHERE result <> 'success' AND result <> 'unknown';
  CREATE TABLE audit_blocks (
    first_seq INTEGER PRIMARY KEY,
    texts BLOB NOT NULL
  ) STRICT;

  CREATE TRIGGER audit_entries_id BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_packed WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'duplicate entry'); END;
  CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    WHEN OLD.seq > (SELECT erased_to FROM audit_head) AND NOT EXISTS (SELECT 1 FROM audit_packed WHERE seq = OLD.seq)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
  CREATE TRIGGER audit_packed_no_update BEFORE UPDATE ON audit_packed
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
  CREATE TRIGGER audit_packed_no_delete BEFORE DELETE ON audit_packed
    WHEN OLD.seq > (SELECT erased_to FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
  CREATE TRIGGER audit_blocks_no_update BEFORE UPDATE ON audit_blocks
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
  CREATE TRIGGER audit_blocks_no_delete BEFORE DELETE ON audit_blocks
    WHEN OLD.first_seq > (SELECT erased_to FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
`;

/*
 * Work for later (src/jobs): `due_at` of a job that is leased is the end of its lease. `notice_endpoints` has those that
 * said they want no more. `standing_grants` is what approvers permitted ahead, with how often it was used.
 */
const JOB_TABLES = `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    lease TEXT,
    attempts INTEGER NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_error TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_due ON jobs (state, kind, due_at);
  ALTER TABLE approvals ADD COLUMN idempotency_key TEXT;
  CREATE UNIQUE INDEX approvals_idempotency_key ON approvals (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
  CREATE TABLE standing_grants (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    operation TEXT NOT NULL,
    terms TEXT NOT NULL,
    signature TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX standing_grants_expiry ON standing_grants (expires_at);
  CREATE TABLE notice_endpoints (
    endpoint TEXT PRIMARY KEY,
    disabled_at INTEGER NOT NULL,
    why TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What brings a database from one version to the next, in order; `PRAGMA user_version` counts how many were taken.
 * A step is SQL, or SQL and what must be worked out beside it.
 * INVARIANT: a migration that was released is never edited; a change is a new one at the end.
 */
export const MIGRATIONS: readonly Migration[] = [
  { sql: GOVERNANCE_TABLES },
  { sql: TREE_TABLES, beside: 'plant-tree' },
  { sql: BLOCK_TABLES, beside: 'lay-blocks' },
  { sql: 'ALTER TABLE approvals ADD COLUMN votes TEXT;' },
  { sql: JOB_TABLES },
];

export interface Migration {
  readonly sql: string;
  /**
   * `plant-tree`: makes the log's name and key, and takes the entries of version 1 over as leaves;
   * `lay-blocks`: takes the compressed entries of version 2 over into blocks
   */
  readonly beside?: 'plant-tree' | 'lay-blocks';
}

/** The version of the database that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
