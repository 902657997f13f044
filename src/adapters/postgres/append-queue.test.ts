import { describe, expect, it } from 'vitest';
import { sampleEntry } from '../../../test/contract/store-samples.ts';
import { createAppendQueue } from './append-queue.ts';
import type { Connections, Session } from './connections.ts';
import { prepareEntry } from './entry-values.ts';
import { waitFor } from './pace.ts';

/** A database that answers when it is told to, and notes how many entries each batch had. */
function heldDatabase() {
  const batches: number[] = [];
  const held: (() => void)[] = [];
  const session: Session = {
    query: () => new Promise((resolve) => held.push(() => resolve([]))),
    write: (_sql, values = []) =>
      new Promise((resolve) => {
        const count = (values[0] as readonly unknown[]).length;
        batches.push(count);
        held.push(() => resolve(count));
      }),
  };
  const db: Connections = {
    name: 'held',
    sessionSettings: '',
    use: (work) => work(session),
    connect: () => Promise.reject(new Error('none')),
    close: async () => undefined,
  };
  const answer = async (): Promise<void> => {
    while (held.length > 0) {
      for (const release of held.splice(0)) release();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { db, batches, answer };
}

const limits = { busyTimeoutMs: 1000, batches: 4, maxWaiting: 2500, maxWaitingBytes: 64 * 1024 * 1024 };
const hooks = { pace: () => 0, appended: () => undefined };
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('group commit', () => {
  it('has few batches on their way at once, and what comes meanwhile shares the next', async () => {
    const { db, batches, answer } = heldDatabase();
    const queue = createAppendQueue(db, limits, hooks);
    const acks: Promise<undefined>[] = [];
    for (let i = 0; i < 4; i += 1) {
      acks.push(queue.append(prepareEntry(sampleEntry())));
      await turn();
    }
    for (let i = 0; i < 300; i += 1) acks.push(queue.append(prepareEntry(sampleEntry())));
    await turn();
    expect(batches).toEqual([1, 1, 1, 1]);
    await answer();
    await Promise.all(acks);
    expect(batches).toEqual([1, 1, 1, 1, 300]);
  });

  it('keeps an id that is there twice until its first is settled, and what came after it too', async () => {
    const { db, batches, answer } = heldDatabase();
    const queue = createAppendQueue(db, limits, hooks);
    const twice = prepareEntry(sampleEntry());
    const acks = [queue.append(prepareEntry(sampleEntry())), queue.append(twice)];
    await turn();
    acks.push(
      queue.append(prepareEntry(sampleEntry())),
      queue.append(twice),
      queue.append(prepareEntry(sampleEntry())),
    );
    await turn();
    expect(batches).toEqual([2, 1]);
    expect(queue.unwritten().map(({ values }) => (values[0] as unknown[]).length)).toEqual([2, 1, 2]);
    await answer();
    expect(batches).toEqual([2, 1]);
    await Promise.all(acks.slice(0, 3));
  });

  it('settles the second of an id after the first', async () => {
    const { db, batches, answer } = heldDatabase();
    const queue = createAppendQueue(db, limits, hooks);
    const twice = prepareEntry(sampleEntry());
    const acks = [queue.append(twice), queue.append(twice), queue.append(prepareEntry(sampleEntry()))];
    await turn();
    expect(batches).toEqual([1]);
    await answer();
    await Promise.all(acks);
    expect(batches).toEqual([1, 2]);
    await queue.close();
  });

  it('holds a bounded number of entries and bytes, and refuses more', async () => {
    const { db, answer } = heldDatabase();
    const queue = createAppendQueue(db, limits, hooks);
    const acks = Array.from({ length: 2500 }, () => queue.append(prepareEntry(sampleEntry())));
    await expect(queue.append(prepareEntry(sampleEntry()))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: '2500 entries wait for the governance database held: no more are taken',
    });
    await turn();
    await answer();
    await Promise.all(acks);
    const small = createAppendQueue(db, { ...limits, maxWaitingBytes: 10_000 }, hooks);
    const large = sampleEntry({ target: 'x'.repeat(4000) });
    const first = small.append(prepareEntry(large));
    await expect(small.append(prepareEntry({ ...large, id: 'other' }))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await turn();
    await answer();
    await first;
  });

  it('holds a bounded number of callers whose events are only counted, and refuses more', async () => {
    const { db, answer } = heldDatabase();
    const queue = createAppendQueue(db, limits, hooks);
    const count = { hour: 0, eventType: 'agent_action', operation: 'read', actorId: 'a', result: 'success', count: 1 };
    const acks = Array.from({ length: 2500 }, () => queue.countLeftOut({ ...count }));
    await expect(queue.countLeftOut({ ...count })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: '2500 entries wait for the governance database held: no more are taken',
    });
    // Under way they still wait.
    const flushed = queue.flush();
    await turn();
    await expect(queue.append(prepareEntry(sampleEntry()))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await answer();
    await Promise.all([...acks, flushed]);
    const last = queue.append(prepareEntry(sampleEntry()));
    await turn();
    await answer();
    await last;
  });

  it('is slowed down by what the sequencer has not taken, and never stopped', () => {
    expect([0, 20_000, 22_000, 30_000, 1e9].map(waitFor)).toEqual([0, 0, 100, 500, 1000]);
  });
});
