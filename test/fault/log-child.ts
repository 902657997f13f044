/**
 * A process that writes to a log under a fault that its parent has arranged: `node log-child.ts WORK`, a JSON text.
 * It says what became of each entry at once, so that the parent knows of it even when this process is killed.
 */
import { writeSync } from 'node:fs';
import { renderError } from '../../src/kernel/errors.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { newId, sampleEntry, sampleRequest, seededRandom } from '../contract/store-samples.ts';
import { openLog } from './log-place.ts';

/** What a child does. */
export interface ChildWork {
  readonly folder: string;
  readonly seed: number;
  /** how many writes each caller makes */
  readonly writes: number;
  readonly callers: number;
  /** characters of each target */
  readonly size?: number;
  /** how many chunks are packed at the end */
  readonly pack?: number;
  /** packs all the time beside the writers, who would leave it to a quieter moment */
  readonly packBeside?: boolean;
  /** stays as it is after its writes, until it is killed */
  readonly stays?: boolean;
  /** is killed as soon as something was refused: what a crash would bring back is not overwritten first */
  readonly dieRefused?: boolean;
}

const work = JSON.parse(process.argv[2] ?? '{}') as ChildWork;
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};
const failed = (error: unknown, ...ids: string[]): void => {
  for (const id of ids) say(`failed ${id} ${(error as { code?: string }).code} ${renderError(error)}`);
  if (work.dieRefused) process.kill(process.pid, 'SIGKILL');
};

const store = await openLog(work.folder, { compress: true }).catch((error: unknown) => failed(error, 'open'));
const entry = (change: Partial<AuditEntry> = {}): AuditEntry =>
  sampleEntry({ target: 'x'.repeat(work.size ?? 10), ...change });

if (store) {
  const random = seededRandom(work.seed);

  const single = async (write: (one: AuditEntry) => Promise<number | undefined>): Promise<void> => {
    const one = entry();
    try {
      say(`ack ${await write(one)} ${one.id}`);
    } catch (error) {
      failed(error, one.id);
    }
  };
  const attempt = (guarded: boolean) =>
    single(async (one) => {
      const result = await store.attempt(one, guarded ? { rate: { provider: 'p', limit: 1e9 } } : {});
      if (!result.ok) throw new Error(`lost ${result.lost}`);
      return result.seq;
    });

  /** asked, decided, used up: three transactions of several statements each */
  const approval = async (): Promise<void> => {
    const asked = entry({ eventType: 'approval_request' });
    const decided = entry({ eventType: 'approval_decision' });
    const used = entry({ eventType: 'approval_decision' });
    const tried = entry();
    const digest = newId().replaceAll('-', '').repeat(2);
    let now = [asked.id];
    try {
      const { id } = await store.createRequest(sampleRequest(Date.now(), { actionDigest: digest }), asked);
      say(`ack ? ${asked.id}`);
      now = [decided.id];
      const set = { useBy: Date.now() + 1_000_000 };
      await store.changeRequest({ id, from: 'pending', to: 'approved', set, entry: decided });
      say(`ack ? ${decided.id}`);
      now = [used.id, tried.id];
      const result = await store.attempt(tried, { grant: { approvalId: id, entry: used } });
      if (!result.ok) throw new Error(`lost ${result.lost}`);
      say(`ack ${result.seq! - 1} ${used.id}`);
      say(`ack ${result.seq} ${tried.id}`);
    } catch (error) {
      failed(error, ...now);
    }
  };

  const caller = async (): Promise<void> => {
    for (let i = 0; i < work.writes; i += 1) {
      const kind = random();
      if (kind < 0.6) await single((one) => store.append(one));
      else if (kind < 0.75) await single((one) => store.appendSoon(one));
      else if (kind < 0.9) await attempt(kind < 0.8);
      else await approval();
    }
  };
  let writing = true;
  const packBeside = async (): Promise<void> => {
    while (writing) {
      say(`packed ${await store.compact()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  say('open');
  const beside = work.packBeside ? packBeside() : undefined;
  await Promise.all(Array.from({ length: work.callers }, caller));
  if (work.stays) await new Promise((resolve) => setTimeout(resolve, 1e9));
  writing = false;
  await beside;
  for (let i = 0; i < (work.pack ?? 0); i += 1) {
    const moved = await store.compact().catch((error: unknown) => failed(error, 'compact'));
    say(`packed ${moved}`);
  }
  if (work.pack) for (let i = 0; i < 5; i += 1) await single((one) => store.append(one));
  await store.close();
  say('closed');
}
