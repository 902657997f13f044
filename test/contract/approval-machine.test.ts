// The state machine of a request: every order of two voters, a timer, an end, who asks, who revokes, and two who use the
// approval, explored whole; then the real stores under a scheduler that lets their calls come in any order.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createApprovalDesk,
  createJobMaker,
  isStep,
  requestDigest,
  settle,
  statusAt,
} from '../../src/approvals/index.ts';
import { tally } from '../../src/approvals/tally.ts';
import { parseConfig } from '../../src/config/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { ApprovalStatus, Quorum } from '../../src/model/approval.ts';
import { BUILTIN_OPERATIONS } from '../../src/model/operation.ts';
import { keysOf, nobodyLends, signerOf } from '../support/approvers.ts';
import { explore, type Step } from './approval-explorer.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, requestEntry, sampleEntry, sampleRequest } from './store-samples.ts';

const VOTERS = ['ann', 'ben', 'cid'];
const QUORUM: Quorum = { required: 2, of: 3, eligible: VOTERS };

/** As far as it matters here: a request, its votes, the clock, and who has read and not written yet. */
interface World {
  readonly status: ApprovalStatus;
  readonly ann: 'yes' | 'no' | '';
  readonly ben: 'yes' | 'no' | '';
  /** 0: it may be decided; 1: the timer's turn; 2: the time to decide is over; 3: the time to use is over */
  readonly time: number;
  readonly decidedByTimer: boolean;
  readonly uses: number;
  /** who looked, and found it as they need it */
  readonly looked: readonly string[];
}
const START: World = { status: 'pending', ann: '', ben: '', time: 0, decidedByTimer: false, uses: 0, looked: [] };
const BOTH: Quorum = { required: 2, of: 2, eligible: ['ann', 'ben'] };

interface Rules {
  /** a write is made only where the row is still as it was read */
  readonly compares: boolean;
  readonly timer: boolean;
}

function standing({ status, time }: World): ApprovalStatus {
  const over = (status === 'pending' && time >= 2) || (status === 'approved' && time >= 3);
  return over ? 'expired' : status;
}

/** The actors' steps, built on the machine's own table and tally. */
function stepsOf({ compares, timer }: Rules): Step<World>[] {
  const actor = (
    name: string,
    from: ApprovalStatus,
    write: (world: World) => World,
    may: (world: World) => boolean = () => true,
  ): Step<World>[] => [
    {
      name: `${name}: looks`,
      take: (world) =>
        world.looked.includes(name) || standing(world) !== from || !may(world)
          ? undefined
          : { ...world, looked: [...world.looked, name].sort() },
    },
    {
      name: `${name}: writes`,
      take: (world) => {
        if (!world.looked.includes(name)) return undefined;
        const rest = { ...world, looked: world.looked.filter((one) => one !== name) };
        // Nothing is written by who lost.
        return compares && (standing(world) !== from || !may(world)) ? rest : write(rest);
      },
    },
  ];
  const to =
    (status: ApprovalStatus, more: Partial<World> = {}) =>
    (world: World): World => ({ ...world, status, ...more });
  const vote =
    (id: 'ann' | 'ben', word: 'yes' | 'no') =>
    (world: World): World => {
      const voted = { ...world, [id]: word };
      const cast = (['ann', 'ben'] as const)
        .filter((one) => voted[one] !== '')
        .map((one) => ({ approved: voted[one] === 'yes', approver: { id: one } }));
      const result = tally(BOTH, cast);
      return { ...voted, status: result === 'open' ? world.status : result };
    };
  return [
    ...(['ann', 'ben'] as const).flatMap((id) =>
      (['yes', 'no'] as const).flatMap((word) =>
        actor(`${id} ${word}`, 'pending', vote(id, word), (world) => world[id] === ''),
      ),
    ),
    ...actor('requester cancels', 'pending', to('cancelled')),
    ...actor('requester supersedes', 'pending', to('superseded')),
    ...(timer ? actor('timer', 'pending', to('approved', { decidedByTimer: true }), ({ time }) => time === 1) : []),
    ...actor('approver revokes', 'approved', to('revoked')),
    ...['first', 'second'].flatMap((name) =>
      actor(`${name} uses it`, 'approved', (world) => ({ ...world, status: 'consumed', uses: world.uses + 1 })),
    ),
    {
      name: 'the end is written down',
      take: (world) =>
        standing(world) === 'expired' && world.status !== 'expired' ? { ...world, status: 'expired' } : undefined,
    },
    { name: 'time passes', take: (world) => (world.time < 3 ? { ...world, time: world.time + 1 } : undefined) },
  ];
}

/** What holds in every state, and of every step. */
const ENDED: readonly ApprovalStatus[] = ['rejected', 'expired', 'cancelled', 'superseded', 'consumed', 'revoked'];
const INVARIANTS: Readonly<Record<string, (world: World, before: World) => boolean>> = {
  'an approval is used at most once': ({ uses }) => uses <= 1,
  'nothing is used that nobody approved': ({ uses, ann, ben, decidedByTimer }) =>
    uses === 0 || decidedByTimer || (ann === 'yes' && ben === 'yes'),
  'every change of state is a step of the machine': ({ status }, before) =>
    before.status === status || isStep(before.status, status),
  'what has ended stays ended': ({ status }, before) => !ENDED.includes(before.status) || before.status === status,
  'nobody votes on what is decided, or over': ({ ann, ben }, before) =>
    standing(before) === 'pending' || (ann === before.ann && ben === before.ben),
  'a vote is not taken back': ({ ann, ben }, before) =>
    (before.ann === '' || before.ann === ann) && (before.ben === '' || before.ben === ben),
  'nothing is used past its time': ({ uses }, before) => before.uses === uses || before.time < 3,
  'a timer approves only in its turn': ({ decidedByTimer }, before) =>
    before.decidedByTimer === decidedByTimer || before.time === 1,
  'a no that is recorded first wins over the timer': ({ ann, ben, decidedByTimer }, before) =>
    before.decidedByTimer === decidedByTimer || (ann !== 'no' && ben !== 'no'),
};

describe('the machine of an approval, in every order', () => {
  it('holds its invariants, with a timer and without', () => {
    for (const timer of [false, true]) {
      const explored = explore(START, stepsOf({ compares: true, timer }), INVARIANTS);
      expect(explored.breach).toBeUndefined();
      expect(explored.states).toBeGreaterThan(2000);
      expect(explored.ends).toBeGreaterThan(0);
    }
  });

  it.each(Object.keys(INVARIANTS))('would break without comparing before it writes: %s', (name) => {
    // Two yes are always there, or the timer, where it is approved: no order makes one of too few.
    if (name === 'nothing is used that nobody approved') return;
    const only = { [name]: INVARIANTS[name]! };
    const { breach } = explore(START, stepsOf({ compares: false, timer: true }), only);
    expect(breach).toMatchObject({ invariant: name });
  });
});

const NOW = 1_790_000_000_000;
const USE_WITHIN_MS = 3_600_000;
const TIME = { decide: 1_000_000, timer: 500_000 };
const parsed = parseConfig(
  [
    {
      name: 'approvals.toml',
      text: VOTERS.map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join(''),
    },
  ],
  {},
);
if (!parsed.ok) throw new Error('the configuration can not be used');
const { approvals } = parsed.loaded.config;
const KEYS = keysOf(...VOTERS);

describeStores('an approval on the $name store, its calls in any order,', (kind) => {
  let place: StorePlace;
  let store: GovernanceStore;
  let now: number;
  beforeEach(async () => {
    now = NOW;
    place = await kind.create();
    store = await kind.open(place, { clock: () => now });
  });
  afterEach(async () => {
    await store.close();
    await kind.remove(place);
  });

  /** A call of the store waits until the scheduler lets it go on, before and after. */
  const scheduled = (s: fc.Scheduler): GovernanceStore =>
    new Proxy(store, {
      get: (target, name: keyof GovernanceStore) => {
        const call = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          await s.schedule(Promise.resolve(), `before ${name}`);
          const result = await call.apply(target, args);
          await s.schedule(Promise.resolve(), `after ${name}`);
          return result;
        };
      },
    });

  it('is decided once, used once, and told as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom(0, TIME.timer, TIME.decide, TIME.decide + USE_WITHIN_MS),
        async (s, words, timed, passes) => {
          now = NOW;
          const record = sampleRequest(NOW, {
            quorum: QUORUM,
            strategy: timed ? 'time-based-approval' : 'multi-approval',
            decideBy: NOW + TIME.decide,
            actionDigest: newId().padEnd(64, '0'),
            ...(timed ? { approvesItselfAt: NOW + TIME.timer } : {}),
          });
          const { id } = await store.createRequest(record, requestEntry(record));
          const slow = scheduled(s);
          const clock = () => now;
          const jobs = createJobMaker({ config: () => approvals, clock, newId });
          const desk = createApprovalDesk({
            store: slow,
            delegations: nobodyLends,
            clock,
            newId,
            config: () => approvals,
            keys: () => KEYS,
            operation: (name) => BUILTIN_OPERATIONS.find((one) => one.name === name),
            mask: (text) => text,
          });
          const use = async (): Promise<boolean> => {
            const entry = sampleEntry({
              eventType: 'approval_decision',
              correlationId: record.correlationId,
              metadata: { event: 'approval_consumed', approval_id: id },
            });
            return (await slow.attempt(sampleEntry(), { grant: { approvalId: id, entry } })).ok;
          };
          const actors = [
            ...VOTERS.map((voter, i) =>
              desk.decide({ approvalId: id, signer: signerOf(voter), approved: words[i]!, via: 'test' }),
            ),
            desk.withdraw(id, 'revoked', { actorType: 'user', id: 'x', name: 'x' }),
            desk.withdraw(id, 'cancelled', { actorType: 'user', id: 'x', name: 'x' }),
            slow.getRequest(id).then((one) => settle({ store: slow, clock, newId, jobs }, one!)),
            (async () => {
              await s.schedule(Promise.resolve(), 'time passes');
              now += passes;
              return true;
            })(),
          ];
          const uses = [use(), use()];
          await s.waitFor(Promise.allSettled([...actors, ...uses]));
          const used = (await Promise.all(uses)).filter(Boolean).length;
          const after = (await store.getRequest(id))!;
          const told = (await store.query({ correlationId: record.correlationId, limit: 100 }))
            .filter(({ metadata }) => metadata.approval_id === id)
            .map(({ metadata }) => String(metadata.event));
          const count = (event: string): number => told.filter((one) => one === event).length;
          expect(used).toBeLessThanOrEqual(1);
          expect(count('approval_consumed')).toBe(used);
          expect(used === 1).toBe(after.status === 'consumed');
          expect(count('approval_vote')).toBe(after.votes?.length ?? 0);
          // Each state that it went through is on record once, and the walk is one of the machine's.
          const walk = told.reverse().flatMap((event) => statusOf(event) ?? []);
          let at: ApprovalStatus = 'pending';
          for (const next of walk) {
            expect([at, next, isStep(at, next)]).toEqual([at, next, true]);
            at = next;
          }
          expect(at).toBe(after.status);
          expect(requestDigest(after)).toBe(requestDigest(record));
          if (walk.includes('approved') && after.decidedBy?.actorType === 'user')
            expect(after.votes!.filter(({ approved }) => approved)).toHaveLength(QUORUM.required);
          expect(statusAt(after, now + 1e12)).not.toBe('pending');
        },
      ),
      { numRuns: process.env.GGEN_SOAK ? 1000 : 40 },
    );
  });
});

function statusOf(event: string): ApprovalStatus | undefined {
  const name = event.replace('approval_', '');
  const states: ApprovalStatus[] = [
    'approved',
    'rejected',
    'expired',
    'cancelled',
    'superseded',
    'consumed',
    'revoked',
  ];
  return states.find((one) => one === name);
}
