/** Databases on the one Postgres of a run. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';

let address: Promise<string> | undefined;

/** The run's Postgres, without a database; started when the first file asks. */
export function postgresUrl(): Promise<string> {
  address ??= ask();
  return address;
}

async function ask(): Promise<string> {
  const path = process.env.GGEN_TEST_POSTGRES;
  if (path === undefined) throw new Error('no run of the tests that has a Postgres');
  const said = JSON.parse(await text(connect(path))) as { url?: string; error?: string };
  if (said.url === undefined) throw new Error(said.error);
  return said.url;
}

/** The connection string of a new, empty database. */
export async function createDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = await postgresUrl();
  await query(`${url}/postgres`, `CREATE DATABASE ${name}`);
  return `${url}/${name}`;
}

/** Removes it, whoever is still connected. */
export async function dropDatabase(connectionString: string): Promise<void> {
  const name = new URL(connectionString).pathname.slice(1);
  await query(`${await postgresUrl()}/postgres`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** The rows of one statement on a connection of its own. */
export async function query(
  connectionString: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** A connection of one's own; whoever opens it ends it. */
export async function openClient(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
