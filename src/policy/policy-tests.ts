import { GgenError, type Position } from '../kernel/errors.ts';
import { nearest } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { Outcome } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PolicySet } from './policy-set.ts';

/** One `[[test]]` kept beside the policy: an action, and what must be decided about it. */
export interface PolicyTest {
  readonly name: string;
  readonly action: Action;
  readonly expect: Outcome;
  /** id of a rule that must be among the reasons */
  readonly rule: string | undefined;
  readonly position: Position;
}

export interface PolicyTestResult {
  readonly test: PolicyTest;
  readonly passed: boolean;
  readonly outcome: Outcome;
  readonly rules: readonly string[];
}

const KEYS = ['name', 'action_type', 'target', 'requester', 'content', 'expect', 'rule'];
const OUTCOMES: readonly Outcome[] = ['allowed', 'requires_approval', 'denied'];

/** The `[[test]]` tables of a parsed TOML file; CONFIG_INVALID with its place for the first that is malformed. */
export function parsePolicyTests(
  value: Readonly<Record<string, unknown>>,
  locate: (path: string) => Position,
): PolicyTest[] {
  const fail = (path: string, message: string, hint?: string): never => {
    throw new GgenError('CONFIG_INVALID', message, { position: locate(path), ...(hint === undefined ? {} : { hint }) });
  };
  for (const key of Object.keys(value))
    if (key !== 'test') fail(key, `unknown key ${JSON.stringify(key)}`, 'tests are [[test]] tables');
  if (!Array.isArray(value.test)) return fail('test', 'no [[test]] tables');
  return value.test.map((table: Record<string, unknown>, index) => {
    const path = `test[${index}]`;
    for (const key of Object.keys(table)) {
      if (KEYS.includes(key)) continue;
      const near = nearest(key, KEYS);
      fail(
        `${path}.${key}`,
        `unknown key ${JSON.stringify(key)}`,
        near ? `did you mean ${near}?` : `known here: ${KEYS.join(', ')}`,
      );
    }
    const text = (key: string): string => {
      const one = table[key];
      return typeof one === 'string' ? one : fail(`${path}.${key}`, `${key} must be a text`);
    };
    const expected = text('expect') as Outcome;
    if (!OUTCOMES.includes(expected)) fail(`${path}.expect`, `expect must be one of ${OUTCOMES.join(', ')}`);
    return {
      name: table.name === undefined ? `test ${index + 1}` : text('name'),
      action: {
        actionType: text('action_type'),
        target: text('target'),
        requester: text('requester'),
        ...(table.content === undefined ? {} : { content: text('content') }),
      },
      expect: expected,
      rule: table.rule === undefined ? undefined : text('rule'),
      position: locate(path),
    };
  });
}

export interface PolicyTestRun {
  readonly results: readonly PolicyTestResult[];
  /** every rule of the set, and whether any test's decision named it */
  readonly coverage: readonly { readonly rule: string; readonly hit: boolean }[];
}

export function runPolicyTests(
  set: PolicySet,
  tests: readonly PolicyTest[],
  inspect: (action: Action) => Evidence,
): PolicyTestRun {
  const hit = new Set<string>();
  const results = tests.map((test) => {
    const decision = set.decide(test.action, inspect(test.action));
    const rules = [...decision.reasons, ...decision.warnings].map((reason) => reason.rule);
    for (const rule of rules) hit.add(rule);
    const passed = decision.outcome === test.expect && (test.rule === undefined || rules.includes(test.rule));
    return { test, passed, outcome: decision.outcome, rules };
  });
  return { results, coverage: set.rules.map(({ id }) => ({ rule: id, hit: hit.has(id) })) };
}
