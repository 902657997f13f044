import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { renderTable } from '../store/statistics.ts';
import { count, judged, median } from './goals.ts';
import { ourLogger, ourStore } from './ours.ts';
import { bareRows, type Contender, chainedLines, microsoftLog, rawLines } from './rivals.ts';
import { createWorld } from './world.ts';

const CALLERS = 1000;
/** Batches that each contender writes in a round. */
const BATCHES = 5;

/** Durable appends with 1,000 callers in flight, beside what writes the same entries with less to show for it. */
export async function benchAppend(folder: string, rounds: number): Promise<string> {
  const place = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const contenders: Contender[] = [
    ourLogger(place('logger'), false),
    ourLogger(place('logger-compressing'), true),
    await ourStore(place('store')),
    bareRows(join(folder, 'bare-2048.db'), 2048),
    bareRows(join(folder, 'bare-4096.db'), 4096),
    chainedLines(join(folder, 'chain.jsonl')),
    rawLines(join(folder, 'raw.jsonl')),
    microsoftLog(),
  ];
  const bare = 3;
  const world = createWorld((rounds + 1) * BATCHES * CALLERS, Date.now());
  const rates = contenders.map((): number[] => []);
  let n = 0;
  // the first round opens files and fills the write-ahead logs for the first time
  for (let round = -1; round < rounds; round += 1) {
    const batches = Array.from({ length: BATCHES }, () => Array.from({ length: CALLERS }, () => world.entry(n++)));
    // whoever comes first pays for what was made before it: each in its turn
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const i = (turn + round + 1) % contenders.length;
      const { append } = contenders[i]!;
      const start = performance.now();
      for (const batch of batches) await append(batch);
      const seconds = (performance.now() - start) / 1000;
      if (round >= 0) rates[i]!.push((BATCHES * CALLERS) / seconds);
    }
  }
  for (const { close } of contenders) await close();
  const rows = contenders.map(({ name }, i) => {
    const rate = median(rates[i]!);
    const ratio = median(rates[i]!.map((one, round) => one / rates[bare]![round]!));
    const goal = i === 0 || i === 1 ? `${judged(ratio, '≥', 0.5, ' ×')}, ${judged(rate, '≥', 15_000, '/s')}` : '';
    return [name, count(rate), ratio.toFixed(2), goal];
  });
  return renderTable([
    [`${count(CALLERS)} callers in flight, durable on disk, ${rounds} rounds`, 'entries/s', '× bare', 'goal'],
    ...rows,
  ]);
}
