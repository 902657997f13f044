import { spawnSync } from 'node:child_process';

/** A statement with values that are texts, numbers, null, or lists of these. */
export interface LastStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** How long the end of a process may take for this. */
const LONGEST_MS = 5000;

const SCRIPT = `
let said = '';
for await (const part of process.stdin) said += part;
const { driver, connectionString, settings, statements } = JSON.parse(said);
const pg = await import(driver);
const client = new pg.default.Client({ connectionString });
client.on('error', () => undefined);
await client.connect();
await client.query(settings);
for (const { sql, values } of statements) await client.query(sql, values).catch(() => undefined);
await client.end();
`;

/**
 * Runs statements while this process ends, in another process: nothing but such a one can be waited for then. What
 * fails has nobody left to be told. THREAT: the connection string goes through a pipe, where `ps` doesn't see it.
 */
export function writeLast(connectionString: string, settings: string, statements: readonly LastStatement[]): void {
  if (statements.length === 0) return;
  spawnSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    input: JSON.stringify({ driver: import.meta.resolve('pg'), connectionString, settings, statements }),
    timeout: LONGEST_MS,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
