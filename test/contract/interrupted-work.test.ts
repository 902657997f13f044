// Work that is under way when its process ends, or when the configuration changes: it is given back as it was.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrol } from '../support/approvers.ts';
import {
  agent,
  call,
  createWorkFolder,
  eventually,
  openReceiver,
  PEOPLE,
  type TestReceiver,
  type WorkFolder,
} from '../support/work-folder.ts';

let work: WorkFolder;
let receiver: TestReceiver | undefined;
beforeEach(() => {
  work = createWorkFolder();
});
afterEach(async () => {
  receiver?.close();
  receiver = undefined;
  await work.close();
});

describe('an agent that is deciding', () => {
  // So long that a close which waited for it would end no test.
  const patient = 'timeout_seconds = 600\n';

  it('and hears of no signal is not waited for, and what it was asked is due at once', async () => {
    work.configure(agent('mine', patient));
    work.agentKey('mine');
    const asked = Promise.withResolvers<void>();
    const system = await work.open({
      watch: true,
      approverAgents: {
        mine: () => {
          asked.resolve();
          return new Promise<never>(() => undefined);
        },
      },
    });
    await work.ask(system, call);
    await asked.promise;
    await system.close();
    const after = await work.open();
    const [job] = await work.waiting(after);
    expect(job).toMatchObject({ attempts: 0, lastError: 'interrupted' });
    expect(job!.dueAt).toBeLessThanOrEqual(Date.now());
  });

  it('is asked again after every interruption: none counts as one of its tries', async () => {
    work.configure(agent('mine', patient));
    work.agentKey('mine');
    let id: string | undefined;
    for (let i = 0; i < 5; i += 1) {
      const asked = Promise.withResolvers<void>();
      const system = await work.open({
        watch: true,
        approverAgents: {
          mine: (_, signal) => {
            asked.resolve();
            // One that hears of its end, and fails.
            return new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('ended'))));
          },
        },
      });
      id ??= await work.ask(system, call);
      await asked.promise;
      await system.close();
    }
    const system = await work.open({
      watch: true,
      approverAgents: { mine: () => ({ approved: true, comment: 'now' }) },
    });
    await eventually(async () => (await system.store.getRequest(id!))?.status === 'approved');
    expect(await system.store.listJobs({ state: 'dead', limit: 9 })).toEqual([]);
  });

  it('that fails by itself has three tries', async () => {
    work.configure(agent('mine', patient));
    work.agentKey('mine');
    let tries = 0;
    const system = await work.open({
      watch: true,
      approverAgents: {
        mine: () => {
          tries += 1;
          throw new Error('broken');
        },
      },
    });
    await work.ask(system, call);
    await eventually(async () => (await system.store.listJobs({ state: 'dead', limit: 9 })).length === 1);
    expect(tries).toBe(3);
  });
});

it('an agent whose key is made while work goes on decides from then on', async () => {
  work.configure(agent('mine'));
  const asked: string[] = [];
  const decide = ({ target }: { target: string }) => {
    asked.push(target);
    return { approved: true, comment: 'looked' };
  };
  // Eligible from the beginning: another of its keys counts, which is not here.
  enrol(work.folder.configDir, 'mine');
  const system = await work.open({ watch: true, approverAgents: { mine: decide } });
  const id = await work.ask(system, call);
  expect(await work.waiting(system)).toMatchObject([{ kind: 'approval_agent_vote mine', attempts: 0 }]);
  expect(asked).toEqual([]);
  work.agentKey('mine');
  await eventually(async () => (await system.store.getRequest(id))?.status === 'approved');
  expect(asked).toEqual(['deploy']);
});

it('a message that is under way is due at once, and that was no try', async () => {
  // It says nothing.
  receiver = await openReceiver(() => undefined);
  work.configure(
    `${PEOPLE}[approvals.webhooks]\nenabled = true\n[[approvals.webhooks.endpoint]]\nurl = "${receiver.url}"\nevents = ["approval_required"]\nallow_private = true\n`,
  );
  const { got } = receiver;
  for (let round = 1; round <= 2; round += 1) {
    const system = await work.open({ watch: true });
    if (round === 1) await work.ask(system);
    await eventually(() => got.length === round);
    await system.close();
    const after = await work.open();
    const [job] = await work.waiting(after);
    expect(job).toMatchObject({ attempts: 0, lastError: 'interrupted' });
    expect(job!.dueAt).toBeLessThanOrEqual(Date.now());
  }
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

describe('work that was stopped', () => {
  it('is not begun anew, and has ended with all that was under way before', async () => {
    work.configure(agent('mine', 'timeout_seconds = 600\n'));
    work.agentKey('mine');
    const system = await work.open({ approverAgents: { mine: () => new Promise<never>(() => undefined) } });
    await work.ask(system, call);
    const running = await system.startWork();
    await eventually(async () => (await work.waiting(system))[0]?.attempts === 1);
    await running.restart();
    // Asked again by the new worker.
    await eventually(async () => (await work.waiting(system))[0]?.attempts === 1);
    const goOn = Promise.withResolvers<void>();
    const { endJob } = system.store;
    system.store.endJob = async (...ending) => {
      await goOn.promise;
      return endJob(...ending);
    };
    let isOver = false;
    const restarted = running.restart();
    const stopped = running.stop().then(() => {
      isOver = true;
    });
    await delay(300);
    expect(isOver).toBe(false);
    goOn.resolve();
    await Promise.all([restarted, stopped]);
    expect(await work.waiting(system)).toMatchObject([{ attempts: 0, lastError: 'interrupted' }]);
    await running.restart();
    expect(await looks(system, 600)).toBe(0);
    expect(await running.doneWithin(20_000)).toBe(true);
  });

  it('is not begun anew by a reload that was under way when the system was closed', async () => {
    const faults: string[] = [];
    const failed: unknown[] = [];
    work.configure(PEOPLE);
    const system = await work.open({
      watch: true,
      onWorkFault: (line) => faults.push(line),
      onReloadError: (error) => failed.push(error),
    });
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { append } = system.store;
    system.store.append = async (entry) => {
      if (entry.metadata.event === 'policy_reloaded') {
        begun.resolve();
        await goOn.promise;
      }
      return append(entry);
    };
    work.configure(`[approvals]\ndefault_timeout_seconds = 77\n${PEOPLE}`);
    await begun.promise;
    const closing = system.close();
    // Long enough for a store to be closed that waits for nobody.
    await delay(300);
    goOn.resolve();
    await closing;
    expect(await looks(system, 600)).toBe(0);
    // The change was recorded before the store was closed.
    expect(failed).toEqual([]);
    expect(faults).toEqual([]);
    const after = await work.open();
    const changes = await after.store.query({ eventType: 'system_event', limit: 99 });
    expect(changes.filter(({ metadata }) => metadata.event === 'policy_reloaded')).toHaveLength(1);
  });
});

/** How often anybody looks for work in this time: a worker does every quarter of a second. */
async function looks({ store }: { store: { changeMark(): Promise<number> } }, ms: number): Promise<number> {
  const { changeMark } = store;
  let count = 0;
  store.changeMark = () => {
    count += 1;
    return changeMark();
  };
  await delay(ms);
  store.changeMark = changeMark;
  return count;
}
