// A disk that fills up at any point: what was acknowledged is there, the rest was refused, and with room it goes on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../contract/store-samples.ts';
import { expectGoesOn, expectWhole, type Said, SEED, SOAK, startLogWriter } from './log-check.ts';

const LIMITS = SOAK ? 60 : 15;
/** The write-ahead log of the child's work grows to about so much. */
const MOST_KIB = 1000;

/** In a mount namespace of its own, which ends with it, a small disk; what is on it in the end is copied off. */
const ON_SMALL_DISK =
  'mount -t tmpfs -o size="$0"k none "$1" && disk="$1" out="$2" && shift 2 && { "$@"; status=$?; cp -r "$disk/." "$out"; exit $status; }';
const unshare = ['unshare', '-m', ...(process.getuid?.() === 0 ? [] : ['-r'])];
const MOUNTS = spawnSync(unshare[0]!, [...unshare.slice(1), 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-full-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Small ones more often, for that is where the files are only just made. */
function limits(): number[] {
  const random = seededRandom(SEED);
  return Array.from({ length: LIMITS }, (_, i) => 4 + Math.floor(MOST_KIB * ((i + random()) / LIMITS) ** 2));
}

interface Tally {
  opened: number;
  refusedToOpen: number;
  neverFull: number;
  acked: number;
  refused: number;
}

async function atEachLimit(
  what: string,
  reason: RegExp,
  run: (kib: number, place: string) => Promise<{ said: Said; how: number | string; stderr: string }>,
): Promise<void> {
  const tally: Tally = { opened: 0, refusedToOpen: 0, neverFull: 0, acked: 0, refused: 0 };
  for (const kib of limits()) {
    const place = join(folder, String(kib));
    mkdirSync(place);
    const { said, how, stderr } = await run(kib, place);
    expect({ kib, how, stderr: stderr.replace(/^\(.*\n/gm, '') }).toEqual({ kib, how: 0, stderr: '' });
    for (const message of said.failed.values()) {
      expect({ kib, message }).toEqual({ kib, message: expect.stringMatching(/^STORE_UNAVAILABLE [^\n]+$/) });
      expect({ kib, message }).toEqual({ kib, message: expect.stringMatching(reason) });
    }
    if (said.failed.has('open')) tally.refusedToOpen += 1;
    else if (said.failed.size === 0) tally.neverFull += 1;
    else tally.opened += 1;
    tally.acked += said.acked.size;
    tally.refused += said.failed.size;
    const size = await expectWhole(place, [said]);
    expect({ kib, size }).toEqual({ kib, size: said.acked.size });
    await expectGoesOn(place, size);
    rmSync(place, { recursive: true });
  }
  console.log(`${what}, seed ${SEED}: ${LIMITS} limits, ${JSON.stringify(tally)}`);
  expect(tally.opened).toBeGreaterThan(0);
  expect(tally.refusedToOpen).toBeGreaterThan(0);
}

const work = (place: string) => ({ folder: place, seed: SEED, writes: 20, callers: 4, size: 2000 });

it('at any size that a file may have, nothing acknowledged is lost', async () => {
  // SQLite takes EFBIG, unlike ENOSPC, for a fault of the disk.
  const reason = /disk is full|could not be read or written|could not be (created|used): EFBIG .*free space/;
  await atEachLimit(
    'files limited in size',
    reason,
    (kib, place) => startLogWriter(work(place), { before: ['bash', '-c', `ulimit -f ${kib}; exec "$0" "$@"`] }).ended,
  );
}, 900_000);

describe.skipIf(!MOUNTS)('on a small disk (needs the right to mount one)', () => {
  it('of any size, nothing acknowledged is lost, and the rest is refused because the disk is full', async () => {
    const reason = /the disk is full|could not be (created|used): ENOSPC .*free space/;
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    await atEachLimit('disks limited in size', reason, (kib, place) => {
      const before = [...unshare, 'sh', '-c', ON_SMALL_DISK, String(kib * 2), disk, place];
      return startLogWriter(work(disk), { before }).ended;
    });
  }, 900_000);
});
