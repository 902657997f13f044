import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTable } from '../store/statistics.ts';
import { count, judged, median } from './goals.ts';

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url));
const COUNTS = [1, 4] as const;

/** One process and four on one file each, 1,000 callers in flight in every one of them. */
export async function benchProcesses(folder: string, rounds: number, total: number): Promise<string> {
  const rates = COUNTS.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, processes] of COUNTS.entries()) {
      const place = join(folder, `processes-${processes}`);
      mkdirSync(place, { recursive: true });
      const seconds = await together(place, processes, total / processes, round);
      rates[i]!.push(total / seconds);
    }
  }
  const rows = COUNTS.map((processes, i) => {
    const ratio = median(rates[i]!.map((rate, round) => rate / rates[0]![round]!));
    const goal = processes === 1 ? '' : judged(ratio, '≥', 1, ' ×');
    return [`${processes} of them on one file, together`, count(median(rates[i]!)), ratio.toFixed(2), goal];
  });
  return renderTable([[`processes that log, ${rounds} rounds`, 'entries/s', '× one', 'goal'], ...rows]);
}

/** From the word to begin until the last has heard that its entries are durable, in seconds. */
async function together(folder: string, processes: number, each: number, round: number): Promise<number> {
  const writers: ChildProcess[] = [];
  // the first makes database and key, before the others look for them
  for (let i = 0; i < processes; i += 1) {
    const writer = fork(WRITER, [folder, String(each), String(round * 10 + i + 1)]);
    writers.push(writer);
    await said(writer, 'ready');
  }
  const start = performance.now();
  const done = writers.map((writer) => said(writer, 'done'));
  for (const writer of writers) writer.send('begin');
  await Promise.all(done);
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(writers.map((writer) => writer.exitCode ?? new Promise((resolve) => writer.once('exit', resolve))));
  return seconds;
}

function said(writer: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.once('exit', (code) => reject(new Error(`a writer ended with ${code} before it was ${word}`)));
    writer.on('message', (message) => {
      if (message === word) resolve();
    });
  });
}
