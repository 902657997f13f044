import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** How a server process ended, as an exit code for the proxy and as words. */
export interface ServerEnd {
  readonly code: number;
  readonly why: string;
}

export interface ServerProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly ended: Promise<ServerEnd>;
  signal(signal: NodeJS.Signals): void;
  /** Closes its input and asks it to end: `signal` after `graceMs`, SIGKILL 1.5 s after that. */
  end(graceMs: number, signal: NodeJS.Signals): void;
}

const KILL_MS = 1500;
const DRAIN_MS = 500;

/** Starts a server, without a shell. A command that can't be started ends with 127 (not found) or 126. */
export function startServer(command: readonly string[], cwd: string, stderr: Writable): ServerProcess {
  const [program = '', ...args] = command;
  const inherits = stderr === process.stderr;
  const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', inherits ? 'inherit' : 'pipe'] });
  if (!inherits) child.stderr?.pipe(stderr, { end: false });
  // a server that closes its input early is no fault of ours: its exit says what happened
  child.stdin?.on('error', () => undefined);
  child.stdout?.on('error', () => undefined);
  const ended = endOf(child, program);

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => isRunning() && act(), ms);
    ended.then(() => clearTimeout(timer)).catch(() => undefined);
  };

  return {
    stdin: child.stdin!,
    stdout: child.stdout!,
    ended,
    signal: (signal) => {
      if (isRunning()) child.kill(signal);
    },
    end: (graceMs, signal) => {
      child.stdin?.end();
      later(graceMs, () => child.kill(signal));
      later(graceMs + KILL_MS, () => child.kill('SIGKILL'));
    },
  };
}

function endOf(child: ChildProcess, program: string): Promise<ServerEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const missing = error.code === 'ENOENT';
      resolve({
        code: missing ? 127 : 126,
        why: `the MCP server could not be started: ${program}: ${missing ? 'not found' : (error.code ?? 'failed')}`,
      });
    });
    child.once('exit', (code, signal) => {
      const end: ServerEnd =
        signal === null
          ? { code: code ?? 1, why: `the MCP server ended (exit code ${code ?? 1})` }
          : { code: 128 + (constants.signals[signal] ?? 0), why: `the MCP server was ended by ${signal}` };
      // What it wrote before it ended is still to be read, at the client's pace; a grandchild that holds the pipe and
      // says nothing is not waited for.
      let busy = false;
      child.stdout?.on('data', () => {
        busy = true;
      });
      const timer = setInterval(() => {
        if (!busy && !child.stdout?.isPaused()) child.stdout?.destroy();
        busy = false;
      }, DRAIN_MS);
      child.once('close', () => {
        clearInterval(timer);
        resolve(end);
      });
    });
  });
}
