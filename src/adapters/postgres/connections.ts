import type { Client, Pool, PoolClient } from 'pg';
import { GgenError } from '../../kernel/errors.ts';
import { loadPg } from './load-pg.ts';
import { isLost, storeFault } from './postgres-error.ts';
import { SCHEMA } from './schema.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One connection, for as long as it is lent. */
export interface Session {
  /** The rows of one statement. A `name` keeps its plan for the next time. */
  query(sql: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
  /** How many rows a statement wrote. */
  write(sql: string, values?: readonly unknown[], name?: string): Promise<number>;
}

/** A connection that is kept. */
export interface OwnSession extends Session {
  readonly lost: boolean;
  /** Calls `heard` for each notification that this connection listens for. */
  onNotice(heard: () => void): void;
  /** From now on it doesn't keep the process alive. */
  unref(): void;
  /** Takes `unref` back. */
  ref(): void;
  end(): Promise<void>;
}

export interface Connections {
  /** names the database in messages, without the password */
  readonly name: string;
  /** what each connection is set to before it is used */
  readonly sessionSettings: string;
  /**
   * Lends a connection of the pool; one on which something was lost isn't lent again. Throws what pg throws. An
   * answer that takes longer than `answerWithinMs` counts as a connection lost.
   */
  use<T>(work: (session: Session) => Promise<T>, answerWithinMs?: number): Promise<T>;
  /** A connection of one's own; an idle one doesn't keep the process alive. */
  connect(answerWithinMs: number): Promise<OwnSession>;
  close(): Promise<void>;
}

export interface ConnectionSettings {
  readonly connectionString: string;
  readonly durability: 'disk' | 'os';
  /** how long a lock, a connection or an answer to a write is waited for, in milliseconds */
  readonly busyTimeoutMs: number;
  readonly maxConnections: number;
}

/** What pg's clients have, and its types lack. */
interface Referenced {
  ref(): void;
  unref(): void;
}

/** bigint and count(*): all that are ours fit into a number. */
const INT8 = 20;
/** A transaction that its client has forgotten holds its locks no longer than this. */
const IDLE_TRANSACTION_MS = 15_000;

/** Opens nothing yet. CONFIG_INVALID for a connection string that is none, NOT_AVAILABLE without the package `pg`. */
export async function createConnections(settings: ConnectionSettings): Promise<Connections> {
  const pg = await loadPg();
  const name = nameOf(settings.connectionString);
  const { busyTimeoutMs } = settings;
  const config = {
    connectionString: settings.connectionString,
    connectionTimeoutMillis: busyTimeoutMs,
    keepAlive: true,
    fallback_application_name: 'ggen-governance',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  };
  assertConnectionString(() => new pg.Client(config));
  const pool: Pool = new pg.Pool({
    ...config,
    max: settings.maxConnections,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it is replaced when somebody does; one that breaks in use fails the
  // statement under way. In between, nobody else listens.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));

  const prepared = new WeakSet<PoolClient>();
  const sessionSettings =
    `SET search_path TO ${SCHEMA}, pg_temp; SET synchronous_commit TO ${settings.durability === 'disk' ? 'on' : 'off'}; ` +
    `SET lock_timeout TO ${busyTimeoutMs}; SET idle_in_transaction_session_timeout TO ${IDLE_TRANSACTION_MS}; ` +
    "SET default_transaction_isolation TO 'read committed'; SET bytea_output TO hex; SET jit TO off";
  const prepare = (client: Client | PoolClient): Promise<unknown> => client.query(sessionSettings);
  let closing: Promise<void> | undefined;

  return {
    name,
    sessionSettings,
    use: async (work, answerWithinMs) => {
      if (closing) throw new GgenError('STORE_UNAVAILABLE', `the governance database ${name} is closed`);
      const client = await pool.connect();
      let lost = false;
      try {
        if (!prepared.has(client)) await prepare(client);
        prepared.add(client);
        return await work(sessionOn(client, answerWithinMs));
      } catch (error) {
        lost = isLost(error);
        throw error;
      } finally {
        client.release(lost);
      }
    },
    connect: async (answerWithinMs) => {
      const client = new pg.Client(config);
      let lost = false;
      client.on('error', () => {
        lost = true;
      });
      client.on('end', () => {
        lost = true;
      });
      await client.connect();
      try {
        await prepare(client);
      } catch (error) {
        await client.end().catch(() => undefined);
        throw error;
      }
      return {
        ...sessionOn(client, answerWithinMs),
        get lost() {
          return lost;
        },
        onNotice: (heard) => void client.on('notification', heard),
        end: () => client.end().catch(() => undefined),
        unref: () => (client as unknown as Referenced).unref(),
        ref: () => (client as unknown as Referenced).ref(),
      };
    },
    close: () => {
      closing ??= pool.end().catch(() => undefined);
      return closing;
    },
  };
}

function sessionOn(client: Client | PoolClient, answerWithinMs?: number): Session {
  const run = (sql: string, values: readonly unknown[] = [], name?: string) =>
    client.query<Record<string, unknown>>({
      text: sql,
      values: [...values],
      ...(name === undefined ? {} : { name }),
      ...(answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs }),
    });
  return {
    query: async (sql, values, name) => (await run(sql, values, name)).rows,
    write: async (sql, values, name) => (await run(sql, values, name)).rowCount ?? 0,
  };
}

/** THREAT: what pg says of a connection string may quote it, with the password. */
function assertConnectionString(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new GgenError(
      'CONFIG_INVALID',
      code === 'ENOENT' || code === 'EACCES'
        ? `a certificate or key that the connection string names can't be read: ${code}`
        : "the connection string can't be read",
      { hint: 'it is written postgresql://user:password@host:5432/database?sslmode=verify-full' },
    );
  }
}

/** `postgresql://user@host:port/database`: nothing else of a connection string is shown. */
function nameOf(connectionString: string): string {
  try {
    const { protocol, username, host, pathname } = new URL(connectionString);
    return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
  } catch {
    return 'on Postgres';
  }
}

/** Resolves with what `work` gives; what it throws becomes STORE_UNAVAILABLE. */
export async function reading<T>(db: Connections, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await db.use(work);
  } catch (error) {
    throw storeFault(error, db.name);
  }
}
