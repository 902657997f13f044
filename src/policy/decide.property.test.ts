import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import type { Action } from '../model/action.ts';
import type { Outcome } from '../model/decision.ts';
import { agent, entries, type Over, policiesOver } from './policy.fixture.ts';

const { setOf } = policiesOver(defaultConfig().config);

/** A small world as plain lists: what the oracle reads, and what sets are compiled from. */
interface Lists {
  readonly canRead: string[];
  readonly cannotRead: string[];
  readonly canWrite: string[];
  readonly cannotWrite: string[];
  readonly commands: string[];
  readonly askedCommands: string[];
  readonly canExecute: string[] | undefined;
  readonly cannotExecute: string[];
  readonly allowed: string[];
  readonly blocked: string[];
  readonly auto: string[];
  readonly ask: string[];
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly external: boolean;
}

const OPERATIONS = ['read_file', 'write_file', 'delete_file', 'execute_shell', 'http_request', 'publish_template'];
const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
const paths = some('*', 'a/*', 'a/b', 'b/*', '*.x', '**/s/*', 'a/**/t');
const commands = some('git', 'git push', 'ls', '*', 'git * x');
const hosts = some('x.org', '*.x.org', 'b.x.org', '*');
const operations = some(...OPERATIONS);
const lists: fc.Arbitrary<Lists> = fc.record({
  canRead: paths,
  cannotRead: paths,
  canWrite: paths,
  cannotWrite: paths,
  commands,
  askedCommands: commands,
  canExecute: fc.option(commands, { nil: undefined }),
  cannotExecute: commands,
  allowed: hosts,
  blocked: hosts,
  auto: operations,
  ask: operations,
  readOnly: fc.boolean(),
  destructive: fc.boolean(),
  external: fc.boolean(),
});
const aPath = fc.constantFrom('a/b', 'a/c', 'b/d', 'k.x', 'c/s/e', 'a/q/t', 'z', 'q.x/y', 'a/b/c');
const one = fc.oneof(
  fc.record({ actionType: fc.constantFrom('read_file', 'write_file', 'delete_file'), target: aPath }),
  fc.record({
    actionType: fc.constant('execute_shell'),
    target: fc.constantFrom('git', 'git push', 'git a x', 'git -C a push', 'ls -l', 'rm a'),
  }),
  fc.record({
    actionType: fc.constant('http_request'),
    target: fc.constantFrom('https://x.org/', 'https://b.x.org/', 'https://y.org/'),
  }),
  fc.record({ actionType: fc.constant('publish_template'), target: fc.constant('t') }),
);
const action: fc.Arbitrary<Action> = fc
  .tuple(one, fc.array(one, { maxLength: 2 }))
  .map(([main, parts]) => ({ ...main, requester: 'a', ...(parts.length ? { parts } : {}) }));

function overOf(from: Lists, mode: 'strict' | 'permissive' | 'audit-only' = 'strict'): Over {
  return {
    enforcementMode: mode,
    agents: { a: agent(from) },
    security: {
      allowedCommands: { commands: entries(...from.commands), requireApproval: entries(...from.askedCommands) },
    },
    network: { allowedDomains: entries(...from.allowed), blockedDomains: entries(...from.blocked) },
    operational: {
      autoApproveReadOnly: from.readOnly,
      requireApprovalForDestructive: from.destructive,
      requireApprovalForExternalCalls: from.external,
      autoApproval: { operations: entries(...from.auto) },
      requireApproval: { operations: entries(...from.ask) },
    },
  };
}

// The rules once more, said as plainly as they stand in the design: two questions, then who is asked.
const GLOBS: Record<string, RegExp> = {
  '*': /^/,
  'a/*': /^a\//,
  'a/b': /^a\/b$/,
  'b/*': /^b\//,
  '*.x': /^[^/]*\.x$/,
  '**/s/*': /(^|\/)s\//,
  'a/**/t': /^a\/(.*\/)?t$/,
};
const inPaths = (list: string[], path: string): boolean => list.some((glob) => GLOBS[glob]!.test(path));
/** Deny lists: what a pattern names, and all below it. */
const inDenied = (list: string[], path: string): boolean =>
  path.split('/').some((_, at, all) => inPaths(list, all.slice(0, at + 1).join('/')));
const inCommands = (list: string[], command: string): boolean =>
  list.some((pattern) => {
    const given = command.split(' ');
    return pattern.split(' ').every((word, at) => (word === '*' ? given[at] !== undefined : word === given[at]));
  });
/** Lists that ask or deny: an option where a word of the pattern stands may hide that word. */
const inStrict = (list: string[], command: string): boolean =>
  list.some((pattern) => {
    const words = pattern.split(' ');
    const given = command.split(' ');
    const option = given.findIndex((word, at) => at > 0 && word.startsWith('-'));
    return inCommands([(option < 0 ? words : words.slice(0, option)).join(' ')], command);
  });
const inHosts = (list: string[], url: string): boolean => {
  const host = url.slice(8, -1);
  return list.some(
    (domain) => domain === '*' || domain === host || (domain.startsWith('*.') && host.endsWith(domain.slice(1))),
  );
};

function oracleOf(from: Lists, { actionType, target }: { actionType: string; target: string }): Outcome {
  const reads = actionType === 'read_file';
  const writes = actionType === 'write_file' || actionType === 'delete_file';
  let inside = true;
  let permits = from.auto.includes(actionType) || from.ask.includes(actionType) || (reads && from.readOnly);
  let asks = from.ask.includes(actionType);
  if (reads) inside = inPaths(from.canRead, target) && !inDenied(from.cannotRead, target);
  if (writes) {
    inside = inPaths(from.canWrite, target) && !inDenied(from.cannotWrite, target);
    permits = true;
    asks ||= actionType === 'delete_file' && from.destructive;
  }
  if (actionType === 'execute_shell') {
    const asked = inStrict(from.askedCommands, target);
    const listed = inCommands([...from.askedCommands, ...from.commands], target);
    inside = !inStrict(from.cannotExecute, target) && (from.canExecute ? inCommands(from.canExecute, target) : listed);
    permits ||= listed;
    asks ||= asked;
  }
  if (actionType === 'http_request') {
    inside = inHosts(from.allowed, target) && !inHosts(from.blocked, target);
    permits = true;
    asks ||= from.external;
  }
  if (!inside || !permits) return 'denied';
  return asks ? 'requires_approval' : 'allowed';
}

const STRICTEST: readonly Outcome[] = ['denied', 'requires_approval', 'allowed'];
function oracle(from: Lists, whole: Action): Outcome {
  const outcomes = [whole, ...(whole.parts ?? [])].map((part) => oracleOf(from, part));
  return STRICTEST.find((outcome) => outcomes.includes(outcome))!;
}

describe('deciding', () => {
  it('agrees with an oracle that reads the lists one by one', () => {
    fc.assert(
      fc.property(lists, action, (from, given) => {
        expect(setOf(overOf(from)).decide(given).outcome).toBe(oracle(from, given));
      }),
      { numRuns: 3000 },
    );
  });

  it('says what explaining says, in every mode and with counters or without', () => {
    const mode = fc.constantFrom('strict', 'permissive', 'audit-only');
    const state = fc.constantFrom(undefined, {}, { isolated: 'x' }, { otherActiveAgents: 99 });
    fc.assert(
      fc.property(lists, action, mode, state, fc.boolean(), (from, given, how, counters, enabled) => {
        const set = setOf(overOf(from, how), { enabled });
        const { decision, trace } = set.explain(given, undefined, counters);
        expect(set.decide(given, undefined, counters)).toEqual(decision);
        expect(trace.at(-1)).toMatchObject({ step: 'mode', verdict: decision.outcome });
        if (decision.outcome !== 'denied') return;
        const told = trace.filter((step) => step.verdict === 'denied').flatMap((step) => step.reasons);
        expect(told).toEqual(expect.arrayContaining([...decision.reasons]));
      }),
      { numRuns: 1500 },
    );
  });

  it('does not depend on the order of rules', () => {
    const turned = (from: Lists): Lists =>
      Object.fromEntries(
        Object.entries(from).map(([key, value]) => [key, Array.isArray(value) ? [...value].reverse() : value]),
      ) as unknown as Lists;
    fc.assert(
      fc.property(lists, action, (from, given) => {
        expect(setOf(overOf(turned(from))).decide(given).outcome).toBe(setOf(overOf(from)).decide(given).outcome);
      }),
    );
  });

  it('another deny rule never permits, another allow rule never forbids', () => {
    const denials = ['cannotRead', 'cannotWrite', 'cannotExecute', 'blocked'] as const;
    const rank = (from: Lists, given: Action): number => STRICTEST.indexOf(setOf(overOf(from)).decide(given).outcome);
    fc.assert(
      fc.property(lists, lists, action, fc.constantFrom(...denials), (from, more, given, key) => {
        expect(rank({ ...from, [key]: [...from[key], ...more[key]] }, given)).toBeLessThanOrEqual(rank(from, given));
        const wider = {
          ...from,
          canRead: [...from.canRead, ...more.canRead],
          canWrite: [...from.canWrite, ...more.canWrite],
        };
        expect(rank(wider, given)).toBeGreaterThanOrEqual(rank(from, given));
      }),
    );
  });

  it('nothing given permits nothing', () => {
    fc.assert(
      fc.property(action, (given) => {
        expect(setOf({ agents: { a: agent({}) } }).decide(given).outcome).toBe('denied');
      }),
    );
  });

  it('every dead rule that is warned of can be taken out without changing a decision', () => {
    fc.assert(
      fc.property(lists, fc.array(action, { minLength: 10, maxLength: 20 }), (from, given) => {
        const set = setOf(overOf(from));
        const dead = set.warnings.find(({ message }) => message.includes('has no effect'))?.rule ?? '';
        const at = /^policies\.(?:agents\.a\.(can_read|can_write)|network\.(allowed)_domains)\[(\d+)\]$/.exec(dead);
        if (!at) return;
        const key = ({ can_read: 'canRead', can_write: 'canWrite', allowed: 'allowed' } as const)[
          (at[1] ?? at[2]) as 'can_read'
        ];
        const less = setOf(overOf({ ...from, [key]: from[key].filter((_, index) => index !== Number(at[3])) }));
        for (const one of given) expect(less.decide(one).outcome).toBe(set.decide(one).outcome);
      }),
      { numRuns: 1000 },
    );
  });
});
