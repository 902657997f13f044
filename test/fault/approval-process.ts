// Processes that ask, vote and use on one store, and that may be killed at any moment.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './approval-child.ts';

const CHILD = fileURLToPath(new URL('./approval-child.ts', import.meta.url));

export interface ApprovalProcess {
  readonly process: ChildProcess;
  /** Resolves when it has opened the store and takes tasks; undefined where it ended before. */
  readonly ready: Promise<number | undefined>;
  /** Resolves when an agent that decides in it has begun to. */
  readonly agentBegun: Promise<void>;
  /** What became of the task; undefined where the process ended before it said so, and nobody knows. */
  perform(task: Task): Promise<Answer | undefined>;
  /** How many tasks it has been given and not answered. */
  under(): number;
  kill(): Promise<number | string>;
  /** Lets it finish what it was given, and end. */
  end(): Promise<number | string>;
}

/** Starts one over a governed folder. `watch`: it does what is due by itself. */
export function startApprovalProcess(root: string, { watch = false, onAnswer = () => {} } = {}): ApprovalProcess {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ root, watch })], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, (answer: Answer | undefined) => void>();
  let count = 0;
  let over = false;
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // it may have been killed
  const ready = Promise.withResolvers<number | undefined>();
  const begun = Promise.withResolvers<void>();
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    const told = JSON.parse(line) as { ready?: number; begun?: string; n?: number; answer?: Answer };
    if (told.ready !== undefined) ready.resolve(told.ready);
    if (told.begun !== undefined) begun.resolve();
    if (told.n === undefined) return;
    waiting.get(told.n)?.(told.answer);
    waiting.delete(told.n);
    onAnswer();
  });
  const exited = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const drained = new Promise<void>((resolve) => output.on('close', () => resolve()));
  const ended = Promise.all([exited, drained]).then(([how]) => {
    over = true;
    ready.resolve(undefined);
    for (const resolve of waiting.values()) resolve(undefined);
    waiting.clear();
    if (how !== 'SIGKILL' && how !== 0) throw new Error(`it ended with ${how}: ${stderr}`);
    return how;
  });
  ended.catch(() => {}); // whoever ends it hears of it
  return {
    process: child,
    ready: ready.promise,
    agentBegun: begun.promise,
    perform: (task) =>
      new Promise((resolve) => {
        if (over) return resolve(undefined);
        count += 1;
        waiting.set(count, resolve);
        child.stdin.write(`${JSON.stringify({ n: count, task })}\n`);
      }),
    under: () => waiting.size,
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}
