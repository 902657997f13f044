import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';

let dir: string;
let file: string;
let lock: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ggen-lock-'));
  file = join(dir, 'keys');
  lock = `${file}.lock`;
  writeFileSync(file, '');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A lock that somebody else made so many seconds ago. */
const held = (secondsAgo: number, path = lock): void => {
  writeFileSync(path, 'somebody else');
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(path, at, at);
};

describe('a lock', () => {
  it('is there while work is done, and gone afterwards, also where that failed', async () => {
    expect(await withFileLock(file, () => existsSync(lock))).toBe(true);
    expect(existsSync(lock)).toBe(false);
    const failing = withFileLock(file, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('that somebody holds is waited for, and no longer than may be', async () => {
    held(0);
    let ran = false;
    const work = (): void => {
      ran = true;
    };
    await expect(withFileLock(file, work, { waitMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('is being changed by another process'),
      hint: expect.stringContaining('keys.lock'),
    });
    expect(ran).toBe(false);
    expect(readFileSync(lock, 'utf8')).toBe('somebody else');
    const waiting = withFileLock(file, work, { waitMs: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ran).toBe(false);
    rmSync(lock);
    await waiting;
    expect(ran).toBe(true);
  });

  it.each([31, -31])('%i s old is taken over, and one of 25 s is not', async (age) => {
    held(25);
    await expect(withFileLock(file, () => 1, { waitMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    held(age);
    expect(await withFileLock(file, () => 1, { waitMs: 1 })).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken over by one at a time, and by whoever finds that one gone too', async () => {
    held(31);
    held(0, `${lock}.taking`);
    await expect(withFileLock(file, () => 1, { waitMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(readFileSync(lock, 'utf8')).toBe('somebody else');
    held(31, `${lock}.taking`);
    expect(await withFileLock(file, () => 1)).toBe(1);
    expect(existsSync(`${lock}.taking`)).toBe(false);
  });

  it('that was taken over meanwhile is noticed before anything is written, and left to who has it', async () => {
    const late = withFileLock(file, (assertHeld) => {
      held(0);
      assertHeld();
    });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT', hint: 'nothing was changed; try again' });
    expect(readFileSync(lock, 'utf8')).toBe('somebody else');
  });

  it('is the same for who comes by way of a link', async () => {
    mkdirSync(join(dir, 'other'));
    const link = join(dir, 'other', 'keys');
    symlinkSync(file, link);
    expect(await withFileLock(link, () => existsSync(lock))).toBe(true);
  });

  it('that can’t be made is an error that says where', async () => {
    const nowhere = join(dir, 'nowhere', 'keys');
    await expect(withFileLock(nowhere, () => 1)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('keys.lock'),
    });
  });
});
