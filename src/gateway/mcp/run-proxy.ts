import type { Readable, Writable } from 'node:stream';
import type { GovernedSystem } from '../../compose/index.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createProxySession } from './proxy-session.ts';
import { serverFromCommand } from './server-name.ts';
import { startServer } from './server-process.ts';

export interface ProxyOptions {
  readonly system: GovernedSystem;
  /** who every call counts as */
  readonly agent: string;
  readonly session?: string;
  /** model provider whose rate limit counts */
  readonly provider?: string;
  /** short name of the server for the tool tables; undefined: known from its command */
  readonly server: string | undefined;
  /** program and arguments, run without a shell in the working directory */
  readonly command: readonly string[];
  /** how long a call waits for people; default `[gateway.mcp] approval_wait_seconds` */
  readonly waitSeconds?: number;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** calls being judged before reading from the client pauses */
const MAX_DECIDING = 64;
/** bytes of our own that may wait for a slow client before reading from it pauses */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** how long a server may take to end by itself once the client has closed its end and no call is under way */
const END_GRACE_MS = 5000;
/** and how long where a call is */
const BUSY_GRACE_MS = 300_000;
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/**
 * Puts the governor between an MCP client (stdin, stdout) and a stdio MCP server that it starts. Every frame passes as
 * the bytes it is; tool calls are judged on the way. Resolves with the server's exit code (128 + n where signal n ended
 * it) once the server is gone; a command that can't be started gives 127 or 126.
 */
export async function runProxy(options: ProxyOptions): Promise<number> {
  const { stdin, stdout, stderr } = options;
  const cwd = process.cwd();
  const known = serverFromCommand(options.command);
  const report = (line: string): void => void stderr.write(`ggen-mcp proxy: ${line}\n`);
  const server = startServer(options.command, cwd, stderr);
  const unread = new Set<'server' | 'unread' | 'deciding'>();
  let clientEnded = false;
  let clientGone = false;
  let closing: 'no' | 'busy' | 'idle' = 'no';

  const hold = (why: 'server' | 'unread' | 'deciding'): void => {
    if (unread.size === 0) stdin.pause();
    unread.add(why);
  };
  const release = (why: 'server' | 'unread' | 'deciding'): void => {
    if (unread.delete(why) && unread.size === 0) stdin.resume();
  };
  const closeWhenIdle = (): void => {
    if (!clientEnded || closing === 'idle' || !session.isSent()) return;
    const state = session.isIdle() ? 'idle' : 'busy';
    if (closing !== state) server.end(state === 'idle' ? END_GRACE_MS : BUSY_GRACE_MS, 'SIGTERM');
    closing = state;
  };

  const session = createProxySession({
    system: options.system,
    agent: options.agent,
    session: options.session,
    provider: options.provider,
    server: options.server ?? known.name,
    serverArgs: known.args,
    cwd,
    waitSeconds: options.waitSeconds,
    report,
    toServer: (bytes) => {
      if (!server.stdin.write(bytes) && !server.stdin.destroyed) hold('server');
    },
    toClient: (bytes) => {
      if (clientGone || stdout.write(bytes)) return;
      server.stdout.pause();
      if (stdout.writableLength > MAX_UNREAD_BYTES) hold('unread');
    },
    clientIsBehind: () => stdout.writableNeedDrain,
    onDecided: () => {
      if (session.deciding() < MAX_DECIDING / 2) release('deciding');
      closeWhenIdle();
    },
  });

  const lines = createLineSplitter({
    maxBytes: MAX_LINE_BYTES,
    onLine: (line) => {
      session.fromClient(line);
      if (session.deciding() >= MAX_DECIDING) hold('deciding');
    },
    onOversize: () => session.oversize(MAX_LINE_BYTES),
  });

  const onSignal = (signal: NodeJS.Signals): void => {
    // a client whose SIGTERM does nothing sends SIGKILL next, and then nobody would be left to end the server
    if (signal === 'SIGTERM' || signal === 'SIGHUP') server.end(0, signal);
    else server.signal(signal);
  };
  const onClientEnd = (): void => {
    if (clientEnded) return;
    clientEnded = true;
    lines.end();
    session.clientEnded();
    closeWhenIdle();
  };
  const onClientGone = (): void => {
    clientGone = true;
    server.stdout.resume(); // nobody reads it any more, and the server must not hang on it
    onClientEnd();
    server.end(0, 'SIGTERM');
  };

  for (const signal of PASSED_ON) process.on(signal, onSignal);
  server.stdin.on('drain', () => release('server'));
  stdout.on('drain', () => {
    server.stdout.resume();
    release('unread');
  });
  // INVARIANT: no server outlives its client. A listener that ends the process when stdout closes, as a command line
  // has one, would leave the server behind, so ours is the only one as long as there is a server.
  const others = stdout.listeners('error') as ((error: Error) => void)[];
  stdout.removeAllListeners('error');
  stdout.on('error', onClientGone);
  server.stdout.on('data', (chunk: Buffer) => {
    session.fromServer(chunk);
    closeWhenIdle();
  });
  stdin.on('data', lines.push);
  stdin.on('end', onClientEnd);
  stdin.on('close', onClientEnd);
  stdin.on('error', onClientEnd);

  const end = await server.ended;
  if (end.code === 127 || end.code === 126) report(end.why);
  stdin.pause();
  stdin.off('data', lines.push);
  session.serverEnded(end.why);
  await session.settled();
  for (const signal of PASSED_ON) process.off(signal, onSignal);
  if (!clientGone) await flushed(stdout);
  for (const listener of others) stdout.on('error', listener);
  return end.code;
}

/** Resolves when everything written to the client has left this process, or the client is gone. */
function flushed(stream: Writable): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
    stream.write('', () => resolve());
  });
}
