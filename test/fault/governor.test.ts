import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { createGovernor, type GovernanceStore, type PolicySnapshot } from '../../src/governor/index.ts';
import { GgenError } from '../../src/kernel/errors.ts';
import { uuidFromName } from '../../src/kernel/ids.ts';
import type { Action } from '../../src/model/action.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let system: GovernedSystem;

beforeEach(async () => {
  folder = createFolder({ 'src/a.ts': 'old' });
  system = await openFolder(folder);
});
afterEach(async () => {
  await system.close();
  folder.remove();
});

const ALLOWED: Action = { actionType: 'write_file', target: 'src/a.ts', content: 'x', requester: 'writer' };
const DENIED: Action = { ...ALLOWED, target: 'lib/b.ts' };
const ASKED: Action = { actionType: 'delete_file', target: 'src/a.ts', requester: 'writer' };

let ids = 0;
const full = () => new GgenError('STORE_UNAVAILABLE', 'database or disk is full');

function governorWith(change: { store?: Partial<GovernanceStore>; snapshot?: Partial<PolicySnapshot> }) {
  const store = new Proxy(system.store, {
    get: (real, name) => {
      const replaced = change.store?.[name as keyof GovernanceStore];
      if (replaced) return replaced;
      const value = real[name as keyof GovernanceStore] as unknown;
      return typeof value === 'function' ? (value as (...a: unknown[]) => unknown).bind(real) : value;
    },
  });
  return createGovernor({
    snapshot: () => ({ ...system.policyHolder.current(), ...change.snapshot }),
    store,
    clock: Date.now,
    newId: () => uuidFromName(`fault-${++ids}`),
    sleep: async () => undefined,
  });
}

const boom = () => {
  throw new Error('boom\n    at secret.ts:1');
};

describe('a fault while deciding denies', () => {
  const set = () => system.policies();
  const inspector = () => system.policyHolder.current().inspector;
  it.each<[string, () => Partial<PolicySnapshot>]>([
    ['the inspector throws', () => ({ inspector: { ...inspector(), inspect: boom } })],
    [
      'the engine throws',
      () => ({ set: { ...set(), stateNeeds: () => undefined, operation: () => undefined, decide: boom } }),
    ],
    ['the files an approval covers can’t be hashed', () => ({ inspector: { ...inspector(), references: boom } })],
  ])('where %s', async (_name, snapshot) => {
    const governor = governorWith({ snapshot: snapshot() });
    let ran = false;
    const result = await governor.run(ASKED, () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(result).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'denied', reasons: [{ rule: 'builtin.fault' }] },
    });
    expect((result as { message: string }).message).not.toContain('secret.ts');
    expect((await system.store.query({ limit: 5 }))[0]).toMatchObject({ result: 'denied' });
  });

  it('where the state can’t be read', async () => {
    const governor = governorWith({
      snapshot: {
        set: { ...set(), stateNeeds: () => ({ agent: 'writer' }), decide: (a, e, s) => set().decide(a, e, s) },
      },
      store: { agentState: boom },
    });
    expect(await governor.authorize(ALLOWED)).toMatchObject({ outcome: 'refused' });
  });
});

describe('what can’t be recorded doesn’t happen', () => {
  it('an allowed action', async () => {
    const governor = governorWith({ store: { attempt: () => Promise.reject(full()) } });
    let ran = false;
    const result = await governor.run(ALLOWED, () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(result).toMatchObject({ outcome: 'refused' });
    expect((result as { message: string }).message).toContain('database or disk is full');
  });

  it('a refusal stays a refusal', async () => {
    const governor = governorWith({ store: { append: () => Promise.reject(full()) } });
    expect(await governor.authorize(DENIED)).toMatchObject({ outcome: 'refused' });
  });

  it('a request for approval', async () => {
    const governor = governorWith({ store: { createRequest: () => Promise.reject(full()) } });
    const result = await governor.authorize(ASKED);
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result).not.toHaveProperty('approval');
  });

  it('an action whose guard is lost again and again', async () => {
    const governor = governorWith({ store: { attempt: () => Promise.resolve({ ok: false, lost: 'rate' }) } });
    expect(await governor.authorize(ALLOWED)).toMatchObject({ outcome: 'refused' });
  });
});
