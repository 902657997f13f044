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
  /** more was printed than is kept, or something that goes on still holds the output */
  readonly truncated: boolean;
  /** the same of standard output alone */
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
  /** hears standard output as it comes, as long as it is kept */
  readonly onStdout?: (chunk: Buffer) => void;
  /**
   * The program is the head of a group of its own, and whatever it started ends with it: when it ends, at the time
   * limit, at `signal`, and when this process ends by itself. What left the group is let go, its output too.
   */
  readonly withChildren?: boolean;
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
  const { withChildren = false } = options;
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        shell: false,
        stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        cwd: options.cwd,
        env: options.env as NodeJS.ProcessEnv,
        detached: withChildren,
        ...(options.timeoutMs && !withChildren ? { timeout: options.timeoutMs } : {}),
        ...(options.signal && !withChildren ? { signal: options.signal, killSignal: 'SIGKILL' as const } : {}),
      });
    } catch (error) {
      reject(new GgenError('INPUT_INVALID', `the words can't be started: ${(error as Error).message}`));
      return;
    }
    // One that reads nothing of it ends as it likes.
    child.stdin?.on('error', () => undefined).end(options.input);
    if (withChildren) endWithChildren(child, options);
    const out = collect(child.stdout!, kept, options.onStdout);
    const err = collect(child.stderr!, kept);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return;
      const missing = error.code === 'ENOENT';
      const why = missing ? `there is no program ${JSON.stringify(program)}, or no folder to run it in` : error.message;
      reject(new GgenError(missing ? 'NOT_FOUND' : 'INPUT_INVALID', why));
    });
    child.on('close', (exitCode, signal) => {
      const stdoutTruncated = out.truncated();
      const truncated = stdoutTruncated || err.truncated();
      resolve({ exitCode, signal, stdout: out.text(), stderr: err.text(), truncated, stdoutTruncated });
    });
  });
}

function endWithChildren(child: ChildProcess, { timeoutMs, signal }: RunOptions): void {
  const { pid } = child;
  if (pid === undefined) return;
  const killGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody of it is left.
    }
  };
  const end = (): void => {
    clearTimeout(timer);
    killGroup();
    // What left the group may hold these open for ever.
    for (const stream of child.stdio) stream?.destroy();
    child.unref();
  };
  const forget = onExit(killGroup);
  const timer = timeoutMs ? setTimeout(end, timeoutMs) : undefined;
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end, { once: true });
  child.on('exit', () => {
    killGroup();
    forget();
    // What left the group may hold the output open for ever.
    const late = setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy();
    }, DRAIN_MS);
    child.on('close', () => clearTimeout(late));
  });
  child.on('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  });
}

function collect(
  stream: NodeJS.ReadableStream,
  kept: number,
  hear?: (chunk: Buffer) => void,
): { text(): string; truncated(): boolean } {
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
    hear?.(part);
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), truncated: () => all > size || !ended };
}
