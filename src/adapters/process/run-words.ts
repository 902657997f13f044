import { type ChildProcess, spawn } from 'node:child_process';
import { GgenError } from '../../kernel/errors.ts';
import { onExit } from './exit.ts';

/** What a program left behind. */
export interface CommandOutput {
  /** null where a signal ended it */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** more was printed than is kept */
  readonly truncated: boolean;
  /** stdout is not all that was printed there, or is held open by what the program left running */
  readonly stdoutTruncated: boolean;
}

export interface RunOptions {
  readonly cwd: string;
  /** the whole environment; nothing else is inherited */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** ends the program, with all it printed until then kept; 0: no limit */
  readonly timeoutMs?: number;
  /** bytes kept of each stream, default 1 MiB */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
  /** what comes in on its standard input, which is closed then; without it, it is closed at once */
  readonly input?: string;
  /**
   * It runs in a process group of its own, away from the terminal, and the whole group is ended with it: at the limit,
   * when it ends by itself, and when this process does. Without it, what it started may go on.
   */
  readonly endGroup?: boolean;
}

const KEPT = 1024 * 1024;
/** How long the output of a program that has ended is waited for, where something else still holds it open. */
const DRAIN_MS = 1000;

/**
 * Starts exactly these words, without a shell: what was judged is what runs. Throws
 * NOT_FOUND where there is no such program, INPUT_INVALID where the words can't be started.
 */
export function runWords(argv: readonly string[], options: RunOptions): Promise<CommandOutput> {
  const [program, ...args] = argv;
  if (program === undefined || program === '') throw new GgenError('INPUT_INVALID', 'there is no program to run');
  const kept = options.maxOutputBytes ?? KEPT;
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        shell: false,
        stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        cwd: options.cwd,
        env: options.env as NodeJS.ProcessEnv,
        ...(options.endGroup ? { detached: true } : limits(options)),
      });
    } catch (error) {
      reject(new GgenError('INPUT_INVALID', `the words can't be started: ${(error as Error).message}`));
      return;
    }
    // One that reads nothing of it ends as it likes.
    child.stdin?.on('error', () => undefined).end(options.input);
    const out = collect(child.stdout!, kept);
    const err = collect(child.stderr!, kept);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return;
      const missing = error.code === 'ENOENT';
      const why = missing ? `there is no program ${JSON.stringify(program)}, or no folder to run it in` : error.message;
      reject(new GgenError(missing ? 'NOT_FOUND' : 'INPUT_INVALID', why));
    });
    child.on('close', (exitCode, signal) => {
      const truncated = out.truncated() || err.truncated();
      const stdoutTruncated = out.truncated();
      resolve({ exitCode, signal, stdout: out.text(), stderr: err.text(), truncated, stdoutTruncated });
    });
    if (options.endGroup && child.pid !== undefined) endGroupOf(child, child.pid, options);
  });
}

function limits({ timeoutMs, signal }: RunOptions): object {
  return {
    ...(timeoutMs ? { timeout: timeoutMs } : {}),
    ...(signal ? { signal, killSignal: 'SIGKILL' as const } : {}),
  };
}

/** THREAT: what a program leaves running would go on with what it was given, and keep whoever waits for its output. */
function endGroupOf(child: ChildProcess, pid: number, { timeoutMs, signal }: RunOptions): void {
  const end = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  };
  const forget = onExit(end);
  const timer = timeoutMs ? setTimeout(end, timeoutMs) : undefined;
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  child.on('exit', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    forget();
    end();
    // What left the group may still hold the output.
    const late = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, DRAIN_MS);
    child.on('close', () => clearTimeout(late));
  });
}

function collect(stream: NodeJS.ReadableStream, kept: number): { text(): string; truncated(): boolean } {
  const chunks: Buffer[] = [];
  let size = 0;
  let all = 0;
  let ended = false;
  stream.on('end', () => {
    ended = true;
  });
  stream.on('data', (chunk: Buffer) => {
    all += chunk.length;
    if (size >= kept) return;
    const part = chunk.subarray(0, kept - size);
    chunks.push(part);
    size += part.length;
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), truncated: () => all > size || !ended };
}
