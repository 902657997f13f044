// A request asked again under its key, and one that takes another's place; on every kind of store.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApprovalChange } from '../../src/approvals/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, sampleEntry, sampleRequest } from './store-samples.ts';

const NOW = 1_790_000_000_000;

describeStores('requests on the $name store', (kind) => {
  let place: StorePlace;
  let stores: GovernanceStore[];
  const open = async (): Promise<GovernanceStore> => {
    const store = await kind.open(place, { clock: () => NOW });
    stores.push(store);
    return store;
  };
  const asked = () => sampleEntry({ eventType: 'approval_request' });
  const other = (change: Partial<ApprovalRecord> = {}) =>
    sampleRequest(NOW, { actionDigest: newId().padEnd(64, '0'), ...change });
  const superseding = (id: string): ApprovalChange => ({
    id,
    from: 'pending',
    to: 'superseded',
    set: {},
    entry: sampleEntry({ eventType: 'approval_decision', metadata: { event: 'approval_superseded', approval_id: id } }),
  });

  beforeEach(async () => {
    stores = [];
    place = await kind.create();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await kind.remove(place);
  });

  it('under one key are one, whatever became of it, and whoever asks at the same time', async () => {
    const [a, b] = [await open(), await open()];
    const record = other({ idempotencyKey: 'once' });
    const again = { ...record, id: newId() };
    const made = await Promise.all([a.createRequest(record, asked()), b.createRequest(again, asked())]);
    expect(made[0].id).toBe(made[1].id);
    const { id } = made[0];
    const cancel: ApprovalChange = { ...superseding(id), to: 'cancelled' };
    expect(await a.changeRequest(cancel)).toBe(true);
    expect(await b.createRequest({ ...record, id: newId() }, asked())).toMatchObject({ id, status: 'cancelled' });
    expect(await a.listRequests({ limit: 9 })).toHaveLength(1);
    await expect(b.createRequest(other({ idempotencyKey: 'once' }), asked())).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(id),
    });
    // Another requester's key is another key.
    const theirs = await b.createRequest(other({ idempotencyKey: 'once', requester: 'b' }), asked());
    expect(theirs.id).not.toBe(id);
    expect((await a.query({ limit: 9, eventType: 'approval_request' })).length).toBe(2);
  });

  it('take the place of a pending one together with their own making, or not at all', async () => {
    const store = await open();
    const first = await store.createRequest(other(), asked());
    const second = await store.createRequest(other(), asked(), {
      supersedes: { id: first.id, by: () => superseding(first.id) },
    });
    expect((await store.getRequest(first.id))?.status).toBe('superseded');
    expect((await store.getRequest(second.id))?.status).toBe('pending');
    const third = other();
    const late = store.createRequest(third, asked(), { supersedes: { id: first.id, by: () => superseding(first.id) } });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.getRequest(third.id)).toBeUndefined();
    const events = (await store.query({ limit: 9 })).map(({ metadata }) => metadata.event);
    expect(events.filter((event) => event === 'approval_superseded')).toHaveLength(1);
    expect(events).toHaveLength(3);
  });

  it('take the place of one also by an open twin, and never of itself', async () => {
    const store = await open();
    const first = await store.createRequest(other(), asked());
    const second = other();
    await store.createRequest(second, asked());
    const by: string[] = [];
    const supersedes = (id: string) => ({
      id,
      by: (one: string) => {
        by.push(one);
        return superseding(id);
      },
    });
    const again = { ...second, id: newId() };
    expect((await store.createRequest(again, asked(), { supersedes: supersedes(first.id) })).id).toBe(second.id);
    expect(by).toEqual([second.id]);
    expect((await store.getRequest(first.id))?.status).toBe('superseded');
    expect((await store.createRequest(again, asked(), { supersedes: supersedes(second.id) })).id).toBe(second.id);
    expect((await store.getRequest(second.id))?.status).toBe('pending');
    // Asked again under one key, what was superseded then is no hindrance.
    const keyed = other({ idempotencyKey: 'again' });
    await store.createRequest(keyed, asked(), { supersedes: supersedes(second.id) });
    const retried = await store.createRequest({ ...keyed, id: newId() }, asked(), {
      supersedes: supersedes(second.id),
    });
    expect(retried.id).toBe(keyed.id);
  });

  it('by two at once take the place of one only once', async () => {
    const [a, b] = [await open(), await open()];
    const { id } = await a.createRequest(other(), asked());
    const both = await Promise.allSettled(
      [a, b].map((store) =>
        store.createRequest(other(), asked(), { supersedes: { id: id, by: () => superseding(id) } }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await a.listRequests({ status: 'pending', limit: 9 })).toHaveLength(1);
  });
});
