// The end of the write-ahead log is lost: what stood before it is there, and the witness tells that there was more.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import { parseCheckpoint, parseSignedNote } from '../../src/audit/index.ts';
import { seededRandom } from '../contract/store-samples.ts';
import { fillLog, readOrder, type Said, SEED, SOAK, startLogWriter, verifyAt, withLog } from './log-check.ts';
import { databaseOf, keysFolderOf, witnessPathOf } from './log-place.ts';

const ROUNDS = SOAK ? 20 : 2;
const CUTS = SOAK ? 100 : 20;
/** Of a write-ahead log (sqlite.org/fileformat2.html#the_write_ahead_log), in bytes. */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-torn-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Where the transactions of a write-ahead log end. */
function commitEnds(wal: Buffer): number[] {
  const frame = FRAME_HEADER + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  const ends: number[] = [];
  for (let at = WAL_HEADER; at + frame <= wal.length; at += frame) {
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    if (wal.readUInt32BE(at + 4) !== 0) ends.push(at + frame);
  }
  return ends;
}

/** The files as they are in the middle of writing, what was said until then, and nothing of what came later. */
async function interrupted(random: () => number): Promise<{ said: Said; place: string }> {
  const live = join(folder, 'live');
  const place = join(folder, 'interrupted');
  for (const one of [live, place]) rmSync(one, { recursive: true, force: true });
  // The child fills a tile.
  await fillLog(live, 500);
  const stopAt = 15 + Math.floor(random() * 25);
  let copied = false;
  // It writes no more than the write-ahead log takes before it is copied into the database.
  const work = { folder: live, seed: Math.floor(random() * 2 ** 32), writes: 15, callers: 3, stays: true };
  const child = startLogWriter(work, {
    onLine: (count) => {
      if (copied || count < stopAt) return;
      copied = true;
      child.process.kill('SIGSTOP');
      mkdirSync(place);
      for (const path of [databaseOf, witnessPathOf]) copyFileSync(path(live), path(place));
      copyFileSync(`${databaseOf(live)}-wal`, `${databaseOf(place)}-wal`);
      cpSync(keysFolderOf(live), keysFolderOf(place), { recursive: true });
      child.process.kill('SIGKILL');
    },
  });
  const { said } = await child.ended;
  return { said, place };
}

function witnessed(place: string, origin: string): number {
  const notes = createFileWitness({ path: witnessPathOf(place) }).seen(origin);
  return Math.max(...notes.map((note) => parseCheckpoint(parseSignedNote(note).text).size));
}

it('at any byte: every entry before it is there, and the log verifies or is told to be cut', async () => {
  const random = seededRandom(SEED);
  let told = 0;
  let whole = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { said, place } = await interrupted(random);
    const walPath = `${databaseOf(place)}-wal`;
    const wal = readFileSync(walPath);
    const ends = commitEnds(wal);
    expect(ends.length).toBeGreaterThan(3);
    // Nothing of it is in the database yet: that would be kept whatever becomes of its end.
    expect(wal.length / (FRAME_HEADER + wal.readUInt32BE(8))).toBeLessThan(1000);
    /** The end of the transaction that wrote an entry. */
    const writtenBy = (id: string): number | undefined => {
      const at = wal.indexOf(Buffer.from(id.replaceAll('-', ''), 'hex'));
      expect(at).toBeGreaterThan(0);
      return ends.find((end) => end > at);
    };
    const due = new Map([...said.acked.keys()].map((id) => [id, writtenBy(id)]));
    for (let i = 0; i < CUTS; i += 1) {
      const cut = Math.floor(random() * (wal.length + 1));
      const torn = join(folder, 'torn');
      rmSync(torn, { recursive: true, force: true });
      cpSync(place, torn, { recursive: true });
      // Either the file ends there, or what follows is not what was written.
      const rest = random() < 0.5 ? Buffer.alloc(0) : Buffer.from(wal.subarray(cut).map((byte) => byte ^ 0xff));
      writeFileSync(`${databaseOf(torn)}-wal`, Buffer.concat([wal.subarray(0, cut), rest]));
      await withLog(torn, async (store) => {
        const order = await readOrder(store);
        const lost = [...due].filter(([id, end]) => end !== undefined && end <= cut && !order.has(id));
        expect({ cut, lost }).toEqual({ cut, lost: [] });
        const there = [...due].filter(([id, end]) => (end === undefined || end > cut) && order.has(id));
        expect({ cut, there }).toEqual({ cut, there: [] });
        const { origin } = await store.head();
        const seen = witnessed(torn, origin);
        const verified = await verifyAt(torn, store);
        if (seen <= order.size) {
          expect(verified).toMatchObject({ ok: true, problems: [], size: order.size });
          whole += 1;
        } else {
          const message = expect.stringContaining(`has seen ${seen} entries, the log has ${order.size}: it was cut`);
          expect(verified).toMatchObject({ ok: false, problems: [{ message }], size: order.size });
          told += 1;
        }
      });
    }
  }
  console.log(
    `torn write-ahead logs, seed ${SEED}: ${ROUNDS} logs, ${ROUNDS * CUTS} cuts, ` +
      `${whole} verified, ${told} told as cut by the witness`,
  );
  expect(told).toBeGreaterThan(0);
}, 600_000);
