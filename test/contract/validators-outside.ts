import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CommandValidator, HttpValidator } from '../../src/index.ts';

const CHILD = fileURLToPath(new URL('validator-child.ts', import.meta.url));

export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export function newKeyPair(): KeyPair {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Validators outside this process, real ones, which end with `close`. */
export function openOutside() {
  const folder = mkdtempSync(join(tmpdir(), 'ggen-validators-'));
  const servers: Server[] = [];
  return {
    folder,
    /** A program that behaves so. */
    program(id: string, behaviour: string, pidFile = ''): CommandValidator {
      const { publicKey, privateKey } = newKeyPair();
      const keyFile = join(folder, `${id}.pem`);
      writeFileSync(keyFile, privateKey, { mode: 0o600 });
      return { id, publicKey, command: [process.execPath, CHILD, keyFile, behaviour, pidFile] };
    },
    /** A service that answers so. */
    async service(
      id: string,
      answer: (body: string, response: ServerResponse, keys: KeyPair, request: IncomingMessage) => void,
    ): Promise<HttpValidator> {
      const keys = newKeyPair();
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => answer(Buffer.concat(chunks).toString('utf8'), response, keys, request));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      return { id, url: `http://127.0.0.1:${port}/vote?token=abc`, publicKey: keys.publicKey, allowPrivate: true };
    },
    close(): void {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once the process is no more. */
export async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that ended and that nobody asked about is still listed.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
