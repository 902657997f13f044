import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StorePlace } from './store-kinds.ts';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));

/** A running store-child.ts, and what it has said so far. */
export interface Worker {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** The next line not yet taken; undefined once the process has ended. */
  next(): Promise<string | undefined>;
  say(line: string): void;
  /** Resolves when the process has ended and everything it said was read; its exit code, or the signal's name. */
  ended: Promise<number | string>;
}

export function startWorker(job: string, place: StorePlace, count = 0): Worker {
  const child = spawn(process.execPath, [CHILD, job, JSON.stringify(place), String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let taken = 0;
  let over = false;
  const wake = (): void => {
    while (waiting.length > 0 && (taken < lines.length || over)) waiting.shift()!(lines[taken++]);
  };
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    lines.push(line);
    wake();
  });
  const exited = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  const drained = new Promise<void>((resolve) => output.on('close', () => resolve()));
  const ended = Promise.all([exited, drained]).then(([how]) => {
    over = true;
    wake();
    return how;
  });
  return {
    process: child,
    lines,
    ended,
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        wake();
      }),
    say: (line) => {
      child.stdin.write(`${line}\n`);
    },
  };
}

/** What a worker was told is durable: by entry id the sequence number, where it was told with it. */
export function acknowledged(lines: readonly string[]): Map<string, number | undefined> {
  const acks = lines.map((line) => /^ack (\S+) (\d+|undefined)$/.exec(line)).filter((match) => match !== null);
  return new Map(acks.map((match) => [match[1]!, match[2] === 'undefined' ? undefined : Number(match[2])]));
}
