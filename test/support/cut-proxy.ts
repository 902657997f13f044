import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be cut at a chosen place. */
export interface CutProxy {
  /** The connection string, with this proxy in place of the server. */
  readonly connectionString: string;
  /**
   * Cuts the connection on which the next message with this text goes to the server: `before` the server gets it, or
   * `after` it has answered, with the answer lost. Resolves when it is cut.
   */
  cut(text: string, when: 'before' | 'after'): Promise<void>;
  /** From now on nothing passes, and nobody is told; or everything passes again. */
  freeze(frozen: boolean): void;
  close(): void;
}

export async function startCutProxy(connectionString: string): Promise<CutProxy> {
  const url = new URL(connectionString);
  const [host, port] = [url.hostname, Number(url.port)];
  const open = new Set<Socket>();
  let plan: { text: string; when: 'before' | 'after'; done: () => void } | undefined;
  let frozen = false;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    let doomed: (() => void) | undefined;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
      open.delete(upstream);
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (data) => {
      if (frozen) return;
      if (plan && data.includes(plan.text)) {
        const { when, done } = plan;
        plan = undefined;
        if (when === 'before') {
          end();
          return done();
        }
        doomed = done;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (frozen) return;
      if (!doomed) return void client.write(data);
      end();
      doomed();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.port = String((server.address() as { port: number }).port);
  return {
    connectionString: url.href,
    cut: (text, when) =>
      new Promise((resolve) => {
        plan = { text, when, done: resolve };
      }),
    freeze: (now) => {
      frozen = now;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
