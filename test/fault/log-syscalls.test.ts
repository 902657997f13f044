// Each file operation of a process that writes to the log fails, finds the disk full, or is the last that it makes.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../contract/store-samples.ts';
import { expectGoesOn, expectWhole, fillLog, SEED, SOAK, startLogWriter } from './log-check.ts';

const STRACE = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** The places of one operation that are tried with one fault, at most. */
const PLACES = 120;
/** How many are tried where there isn't time for all. */
const SAMPLE = 20;
const CALLS = ['openat', 'pwrite64', 'write', 'fsync', 'fdatasync', 'rename', 'unlink', 'ftruncate', 'mkdir'] as const;
/** Operations that Node itself makes too, so that only those on the log's own files are counted and tampered with. */
const COMMON: readonly string[] = ['openat', 'write'];
/** `always`: from then on; `dies`: the process is killed as soon as it was refused something. */
const FAULTS = {
  'EIO once': { what: 'error=EIO' },
  'EIO once, killed': { what: 'error=EIO', dies: true },
  'EIO from then on': { what: 'error=EIO', always: true },
  'EIO from then on, killed': { what: 'error=EIO', always: true, dies: true },
  'ENOSPC once': { what: 'error=ENOSPC' },
  'ENOSPC from then on': { what: 'error=ENOSPC', always: true },
  'ENOSPC from then on, killed': { what: 'error=ENOSPC', always: true, dies: true },
  SIGKILL: { what: 'signal=SIGKILL' },
} as const satisfies Record<string, { what: string; always?: boolean; dies?: boolean }>;
const TAKES_ROOM: readonly string[] = ['openat', 'pwrite64', 'write', 'ftruncate', 'mkdir', 'rename'];

interface Injection {
  readonly fresh: boolean;
  readonly call: string;
  readonly fault: keyof typeof FAULTS;
  readonly when: number;
}

let root: string;
let base: string;
let place: string;

beforeAll(async () => {
  if (!STRACE) return;
  root = mkdtempSync(join(tmpdir(), 'ggen-log-syscalls-'));
  base = join(root, 'base');
  place = join(root, 'log');
  // The child's entries fill a tile.
  await fillLog(base, 762);
});
afterAll(() => {
  if (root) rmSync(root, { recursive: true, force: true });
});

function prepare(fresh: boolean): void {
  rmSync(place, { recursive: true, force: true });
  if (fresh) mkdirSync(place, { mode: 0o700 });
  else cpSync(base, place, { recursive: true });
}

/** The log's own files, as strace's options. */
function onlyOurs(): string[] {
  const names = ['', '/audit.db', '/audit.db-wal', '/audit.db-shm', '/audit.db-journal', '/w.notes', '/keys'];
  const paths = names.map((name) => place + name);
  try {
    for (const name of readdirSync(join(place, 'keys'))) paths.push(join(place, 'keys', name));
  } catch {
    // a new log: its keys are not there yet
  }
  return paths.flatMap((path) => ['-P', path]);
}

async function run(fresh: boolean, options: readonly string[], calls: readonly string[], dieRefused = false) {
  prepare(fresh);
  const log = join(root, 'strace.txt');
  const filter = calls.some((call) => COMMON.includes(call)) ? onlyOurs() : [];
  const before = ['strace', '-o', log, ...filter, '-e', `trace=${calls.join(',')}`, ...options];
  const work = { folder: place, seed: SEED, writes: 15, callers: 4, pack: 3, dieRefused };
  const ended = await startLogWriter(work, { before }).ended;
  return { ...ended, trace: readFileSync(log, 'utf8').split('\n') };
}

/** How often each operation happens, where nothing goes wrong. */
async function count(fresh: boolean): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const calls of [COMMON, CALLS.filter((call) => !COMMON.includes(call))]) {
    const { said, trace } = await run(fresh, [], calls);
    expect(said).toMatchObject({ closed: true, failed: new Map() });
    for (const call of calls) counts.set(call, trace.filter((line) => line.startsWith(`${call}(`)).length);
  }
  return counts;
}

function injections(fresh: boolean, counts: Map<string, number>, random: () => number): Injection[] {
  const all: Injection[] = [];
  for (const [call, times] of counts) {
    for (const fault of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
      if (fault.startsWith('ENOSPC') && !TAKES_ROOM.includes(call)) continue;
      const whens = Array.from({ length: times }, (_, i) => i + 1);
      while (whens.length > PLACES) whens.splice(Math.floor(random() * whens.length), 1);
      for (const when of whens) all.push({ fresh, call, fault, when });
    }
  }
  return all;
}

/**
 * Some of all: half of them where entries are written, and each operation with each fault with the same chance; one
 * dies at a sync, which happens in every run.
 */
function sample(all: readonly Injection[], size: number, random: () => number): Injection[] {
  const writes = all.filter(({ call }) => call === 'pwrite64' || call === 'fsync');
  const dying = all.filter(({ call, fault }) => call === 'fsync' && fault === 'SIGKILL').slice(0, 1);
  const drawn = [writes, all].flatMap((some) => {
    const groups = [...Map.groupBy(some, ({ call, fault }) => `${call} ${fault}`).values()];
    return Array.from({ length: size / 2 }, () => {
      const group = groups[Math.floor(random() * groups.length)]!;
      return group[Math.floor(random() * group.length)]!;
    });
  });
  return [...dying, ...drawn];
}

/** What came of it, in a few words. */
async function inject({ fresh, call, fault, when }: Injection): Promise<string> {
  const { what, always, dies }: { what: string; always?: boolean; dies?: boolean } = FAULTS[fault];
  const option = `inject=${call}:${what}:when=${when}${always ? '+' : ''}`;
  const { said, how, stderr, trace } = await run(fresh, ['-e', option], [call], dies);
  const context = `${option}${fresh ? ' (new log)' : ''}`;
  const hit = trace.some((line) => line.includes('(INJECTED)') || line.startsWith('+++ killed by SIGKILL'));
  const killed = fault === 'SIGKILL' ? hit : dies === true && said.failed.size > 0;
  expect({ context, stderr: stderr.replace(/^\(.*\n/gm, '') }).toEqual({ context, stderr: '' });
  expect({ context, how }).toEqual({ context, how: killed ? 'SIGKILL' : 0 });
  for (const [what, message] of said.failed) {
    expect({ context, what, message }).toMatchObject({
      message: expect.stringMatching(/^STORE_UNAVAILABLE [^\n]+ \([^\n]+\)$/),
    });
  }
  const size = await expectWhole(place, [said]).catch((error: unknown) => {
    throw new Error(`${context}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  await expectGoesOn(place, size);
  if (!hit) return 'not reached';
  if (fault === 'SIGKILL') return 'killed';
  if (said.failed.has('open')) return 'refused to open';
  return said.failed.size > 0 ? 'refused entries' : 'went on';
}

describe.skipIf(!STRACE)('each file operation of a writer (needs strace)', () => {
  it('fails, finds no room, or is its last: the log holds what was acknowledged and nothing that was refused', async () => {
    const random = seededRandom(SEED);
    const tries: Injection[] = [];
    for (const fresh of [false, true]) {
      const all = injections(fresh, await count(fresh), random);
      tries.push(...(SOAK ? all : sample(all, fresh ? SAMPLE * 0.4 : SAMPLE * 0.6, random)));
    }
    const outcomes = new Map<string, Map<string, number>>();
    const broken: string[] = [];
    for (const one of tries) {
      const outcome = await inject(one).catch((error: unknown) => {
        broken.push(`${JSON.stringify(one)}: ${error instanceof Error ? error.message : String(error)}`);
        return 'BROKE';
      });
      const key = `${one.call} ${one.fault}${one.fresh ? ' (new log)' : ''}`;
      const row = outcomes.get(key) ?? new Map<string, number>();
      outcomes.set(key, row.set(outcome, (row.get(outcome) ?? 0) + 1));
    }
    const rows = [...outcomes].map(([key, row]) => `${key}: ${[...row].map(([how, n]) => `${n} ${how}`).join(', ')}`);
    console.log(`faults of file operations, seed ${SEED}, ${tries.length} injected\n${rows.sort().join('\n')}`);
    expect(broken).toEqual([]);
    expect([...outcomes.values()].some((row) => row.has('killed'))).toBe(true);
  }, 7_200_000);

  it('fails while it packs: that is told as every fault of the disk, changes nothing, and what comes next is recorded', async () => {
    prepare(false);
    await fillLog(place, 6);
    const before = ['strace', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=1'];
    const work = { folder: place, seed: SEED, writes: 0, callers: 0, pack: 1 };
    const { said, how } = await startLogWriter(work, { before }).ended;
    expect(how).toBe(0);
    expect([...said.failed]).toEqual([
      ['compact', expect.stringMatching(/^STORE_UNAVAILABLE .* could not be read or/)],
    ]);
    expect([...said.acked.values()]).toEqual([769, 770, 771, 772, 773]);
    await expectGoesOn(place, await expectWhole(place, [said]));
  });
});
