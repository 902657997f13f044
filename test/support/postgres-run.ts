/**
 * One Postgres for a whole run of the tests: the first file that asks starts it, and it is gone when the run ends.
 * Whoever connects to the path in GGEN_TEST_POSTGRES is told its address, or why there is none.
 */
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

export default function setup(): () => Promise<void> {
  const path = join(tmpdir(), `ggen-test-postgres-${process.pid}.sock`);
  process.env.GGEN_TEST_POSTGRES = path;
  let server: Promise<PostgresServer> | undefined;
  const door = createServer((asker) => {
    asker.on('error', () => undefined);
    server ??= startPostgresServer();
    server.then(
      ({ url }) => asker.end(JSON.stringify({ url })),
      (error: Error) => asker.end(JSON.stringify({ error: error.message })),
    );
  });
  door.listen(path);
  door.unref();
  return async () => {
    door.close();
    await server?.then(
      (running) => running.remove(),
      () => undefined,
    );
  };
}
