import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/adapters/sqlite/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { sampleEntry, sampleRequest } from '../contract/store-samples.ts';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const UNAVAILABLE = 'STORE_UNAVAILABLE';

let folder: string;
let path: string;
let stores: GovernanceStore[];
let raw: DatabaseSync[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-fault-'));
  path = join(folder, 'audit.db');
  stores = [];
  raw = [];
});
afterEach(async () => {
  for (const db of raw) if (db.isOpen) db.close();
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<GovernanceStore> {
  const keys = createLogKeys(`${path}.keys`);
  const store = await openSqliteStore({ path, durability: 'os', clock: Date.now, busyTimeoutMs: 60, keys, ...options });
  stores.push(store);
  return store;
}

/** The same file, past the store. */
function openRaw(): DatabaseSync {
  const db = new DatabaseSync(path);
  raw.push(db);
  return db;
}

const targets = async (store: GovernanceStore): Promise<(string | undefined)[]> =>
  (await store.query({ limit: 1000 })).map((entry) => entry.target).reverse();
const called = (target: string) => sampleEntry({ target });

describe('a lock that another process holds', () => {
  it('makes every kind of write fail, keeps nothing of them, and is over when it is released', async () => {
    const store = await open();
    const record = await store.createRequest(sampleRequest(Date.now()), called('asked'));
    const other = openRaw();
    other.exec('BEGIN IMMEDIATE');
    const change = { id: record.id, from: 'pending', to: 'approved', set: {}, entry: called('decided') } as const;
    const results = await Promise.allSettled([
      store.append(called('a')),
      store.appendSoon(called('b')),
      store.attempt(called('c'), { rate: { provider: 'x', limit: 5 } }),
      store.createRequest(sampleRequest(Date.now(), { requester: 'other' }), called('d')),
      store.changeRequest(change),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: UNAVAILABLE } });
      expect(String((result as PromiseRejectedResult).reason.message)).toContain('is locked by another process');
    }
    expect(await targets(store)).toEqual(['asked']);
    other.exec('COMMIT');
    expect(await store.append(called('e'))).toBe(2);
    expect(await targets(store)).toEqual(['asked', 'e']);
    expect((await store.getRequest(record.id))?.status).toBe('pending');
  });

  it('is waited for, without keeping this process from anything else', async () => {
    const store = await open({ busyTimeoutMs: 60_000 });
    const other = openRaw();
    other.exec('BEGIN IMMEDIATE');
    const waiting = [store.append(called('a')), store.append(called('b'))];
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    waiting.push(store.append(called('c')));
    expect(await targets(store)).toEqual([]);
    other.exec('COMMIT');
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  });

  it('lets a bounded number wait; whoever comes then is told at once', async () => {
    const store = await open({ busyTimeoutMs: 60_000, maxWaiting: 3, maxWaitingBytes: 1_000_000 });
    const other = openRaw();
    other.exec('BEGIN IMMEDIATE');
    const big = sampleEntry({ target: 'x'.repeat(300_000) });
    const waiting = [store.append(called('a')), store.append(big)];
    await expect(store.append(sampleEntry({ target: 'y'.repeat(300_000) }))).rejects.toThrow(/2 entries wait/);
    waiting.push(store.appendSoon(called('c')));
    await expect(store.append(called('d'))).rejects.toThrow(/3 entries wait .* no more are taken/);
    await expect(store.appendSoon(called('e'))).rejects.toMatchObject({ code: UNAVAILABLE });
    other.exec('COMMIT');
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  });

  it('that nobody holds: more than may wait is simply committed earlier', async () => {
    const store = await open({ maxWaiting: 7 });
    const seqs = await Promise.all(Array.from({ length: 100 }, (_, i) => store.append(called(String(i)))));
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('while opening for the first time is waited for, and given up in time', async () => {
    const other = openRaw();
    other.exec('PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE');
    await expect(open()).rejects.toMatchObject({ code: UNAVAILABLE });
    const patient = open({ busyTimeoutMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    other.exec('COMMIT');
    expect(await (await patient).append(called('a'))).toBe(1);
  });

  it('makes closing fail what still waits, and close nevertheless', async () => {
    const store = await open();
    const other = openRaw();
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.append(called('a'));
    const closing = store.close();
    await expect(waiting).rejects.toMatchObject({ code: UNAVAILABLE });
    await closing;
    other.exec('COMMIT');
    expect(await targets(await open())).toEqual([]);
  });
});

describe('a disk that is full', () => {
  it('fails a write without a trace, and the process goes on where there is room again', async () => {
    const child = spawnSync('bash', ['-c', 'ulimit -S -f 400; exec "$0" "$@"', process.execPath, CHILD, 'fill', path], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    expect(child.status).toBe(0);
    const said = child.stdout.trim().split('\n');
    const acks = said.filter((line) => line.startsWith('ack ')).map((line) => line.slice(4));
    const failed = said.filter((line) => line.startsWith('failed '));
    expect(acks.length).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/^failed STORE_UNAVAILABLE the governance database .*audit\.db/);
    const store = await open();
    expect(await targets(store)).toEqual(acks);
    expect(await store.append(called('more'))).toBe(acks.length + 1);
  });

  it('keeps nothing of any caller of the commit, whichever of them met it', async () => {
    const store = await open();
    await store.append(called('before'));
    // This connection may use no more pages than there are: SQLite then says what it says when the disk is full.
    const { limitPages } = await import('./store-pages.ts');
    const limited = await limitPages(path);
    stores.push(limited.store);
    limited.limit();
    const rate = { provider: 'x', limit: 100 };
    const attempts = Array.from({ length: 50 }, (_, i) =>
      limited.store.attempt(called(`${i}${'x'.repeat(2000)}`), { rate }),
    );
    for (const result of await Promise.allSettled(attempts)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: UNAVAILABLE } });
      expect(String((result as PromiseRejectedResult).reason.message)).toContain('disk is full');
    }
    expect(await targets(store)).toEqual(['before']);
    expect((await store.agentState({ agent: 'a', rate })).providerRequests).toEqual({ x: 0 });
    limited.release();
    expect(await limited.store.attempt(called('after'), { rate })).toEqual({ ok: true, seq: 2 });
    expect(await targets(store)).toEqual(['before', 'after']);
  });
});

const STRACE = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

describe.skipIf(!STRACE)('a disk that fails to sync (needs strace)', () => {
  const syncs = (job: string, fault: string, count: string): string[] => {
    const trace = ['-f', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:${fault}`];
    const child = spawnSync('strace', [...trace, process.execPath, CHILD, job, path, count], { encoding: 'utf8' });
    return child.stdout.trim().split('\n');
  };

  it.each([
    ['once', 'error=EIO:when=WHEN'],
    ['from then on', 'error=EIO:when=WHEN+'],
  ])('%s: what was refused isn’t brought back by a crash right after', async (_how, fault) => {
    for (let when = 9; when <= 18; when += 1) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const said = syncs('until-refused', fault.replace('WHEN', String(when)), '8');
      const acks = said.filter((line) => line.startsWith('ack ')).map((line) => line.slice(4));
      const store = await open();
      expect(await targets(store)).toEqual(acks);
      await store.close();
    }
  });

  it('and the process that saw it goes on afterwards', async () => {
    const said = syncs('all', 'error=EIO:when=16', '8');
    expect(said.filter((line) => line.startsWith('failed '))).toHaveLength(1);
    const acks = said.filter((line) => line.startsWith('ack ')).map((line) => line.slice(4));
    expect(acks).toHaveLength(7);
    expect(await targets(await open())).toEqual(acks);
  });
});

describe('a file that is no database of ours', () => {
  const refused = async (code: string, message: RegExp): Promise<void> => {
    const error = await open().catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as { hint: string }).hint).not.toBe('');
    expect((error as Error).message).not.toContain('\n');
  };

  it('as text is refused and left as it is', async () => {
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    await refused(UNAVAILABLE, /audit\.db is not an SQLite database/);
    expect(statSync(path).size).toBe(12_000);
  });

  it('as a folder, or below a file, is refused', async () => {
    mkdirSync(path);
    await refused(UNAVAILABLE, /could not be opened/);
    path = join(folder, 'file', 'audit.db');
    writeFileSync(join(folder, 'file'), '');
    await refused(UNAVAILABLE, /could not be created: (ENOTDIR|EEXIST)/);
  });

  it('as another program’s database is refused and left as it is', async () => {
    const other = openRaw();
    other.exec('CREATE TABLE theirs (a); PRAGMA user_version = 1');
    await refused(UNAVAILABLE, /database of another program/);
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    other.exec('PRAGMA application_id = 7; PRAGMA user_version = 0; DROP TABLE theirs');
    await refused(UNAVAILABLE, /database of another program/);
  });

  it('but of a newer version is refused with what to do', async () => {
    await (await open()).close();
    openRaw().exec('PRAGMA user_version = 999');
    await refused('STORE_INCOMPATIBLE', /newer version \(database version 999/);
  });

  it('any more, because a newer program has migrated it meanwhile, takes no entry', async () => {
    const store = await open();
    await store.append(called('before'));
    const newer = openRaw();
    newer.exec('PRAGMA user_version = 999');
    await expect(store.append(called('after'))).rejects.toMatchObject({ code: 'STORE_INCOMPATIBLE' });
    expect(newer.prepare('PRAGMA user_version').get()).toEqual({ user_version: 999 });
    expect(await targets(store)).toEqual(['before']);
  });

  it('that lost its end is refused where it is read or written, with what to do', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 200 }, (_, i) => store.append(called(String(i)))));
    await store.close();
    truncateSync(path, 3 * 4096);
    const found = await open()
      .then(async (damaged) => {
        await damaged.append(called('x'));
        return await damaged.query({ limit: 1000 });
      })
      .catch((error: unknown) => error);
    expect(found).toMatchObject({ code: UNAVAILABLE, message: expect.stringMatching(/is damaged/) });
  });
});

describe('a file that goes away while it is open', () => {
  /** The store looks whether its file is still there every 20 ms at most. */
  const moment = () => new Promise((resolve) => setTimeout(resolve, 40));

  it.each([
    ['removed', () => rmSync(path)],
    ['moved', () => renameSync(path, `${path}.old`)],
    [
      'replaced',
      () => {
        renameSync(path, `${path}.old`);
        writeFileSync(path, '');
      },
    ],
  ])('by being %s: nothing is acknowledged any more', async (_how, take) => {
    const store = await open();
    await store.append(called('before'));
    take();
    await moment();
    await expect(store.append(called('after'))).rejects.toMatchObject({
      code: UNAVAILABLE,
      message: expect.stringContaining('removed or replaced while in use'),
    });
  });

  it('and comes back: the store goes on', async () => {
    const store = await open();
    renameSync(path, `${path}.old`);
    await moment();
    await expect(store.append(called('lost'))).rejects.toMatchObject({ code: UNAVAILABLE });
    renameSync(`${path}.old`, path);
    expect(await store.append(called('on record'))).toBe(1);
  });
});

describe('files and rights', () => {
  it('folder and files are for their owner alone', async () => {
    path = join(folder, 'a', 'b', 'audit.db');
    const store = await open({ durability: 'disk' });
    await store.append(called('x'));
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
    expect(mode(join(folder, 'a'))).toBe('700');
    expect(mode(join(folder, 'a', 'b'))).toBe('700');
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(mode(file)).toBe('600');
  });

  it('a file or folder that can’t be written is said to be so', async () => {
    await (await open()).close();
    chmodSync(path, 0o400);
    chmodSync(folder, 0o500);
    // Root may write anything: there the child becomes somebody else.
    const root = process.getuid?.() === 0;
    if (root) for (const file of [path, folder]) chownSync(file, 65534, 65534);
    const who = root ? { uid: 65534, gid: 65534 } : {};
    const said = await new Promise<string>((resolve) => {
      let text = '';
      const child = spawn(process.execPath, [CHILD, 'all', path, '1'], {
        ...who,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      child.on('close', () => resolve(text));
    });
    if (root) for (const file of [path, folder]) chownSync(file, 0, 0);
    chmodSync(folder, 0o700);
    chmodSync(path, 0o600);
    expect(said).toMatch(/^failed STORE_UNAVAILABLE the governance database .* (is read-only|could not be opened)/);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await targets(await open())).toEqual([]);
  });
});

describe('entries on record', () => {
  it('can’t be changed or removed through SQL by mistake', async () => {
    const store = await open();
    await store.append(called('x'));
    const db = openRaw();
    expect(() => db.exec("UPDATE audit_entries SET target = 'y'")).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM audit_entries')).toThrow(/never removed/);
    expect(await targets(store)).toEqual(['x']);
  });
});
