/**
 * A process of its own that works on a store: `node store-child.ts JOB PLACE [N]`. It writes a line for each thing
 * that the store has acknowledged, at once, so that the parent knows of it even when this process is killed.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type StorePlace, storeKind } from './store-kinds.ts';
import { sampleEntry } from './store-samples.ts';

const [job = '', placeJson = '', count = '0'] = process.argv.slice(2);
const place = JSON.parse(placeJson) as StorePlace;
const store = await storeKind(place.kind).open(place, {
  busyTimeoutMs: 60_000,
  durability: 'disk',
  compress: job === 'packing',
});
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};
/** What the parent says; whoever reads it stays alive until the parent has finished. */
const heard = (): AsyncIterable<string> => createInterface({ input: process.stdin });

const JOBS: Record<string, () => Promise<void>> = {
  /** N entries, some at once and some one by one; then closes */
  append: async () => {
    for (let written = 0; written < Number(count); ) {
      const together = Math.min(1 + (written % 4), Number(count) - written);
      const acks = Array.from({ length: together }, async () => {
        const entry = sampleEntry();
        say(`ack ${entry.id} ${await store.append(entry)}`);
      });
      await Promise.all(acks);
      written += together;
    }
    await store.close();
  },

  /** attempts and outcomes without end, N callers at once */
  forever: async () => {
    const caller = async (): Promise<void> => {
      for (;;) {
        const entry = sampleEntry();
        const attempt = await store.attempt(entry, {});
        say(`ack ${entry.id} ${attempt.ok ? attempt.seq : 'lost'}`);
        const outcome = sampleEntry({ result: 'success', correlationId: entry.correlationId ?? '' });
        void store.appendSoon(outcome).then((seq) => say(`ack ${outcome.id} ${seq}`));
      }
    };
    await Promise.all(Array.from({ length: Number(count) }, caller));
  },

  /** N entries at once without end, and all of them compressed as soon as they can be */
  packing: async () => {
    const pack = async (): Promise<void> => {
      for (;;) if ((await store.compact()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const write = async (): Promise<void> => {
      for (;;) {
        const acks = Array.from({ length: Number(count) }, async () => {
          const entry = sampleEntry();
          await store.append(entry);
          return `ack ${entry.id} undefined`;
        });
        say((await Promise.all(acks)).join('\n'));
      }
    };
    await Promise.all([pack(), write()]);
  },

  /** for each approval id read from standard input: tries to use it up */
  consume: async () => {
    say('ready');
    for await (const approvalId of heard()) {
      const guards = { grant: { approvalId, entry: sampleEntry({ eventType: 'approval_decision' }) } };
      const result = await store.attempt(sampleEntry(), guards);
      say(result.ok ? 'won' : `lost ${result.lost}`);
    }
    await store.close();
  },

  /** N attempts against a limit of 10 a minute and 3 agents at once, when standard input says so */
  limits: async () => {
    say('ready');
    for await (const agent of heard()) {
      for (let i = 0; i < Number(count); i += 1) {
        const rate = { provider: 'anthropic', limit: 10 };
        const result = await store.attempt(sampleEntry(), { rate, concurrency: { agent, limit: 3 } });
        say(result.ok ? 'won' : `lost ${result.lost}`);
      }
      say('done');
    }
    await store.close();
  },

  /** hands over an outcome, and ends without waiting */
  exit: async () => {
    const entry = sampleEntry();
    void store.appendSoon(entry);
    say(`handed over ${entry.id}`);
    process.exit(0);
  },

  /** hands over an outcome, and has nothing else to do than hear of it */
  drift: async () => {
    const entry = sampleEntry();
    say(`handed over ${entry.id}`);
    say(`ack ${entry.id} ${await store.appendSoon(entry)}`);
  },
};

await JOBS[job]!();
