import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKey } from '../adapters/keys/index.ts';
import { type ApproverKey, isLive, VOTE_NAMESPACE } from '../approvals/index.ts';
import { sha256 } from '../kernel/digest.ts';
import { endKey, enrolKey, openRoster, rotateKey } from './approver-roster.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ggen-roster-'));
  file = join(dir, 'approvers.allowed_signers');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const keyOf = (approver: string, which = ''): Omit<ApproverKey, 'line'> => {
  const { key } = openKey(approver, Buffer.from(sha256(`${approver} ${which}`), 'hex'));
  return { approver, key, from: 0, until: Number.POSITIVE_INFINITY, namespace: VOTE_NAMESPACE };
};
const live = (at: number): string[] =>
  openRoster(dir)
    .all.filter((one) => isLive(one, at))
    .map(({ key }) => key.fingerprint);

it('a key that takes the place of another is there with the end of that one, and the rest stays as it is', async () => {
  const [ann, ben, next] = [keyOf('ann'), keyOf('ben'), keyOf('ann', 'next')];
  await enrolKey(dir, ann);
  writeFileSync(file, `# of ann and ben\n${readFileSync(file, 'utf8')}`);
  await enrolKey(dir, ben);
  const now = Date.UTC(2026, 5, 1);
  await rotateKey(dir, { old: ann, next }, now);
  expect(live(now - 1000)).toEqual([ann, ben, next].map(({ key }) => key.fingerprint));
  expect(live(now)).toEqual([ben, next].map(({ key }) => key.fingerprint));
  expect(readFileSync(file, 'utf8')).toMatch(/^# of ann and ben\n(.+\n){3}$/);
  expect(readdirSync(dir)).toEqual(['approvers.allowed_signers']);
});

it('where either half can’t be, neither is: no moment has both keys live', async () => {
  const [ann, ben, next] = [keyOf('ann'), keyOf('ben'), keyOf('ann', 'next')];
  await enrolKey(dir, ben);
  const before = readFileSync(file, 'utf8');
  const gone = rotateKey(dir, { old: ann, next }, Date.now());
  await expect(gone).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('has that key no more'),
  });
  const twice = rotateKey(dir, { old: ben, next: ben }, Date.now());
  await expect(twice).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('enrolled already') });
  await expect(endKey(dir, ann, Date.now())).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('nothing is written where another took the lock over after the file was read', async () => {
  await enrolKey(dir, keyOf('ann'));
  const before = readFileSync(file, 'utf8');
  const slow: Omit<ApproverKey, 'line'> = {
    ...keyOf('ben'),
    // Asked for when the new line is made: this process stood still just then.
    get until() {
      writeFileSync(`${file}.lock`, 'somebody else');
      return Number.POSITIVE_INFINITY;
    },
  };
  await expect(enrolKey(dir, slow)).rejects.toMatchObject({ code: 'CONFLICT', hint: 'nothing was changed; try again' });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('what others do at the same time in this process is not lost', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `a${i}`);
  await Promise.all(names.map((name) => enrolKey(dir, keyOf(name), { waitMs: 20_000 })));
  expect(
    openRoster(dir)
      .all.map(({ approver }) => approver)
      .toSorted(),
  ).toEqual(names);
});
