// kill -9 at any moment: what was acknowledged is there, in its place, and the log verifies and goes on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../contract/store-samples.ts';
import { expectWhole, fillLog, type LogWriterProcess, type Said, SEED, SOAK, startLogWriter } from './log-check.ts';

const ROUNDS = SOAK ? 500 : 15;
/** So many rounds go on one log; then a new one is begun, for checking takes longer the longer it is. */
const ROUNDS_OF_ONE = 15;

let folder: string;
let running: LogWriterProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-kill-'));
});
afterEach(async () => {
  for (const one of running) one.process.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a writer and kills it at some moment after it has said some lines, or while it is still opening the log. */
async function writeAndKill(place: string, random: () => number, burst: boolean): Promise<Said> {
  const callers = burst ? 200 : 1 + Math.floor(random() * 40);
  const afterLines = random() < 0.1 ? 0 : 1 + Math.floor(random() * (burst ? 500 : 150));
  const moreMs = random() * (afterLines === 0 ? 400 : 12);
  const packBeside = random() < 0.5;
  const work = { folder: place, seed: Math.floor(random() * 2 ** 32), writes: 1e9, callers, packBeside };
  let due = false;
  const kill = (): void => {
    due = true;
    setTimeout(() => writer.process.kill('SIGKILL'), moreMs);
  };
  const writer: LogWriterProcess = startLogWriter(work, {
    onLine: (count) => {
      if (!due && afterLines > 0 && count >= afterLines) kill();
    },
  });
  running.push(writer);
  if (afterLines === 0) kill();
  const { said, how, stderr } = await writer.ended;
  expect({ how, stderr: stderr.replace(/^\(.*\n/gm, '') }).toEqual({ how: 'SIGKILL', stderr: '' });
  expect([...said.failed]).toEqual([]);
  return said;
}

it(`${ROUNDS} times, one process or two at once, nothing that was acknowledged is lost`, async () => {
  const random = seededRandom(SEED);
  let acknowledged = 0;
  let longest = 0;
  let twice = 0;
  let packed = 0;
  let before: Said[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = join(folder, `log-${Math.floor(round / ROUNDS_OF_ONE)}`);
    if (round % ROUNDS_OF_ONE === 0) {
      rmSync(join(folder, `log-${Math.floor(round / ROUNDS_OF_ONE) - 1}`), { recursive: true, force: true });
      before = [];
      // The first rounds fill tiles; later ones are killed while they pack them.
      await fillLog(place, 400 + Math.floor(random() * 110));
    }
    const writers = random() < 0.3 ? 2 : 1;
    const burst = round % ROUNDS_OF_ONE < 2 || random() < 0.1;
    running = [];
    const said = await Promise.all(Array.from({ length: writers }, () => writeAndKill(place, random, burst)));
    before.push(...said);
    longest = Math.max(longest, await expectWhole(place, before));
    acknowledged += said.reduce((sum, { acked }) => sum + acked.size, 0);
    packed += said.reduce((sum, one) => sum + one.packed, 0);
    if (writers === 2) twice += 1;
  }
  console.log(
    `kill -9, seed ${SEED}: ${ROUNDS} rounds, ${twice} with two processes, ` +
      `${acknowledged} entries acknowledged, ${packed} packed meanwhile, the longest log has ${longest}`,
  );
  expect(longest).toBeGreaterThan(768);
  expect(packed).toBeGreaterThan(0);
}, 3_600_000);
