/** All tables lie in a schema of their own, so that the database may hold other things too. */
export const SCHEMA = 'ggen_governance';

/*
 * An entry is acknowledged when it stands in `audit_outbox`; the sequencer (one process at a time) takes it from there,
 * gives it its number and writes it to the log. `audit_ids` has every entry's id ever taken, with the batch that
 * brought it: so nothing is recorded twice, and who lost the connection while a batch was under way can ask for it.
 * `audit_outbox.n` is no order of commits: a lower number may be seen later than a higher one.
 *
 * The log: `audit_entries`, by month of the timestamp; what lies in no month that has been made is in the default
 * partition. `audit_head` is one row: which log this is, its size, the right edge of its tree and the signed
 * checkpoint. `audit_tiles` holds the tree's hashes (c2sp.org/tlog-tiles), the last of each level not yet full.
 * `audit_hours` turns a range of time into a range of numbers: from `first_seq` on, until the next row, all entries are
 * of this hour. `audit_rollups` counts by hour; values are cut after 500 characters. The sequencer changes all of them
 * in one transaction; nobody else writes them. Texts that are in an index are there with their first characters only,
 * because an index of Postgres takes 2,700 bytes.
 * INVARIANT: an entry goes away only after audit_head.erased_to says so, and its leaf stays in a tile.
 */
const GOVERNANCE_TABLES = `
  CREATE TABLE audit_ids (
    id bytea PRIMARY KEY,
    batch bigint NOT NULL
  );
  CREATE TABLE audit_outbox (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL,
    timestamp bigint NOT NULL,
    correlation_id bytea,
    event_type text COLLATE "C" NOT NULL,
    actor_type text NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    ip_address text,
    operation text COLLATE "C" NOT NULL,
    parameters text,
    target text,
    result text NOT NULL,
    metadata text NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 1000000000,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
  CREATE TABLE audit_left_out (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hour bigint NOT NULL,
    event_type text NOT NULL,
    operation text NOT NULL,
    actor_id text NOT NULL,
    result text NOT NULL,
    left_out bigint NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, vacuum_truncate = off);

  CREATE TABLE audit_entries (
    seq bigint NOT NULL,
    timestamp bigint NOT NULL,
    id bytea NOT NULL,
    correlation_id bytea,
    salt bytea NOT NULL,
    event_type text COLLATE "C" NOT NULL,
    actor_type text NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    ip_address text,
    operation text COLLATE "C" NOT NULL,
    parameters text,
    target text,
    result text NOT NULL,
    metadata text NOT NULL,
    PRIMARY KEY (seq, timestamp)
  ) PARTITION BY RANGE (timestamp);
  CREATE INDEX audit_entries_id ON audit_entries (id);
  CREATE INDEX audit_entries_correlation_id ON audit_entries (substring(correlation_id FROM 1 FOR 64), seq)
    WHERE correlation_id IS NOT NULL;
  CREATE INDEX audit_entries_event_type ON audit_entries (left(event_type, 100), seq)
    WHERE event_type <> 'agent_action';
  CREATE INDEX audit_entries_actor_id ON audit_entries (left(actor_id, 100), seq);
  CREATE INDEX audit_entries_operation ON audit_entries (left(operation, 100), seq);
  CREATE TABLE audit_entries_default PARTITION OF audit_entries DEFAULT;

  CREATE TABLE audit_hours (
    first_seq bigint PRIMARY KEY,
    hour bigint NOT NULL
  );
  CREATE TABLE audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    origin text NOT NULL,
    vkey text NOT NULL,
    size bigint NOT NULL,
    erased_to bigint NOT NULL,
    frontier bytea NOT NULL,
    checkpoint text
  ) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
  CREATE TABLE audit_tiles (
    level int NOT NULL,
    index bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, index)
  );
  ALTER TABLE audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
  CREATE TABLE audit_rollups (
    dimension text COLLATE "C" NOT NULL,
    hour bigint NOT NULL,
    value text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    recorded bigint NOT NULL,
    left_out bigint NOT NULL,
    PRIMARY KEY (dimension, hour, value, result)
  ) WITH (fillfactor = 70);

  CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.seq <= (SELECT erased_to FROM ${SCHEMA}.audit_head) THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'audit entries are never changed or removed';
    END $$;
  CREATE TRIGGER audit_entries_never_changed BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse();

  CREATE TABLE approvals (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE,
    status text COLLATE "C" NOT NULL,
    requester text NOT NULL,
    action_digest text COLLATE "C" NOT NULL,
    policy_set text NOT NULL,
    request text NOT NULL,
    created_at bigint NOT NULL,
    decide_by bigint NOT NULL,
    use_by bigint,
    decided_at bigint,
    decided_by text,
    verified boolean,
    comment text
  );
  CREATE INDEX approvals_subject ON approvals (left(action_digest, 64), n);
  CREATE INDEX approvals_status ON approvals (status, n);
  CREATE TABLE approval_changes (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    changes bigint NOT NULL
  ) WITH (fillfactor = 20);
  INSERT INTO approval_changes (changes) VALUES (0);

  CREATE TABLE provider_usage (
    provider bytea NOT NULL,
    second bigint NOT NULL,
    requests bigint NOT NULL,
    PRIMARY KEY (provider, second)
  ) WITH (fillfactor = 50);
  CREATE TABLE active_agents (
    agent bytea PRIMARY KEY,
    last_seen bigint NOT NULL
  ) WITH (fillfactor = 50);
`;

/*
 * `audit_blocks` holds the texts of compressed entries that no index knows, up to 32 entries a row, from `first_seq` on
 * (src/adapters/blocks); such an entry's own columns are null then. Up to `packed_to` in the head all entries are
 * compressed, and further on those that filled whole tiles when they came; no block reaches from one tile into
 * another. `audit_checkpoints` keeps the checkpoints at which the key was changed.
 * What was denied or failed is rare, and asked for: it is found by an index of its own.
 */
const BLOCK_TABLES = `
  CREATE TABLE audit_blocks (
    first_seq bigint PRIMARY KEY,
    texts bytea NOT NULL
  );
  ALTER TABLE audit_blocks ALTER COLUMN texts SET STORAGE EXTERNAL;
  CREATE TABLE audit_checkpoints (
    size bigint PRIMARY KEY,
    checkpoint text NOT NULL
  );
  ALTER TABLE audit_head ADD COLUMN packed_to bigint NOT NULL DEFAULT 0;
  ALTER TABLE audit_entries ALTER COLUMN actor_type DROP NOT NULL, ALTER COLUMN actor_name DROP NOT NULL,
    ALTER COLUMN metadata DROP NOT NULL;
  CREATE INDEX audit_entries_result ON audit_entries (result, seq) WHERE result NOT IN ('success', 'unknown');

  CREATE OR REPLACE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.seq <= (SELECT erased_to FROM ${SCHEMA}.audit_head) THEN RETURN OLD; END IF;
      IF TG_OP = 'UPDATE' AND NEW.metadata IS NULL AND OLD.seq <= (SELECT packed_to FROM ${SCHEMA}.audit_head)
        AND ROW(NEW.seq, NEW.timestamp, NEW.id, NEW.correlation_id, NEW.salt, NEW.event_type, NEW.actor_id, NEW.operation,
          NEW.result) IS NOT DISTINCT FROM ROW(OLD.seq, OLD.timestamp, OLD.id, OLD.correlation_id, OLD.salt,
          OLD.event_type, OLD.actor_id, OLD.operation, OLD.result) THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'audit entries are never changed or removed';
    END $$;
  CREATE FUNCTION audit_blocks_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.first_seq <= (SELECT erased_to FROM ${SCHEMA}.audit_head) THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'audit entries are never changed or removed';
    END $$;
  CREATE TRIGGER audit_blocks_never_changed BEFORE UPDATE OR DELETE ON audit_blocks
    FOR EACH ROW EXECUTE FUNCTION audit_blocks_refuse();
`;

/*
 * Work for later (src/jobs): `due_at` of a job that is leased is the end of its lease. `notice_endpoints` has those that
 * said they want no more. `standing_grants` is what approvers permitted ahead, with how often it was used.
 */
const JOB_TABLES = `
  CREATE TABLE jobs (
    id text PRIMARY KEY,
    kind text NOT NULL,
    state text NOT NULL,
    due_at bigint NOT NULL,
    lease text,
    attempts int NOT NULL,
    subject text NOT NULL,
    payload text NOT NULL,
    created_at bigint NOT NULL,
    last_error text
  ) WITH (fillfactor = 70);
  CREATE INDEX jobs_due ON jobs (state, kind, due_at);
  ALTER TABLE approvals ADD COLUMN idempotency_key text;
  CREATE UNIQUE INDEX approvals_idempotency_key ON approvals (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
  CREATE TABLE standing_grants (
    id text PRIMARY KEY,
    agent text NOT NULL,
    operation text NOT NULL,
    terms text NOT NULL,
    signature text NOT NULL,
    expires_at bigint NOT NULL,
    max_uses bigint NOT NULL,
    uses bigint NOT NULL,
    revoked_at bigint
  ) WITH (fillfactor = 50);
  CREATE INDEX standing_grants_expiry ON standing_grants (expires_at);
  CREATE TABLE notice_endpoints (
    endpoint text PRIMARY KEY,
    disabled_at bigint NOT NULL,
    why text NOT NULL
  );
`;

/**
 * What brings a database from one version to the next, in order; the table `schema_version` says how many were taken.
 * INVARIANT: a migration that was released is never edited; a change is a new one at the end.
 */
export const MIGRATIONS: readonly string[] = [
  GOVERNANCE_TABLES,
  BLOCK_TABLES,
  'ALTER TABLE approvals ADD COLUMN votes text',
  JOB_TABLES,
];

/** The version of the database that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
