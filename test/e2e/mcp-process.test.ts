import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const PROXY = join(import.meta.dirname, 'support/proxy-main.ts');
const started: ChildProcessWithoutNullStreams[] = [];

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  send(value: unknown): void;
  /** the next line from the proxy, parsed */
  next(): Promise<Record<string, unknown>>;
  exit(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** Starts the proxy over a command; lines are read on demand, so that a test can be a slow client. */
function proxy(command: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [PROXY, ...command], { env: { ...process.env, ...env } });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close');
  let rest = '';
  return {
    child,
    send: (value) => child.stdin.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`),
    next: async () => {
      for (;;) {
        const newline = rest.indexOf('\n');
        if (newline !== -1) {
          const line = rest.slice(0, newline);
          rest = rest.slice(newline + 1);
          return JSON.parse(line);
        }
        const chunk = child.stdout.read() as Buffer | null;
        if (chunk) rest += chunk.toString();
        else await Promise.race([once(child.stdout, 'readable'), once(child.stdout, 'end')]);
        if (child.stdout.readableEnded && !rest.includes('\n')) throw new Error(`no more lines; stderr: ${stderr}`);
      }
    },
    exit: async () => {
      const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
      return { code, signal, stderr };
    },
  };
}

/** A server in one line of JavaScript: `on(line, answer)` is called for each message. */
const server = (on: string, setUp = ''): string[] => [
  process.execPath,
  '-e',
  `const say = (m) => process.stdout.write(JSON.stringify(m) + '\\n');
   ${setUp};
   require('node:readline').createInterface({ input: process.stdin, crlfDelay: Infinity })
     .on('line', (line) => { const m = JSON.parse(line); ${on} });`,
];
const ECHO = server('if (m.id !== undefined) say({ jsonrpc: "2.0", id: m.id, result: { length: line.length } });');
const call = (id: unknown, args: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'tool', arguments: args },
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

describe('the proxy as a process', () => {
  it('ends as its server ends', async () => {
    const ends = async (script: string) => (await proxy([process.execPath, '-e', script]).exit()).code;
    expect(await ends('process.exit(7)')).toBe(7);
    expect(await ends('process.exit(0)')).toBe(0);
    expect(await ends('process.kill(process.pid, "SIGKILL")')).toBe(137);
  });

  it('says in one line that a command can not be started', async () => {
    const missing = await proxy(['no-such-program-here', 'x']).exit();
    expect(missing).toEqual({
      code: 127,
      signal: null,
      stderr: 'ggen-mcp proxy: the MCP server could not be started: no-such-program-here: not found\n',
    });
    expect((await proxy([join(import.meta.dirname, 'mcp-process.test.ts')]).exit()).code).toBe(126);
  });

  it('starts the command without a shell, and passes its error output on', async () => {
    const script = 'console.error(process.argv.slice(1).join("|"))';
    const { stderr } = await proxy([process.execPath, '-e', script, '$(id)', '; exit 3', '*']).exit();
    expect(stderr).toBe('$(id)|; exit 3|*\n');
  });

  it('closes the server’s input when the client closes its own, after the last frame', async () => {
    const p = proxy(ECHO);
    p.send(call(1));
    p.child.stdin.end('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x"}}'); // no newline at the end
    expect((await p.next()).id).toBe(1);
    expect((await p.next()).id).toBe(2);
    expect((await p.exit()).code).toBe(0);
  });

  it('passes signals on, and leaves no server behind that ignores them', async () => {
    const stubborn = server(
      '',
      'process.on("SIGTERM", () => say({ got: "SIGTERM" })); setInterval(() => {}, 1000); say({ pid: process.pid })',
    );
    const p = proxy(stubborn);
    const { pid } = (await p.next()) as { pid: number };
    p.child.kill('SIGTERM');
    expect(await p.next()).toEqual({ got: 'SIGTERM' });
    expect((await p.exit()).code).toBe(137);
    expect(isAlive(pid)).toBe(false);

    const polite = proxy(server('', 'process.on("SIGINT", () => process.exit(5)); say({ ready: 1 })'));
    await polite.next();
    polite.child.kill('SIGINT');
    expect((await polite.exit()).code).toBe(5);
  });

  it('leaves no server behind when the client is gone', async () => {
    const p = proxy(
      server(
        '',
        'process.on("SIGTERM", () => {}); process.stdout.on("error", () => {}); setInterval(() => say({ tick: 1 }), 10); say({ pid: process.pid })',
      ),
    );
    const { pid } = (await p.next()) as { pid: number };
    p.child.stdout.destroy();
    p.child.stdin.destroy();
    await untilGone(pid);
    await p.exit();
  });

  it('answers what is under way when the server dies', async () => {
    const p = proxy(server('if (m.id === 2) process.exit(3);'));
    p.send(call(1));
    p.send(call('two'));
    p.send({ jsonrpc: '2.0', id: 2, method: 'resources/list' });
    const message = 'the MCP server ended (exit code 3)';
    expect(await p.next()).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -32000, message } });
    expect(await p.next()).toEqual({ jsonrpc: '2.0', id: 'two', error: { code: -32000, message } });
    expect((await p.exit()).code).toBe(3);
  });

  it('refuses a line beyond the limit without holding it, and goes on', async () => {
    const p = proxy(ECHO, { PRINT_PEAK_MEMORY: '1' });
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    p.child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"');
    for (let i = 0; i < 400; i += 1) if (!p.child.stdin.write(mebibyte)) await once(p.child.stdin, 'drain');
    p.send('"}}');
    p.send(call(2));
    expect(await p.next()).toMatchObject({
      id: null,
      error: { code: -32600, message: expect.stringContaining('64 MiB') },
    });
    expect((await p.next()).id).toBe(2);
    p.child.stdin.end();
    expect(peak((await p.exit()).stderr)).toBeLessThan(300);
  });

  it('refuses a line nested ten thousand deep', async () => {
    const p = proxy(ECHO);
    p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`);
    p.send(call(2));
    expect(await p.next()).toMatchObject({ id: null, error: { code: -32700 } });
    expect((await p.next()).id).toBe(2);
    p.child.stdin.end();
    await p.exit();
  });

  it('holds little of what a slow client does not read, and loses nothing of it', async () => {
    const p = proxy(
      server(
        'for (let i = 0; i < 400; i += 1) say({ i, big: "x".repeat(1024 * 1024) }); say({ jsonrpc: "2.0", id: m.id, result: {} });',
      ),
      { PRINT_PEAK_MEMORY: '1' },
    );
    p.send(call(1));
    await once(p.child.stdout, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 1000)); // time in which a proxy without limits would fill up
    const hash = createHash('sha256');
    let bytes = 0;
    p.child.stdin.end();
    for await (const chunk of p.child.stdout as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    const expected = createHash('sha256');
    const all = Array.from({ length: 400 }, (_, i) => `${JSON.stringify({ i, big: 'x'.repeat(1024 * 1024) })}\n`);
    for (const line of [...all, '{"jsonrpc":"2.0","id":1,"result":{}}\n']) expected.update(line);
    expect(bytes).toBeGreaterThan(400 * 1024 * 1024);
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
    expect(peak((await p.exit()).stderr)).toBeLessThan(300);
  });

  it('holds little of what a slow server does not read', async () => {
    const slow = server(
      'n += line.length; if (m.id === "end") { say({ jsonrpc: "2.0", id: m.id, result: { n } }); }',
      'let n = 0; process.stdin.pause(); setTimeout(() => process.stdin.resume(), 1500)',
    );
    const p = proxy(slow, { PRINT_PEAK_MEMORY: '1' });
    const filler = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/x',
      params: { x: 'y'.repeat(1024 * 1024) },
    });
    for (let i = 0; i < 400; i += 1) if (!p.child.stdin.write(`${filler}\n`)) await once(p.child.stdin, 'drain');
    p.send(call('end'));
    const { result } = (await p.next()) as { result: { n: number } };
    expect(result.n).toBe(filler.length * 400 + JSON.stringify(call('end')).length);
    p.child.stdin.end();
    expect(peak((await p.exit()).stderr)).toBeLessThan(300);
  });

  it('keeps a thousand calls in order', async () => {
    const p = proxy(ECHO);
    for (let i = 0; i < 1000; i += 1) p.send(call(i, { i }));
    for (let i = 0; i < 1000; i += 1) expect((await p.next()).id).toBe(i);
    p.child.stdin.end();
    await p.exit();
  });
});

function peak(stderr: string): number {
  return Number(/peak memory (\d+) KiB/.exec(stderr)?.[1]) / 1024;
}
