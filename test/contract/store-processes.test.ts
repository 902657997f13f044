import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { acknowledged, startWorker, type Worker } from './store-processes.ts';
import { sampleEntry, sampleRequest, seededRandom } from './store-samples.ts';

/** `npm run test:soak` sets GGEN_SOAK; GGEN_SEED repeats a run. */
const SOAK = process.env.GGEN_SOAK !== undefined;
const SEED = Number(process.env.GGEN_SEED ?? 20_261_123);

describeStores('many processes on one $name store', (kind) => {
  let place: StorePlace;
  let workers: Worker[];

  const start = (job: string, count = 0): Worker => {
    const worker = startWorker(job, place, count);
    workers.push(worker);
    return worker;
  };
  const withStore = async <T>(use: (store: GovernanceStore) => Promise<T> | T): Promise<T> => {
    const store = await kind.open(place, { busyTimeoutMs: 60_000 });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  /** The whole log by id, after checking that it is one order without gaps. */
  const readLog = (): Promise<Map<string, number>> =>
    withStore(async (store) => {
      const entries = (await store.query({ limit: 1_000_000 })).reverse();
      expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, i) => i + 1));
      return new Map(entries.map((entry) => [entry.id, entry.seq]));
    });
  const expectOnRecord = (log: Map<string, number>, acks: Map<string, number | undefined>): void => {
    const lost = [...acks].filter(([id, seq]) => !log.has(id) || (seq !== undefined && log.get(id) !== seq));
    expect(lost).toEqual([]);
  };

  beforeEach(async () => {
    workers = [];
    place = await kind.create();
  });
  afterEach(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    await kind.remove(place);
  });

  it('20 that create it and append at the same time lose nothing and give one order without gaps', async () => {
    const each = SOAK ? 500 : 40;
    const writers = Array.from({ length: 20 }, () => start('append', each));
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual(writers.map(() => 0));
    const log = await readLog();
    expect(log.size).toBe(20 * each);
    for (const writer of writers) {
      const acks = acknowledged(writer.lines);
      expect(acks.size).toBe(each);
      expectOnRecord(log, acks);
      const seqs = [...acks.keys()].map((id) => log.get(id)!);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    }
  }, 120_000);

  it('a grant that two race for is used up by exactly one of them, every time', async () => {
    const rounds = SOAK ? 1000 : 50;
    const racers = [start('consume'), start('consume')];
    await Promise.all(racers.map((racer) => racer.next()));
    const wins = [0, 0];
    await withStore(async (store) => {
      for (let round = 0; round < rounds; round += 1) {
        const now = Date.now();
        const { id } = await store.createRequest(sampleRequest(now), sampleEntry());
        const set = { useBy: now + 1_000_000 };
        await store.changeRequest({ id, from: 'pending', to: 'approved', set, entry: sampleEntry() });
        for (const racer of round % 2 ? racers : racers.toReversed()) racer.say(id);
        const answers = await Promise.all(racers.map((racer) => racer.next()));
        expect(answers.toSorted()).toEqual(['lost grant', 'won']);
        wins[answers.indexOf('won')]! += 1;
        expect((await store.getRequest(id))?.status).toBe('consumed');
      }
    });
    for (const racer of racers) racer.process.stdin?.end();
    await Promise.all(racers.map((racer) => racer.ended));
    expect(wins[0]! + wins[1]!).toBe(rounds);
    // each round: asked, approved, and by the winner alone: consumed, attempt
    expect((await readLog()).size).toBe(4 * rounds);
  }, 600_000);

  it('limits hold for all of them together', async () => {
    const agents = ['a', 'b', 'c', 'd', 'e'];
    const racers = agents.map(() => start('limits', 8));
    await Promise.all(racers.map((racer) => racer.next()));
    racers.forEach((racer, i) => {
      racer.say(agents[i]!);
    });
    const answers = await Promise.all(
      racers.map(async (racer) => {
        const own: string[] = [];
        for (let line = await racer.next(); line !== undefined && line !== 'done'; line = await racer.next()) {
          own.push(line);
        }
        return own;
      }),
    );
    expect(answers.flat().filter((answer) => answer === 'won')).toHaveLength(10);
    expect(answers.filter((own) => own.includes('won')).length).toBeLessThanOrEqual(3);
    expect((await readLog()).size).toBe(10);
  }, 120_000);

  it(`what was acknowledged to a process that is killed is on record (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const rounds = SOAK ? 500 : 15;
    const acks = new Map<string, number | undefined>();
    for (let round = 0; round < rounds; round += 1) {
      const writers = Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
        start('forever', 1 + Math.floor(random() * 20)),
      );
      const first = writers[0]!;
      const enough = Math.floor(random() * 150);
      for (let heard = 0; heard <= enough; heard += 1) await first.next();
      for (const writer of writers) writer.process.kill('SIGKILL');
      expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual(writers.map(() => 'SIGKILL'));
      for (const writer of writers) for (const [id, seq] of acknowledged(writer.lines)) acks.set(id, seq);
      if (round % 25 === 24 || round === rounds - 1 || !SOAK) expectOnRecord(await readLog(), acks);
    }
    expect(acks.size).toBeGreaterThan(rounds);
  }, 3_600_000);

  it.each([
    ['calls process.exit', 'exit'],
    ['has nothing else to do', 'drift'],
  ])('an outcome that was handed over is written when the process %s', async (_how, job) => {
    const worker = start(job);
    expect(await worker.ended).toBe(0);
    if (job === 'drift') expect(acknowledged(worker.lines).size).toBe(1);
    const id = /^handed over (\S+)$/.exec(worker.lines[0] ?? '')?.[1] ?? 'nothing';
    expect((await readLog()).get(id)).toBe(1);
  });
});
