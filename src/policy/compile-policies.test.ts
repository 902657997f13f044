import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import { isGgenError } from '../kernel/errors.ts';
import { parsePolicyTests, runPolicyTests } from './index.ts';
import { agent, compile, entries, type Over, policiesOver } from './policy.fixture.ts';

const { configOf, setOf } = policiesOver(defaultConfig().config);

const problems = (over: Over): string[] => {
  const result = compile(configOf(over));
  return result.ok ? [] : result.problems.map(({ rule, line, message }) => `${rule}:${line} ${message}`);
};
const warnings = (over: Over): string[] => setOf(over).warnings.map(({ rule, message }) => `${rule} ${message}`);
const operations = (...patterns: string[]) => ({ operations: entries(...patterns) });

describe('what can not be used', () => {
  it('is reported all at once, each with its place', () => {
    const found = problems({
      agents: { a: agent({ canRead: ['ok', 'a?'], cannotWrite: ['../x'], canExecute: ['ls | rm'] }) },
      network: { allowedDomains: entries('https://x.org'), blockedDomains: entries('a*b.org') },
    });
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'policies.agents.a.can_read[1]:11',
      'policies.agents.a.cannot_write[0]:10',
      'policies.agents.a.can_execute[0]:10',
      'policies.network.allowed_domains[0]:10',
      'policies.network.blocked_domains[0]:10',
    ]);
  });

  it.each([' secrets', 'secrets ', '\u00a0x'])('%j has a blank that no path has', (pattern) => {
    for (const lists of [{ cannotRead: [pattern] }, { cannotWrite: [pattern] }, { cannotCall: [pattern] }]) {
      expect(problems({ agents: { a: agent(lists) } }).join()).toContain('starts or ends with a blank');
    }
  });

  it.each(['$HOME/.ssh', '$HOME', '$x/*'])('%j is not expanded', (pattern) => {
    expect(problems({ agents: { a: agent({ cannotRead: [pattern] }) } }).join()).toContain(
      'write the path, ~/ for home',
    );
    expect(problems({ agents: { a: agent({ cannotRead: [`./${pattern}`, 'a/$b'], cannotCall: ['$x'] }) } })).toEqual(
      [],
    );
  });

  it.each([
    ['.evil.com', 'starts with a dot; write *.evil.com'],
    ['..evil.com', 'starts with a dot; write *.evil.com'],
    ['*..evil.com', 'starts with a dot; write *.evil.com'],
    ['.', 'is no host name'],
    ['*.', 'is no host name'],
    ['evil.com..', 'is no host name'],
  ])('the domain %j is refused', (pattern, message) => {
    expect(problems({ network: { blockedDomains: entries(pattern) } }).join()).toContain(message);
  });

  it('examples that do not hold are problems, those that do are not', () => {
    const rule = (pattern: string, match: string[], noMatch: string[]) => [{ pattern, match, noMatch }];
    const over = (canRead: ReturnType<typeof rule>): Over => ({ agents: { a: { ...agent({}), canRead } } });
    expect(problems(over(rule('src/*', ['src/a/b', './src/x'], ['lib/x', '../src/x'])))).toEqual([]);
    expect(problems(over(rule('src/*', ['lib/x'], ['src/x'])))).toEqual([
      'policies.agents.a.can_read[0]:10 "src/*" does not match its example "lib/x"',
      'policies.agents.a.can_read[0]:10 "src/*" matches "src/x", which stands under no_match',
    ]);
    const commands = (entry: ReturnType<typeof rule>): Over => ({
      security: { allowedCommands: { commands: entry, requireApproval: [] } },
    });
    expect(problems(commands(rule('git *', ['git log -1'], ['git', 'git log; rm'])))).toEqual([]);
    expect(problems(commands(rule('git *', ['git'], [])))).toHaveLength(1);
    const domains = (entry: ReturnType<typeof rule>): Over => ({ network: { allowedDomains: entry } });
    expect(problems(domains(rule('*.x.org', ['a.x.org'], ['x.org'])))).toEqual([]);
    expect(problems(domains(rule('*.x.org', ['x.org'], [])))).toHaveLength(1);
    const auto = (entry: ReturnType<typeof rule>): Over => ({ operational: { autoApproval: { operations: entry } } });
    expect(problems(auto(rule('read_*', ['read_file'], ['write_file'])))).toEqual([]);
    expect(problems(auto(rule('read_*', ['write_file'], ['read_file'])))).toHaveLength(2);
  });

  it('an operation of one’s own needs a target that its bounds can judge, and a name of its own', () => {
    const config = configOf({});
    const custom = { target: 'name', access: 'read', classes: [], domain: 'x' } as const;
    const result = compile({ ...config, operations: { mine: custom, read_file: custom } });
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      'access read needs a target of kind path, not name',
      'read_file is built in and can not be declared again',
    ]);
  });
});

describe('what is warned of', () => {
  it.each<[Over, string]>([
    [
      { agents: { a: agent({ canRead: ['src/a/*'], cannotRead: ['SRC/*'] }) } },
      'policies.agents.a.can_read[0] "src/a/*" has no effect: policies.agents.a.cannot_read[0] denies all of it',
    ],
    [
      { agents: { a: agent({ canRead: ['*', 'src/*'] }) } },
      'policies.agents.a.can_read[1] "src/*" has no effect: policies.agents.a.can_read[0] covers all of it',
    ],
    [
      { agents: { a: agent({ canRead: ['src/*', 'src/**'] }) } },
      'policies.agents.a.can_read[1] "src/**" has no effect: policies.agents.a.can_read[0] covers all of it',
    ],
    [
      { agents: { a: agent({ canRead: ['src'], cannotRead: ['x/y', '~/**'] }) } },
      'policies.agents.a.cannot_read[0] "x/y" has no effect: policies.agents.a.cannot_read[1] covers all of it',
    ],
    [
      { agents: { a: agent({ canExecute: ['git push'], cannotExecute: ['git'] }) } },
      'policies.agents.a.can_execute[0] "git push" has no effect: policies.agents.a.cannot_execute[0] denies all of it',
    ],
    [
      { agents: { a: agent({ canExecute: ['make'] }) } },
      'policies.agents.a.can_execute[0] "make" has no effect: neither list of policies.security.allowed_commands permits such a command',
    ],
    [
      { security: { allowedCommands: { commands: entries('git push x'), requireApproval: entries('git push') } } },
      'policies.security.allowed_commands.commands[0] "git push x" has no effect: policies.security.allowed_commands.require_approval[0] asks about all of it',
    ],
    [
      { network: { allowedDomains: entries('a.x.org'), blockedDomains: entries('*.x.org') } },
      'policies.network.allowed_domains[0] "a.x.org" has no effect: policies.network.blocked_domains[0] blocks all of it',
    ],
    [
      { operational: { requireApproval: operations('delete_fil') } },
      'policies.operational.require_approval.operations[0] "delete_fil" names no operation and has no effect; did you mean delete_file?',
    ],
    [
      { operational: { autoApproval: operations('read_*', 'read_file') } },
      'policies.operational.auto_approval.operations[1] read_file has no effect: earlier entries of this list name all that it names',
    ],
    [
      { agents: { a: agent({ canExecute: [] }) } },
      'policies.agents.a agent a may do nothing with files, commands or tools',
    ],
    [
      { operational: { enabled: false } },
      'policies.operational.enabled is false: no operation list applies, so nothing permits reading',
    ],
  ])('%#', (over, expected) => {
    expect(warnings(over)).toContain(expected);
  });

  it('rules that all do something are not warned of', () => {
    expect(
      warnings({
        agents: {
          a: agent({
            canRead: ['*', '/etc/hosts'],
            cannotRead: ['**/.env', '~/.ssh/*'],
            canWrite: ['src/*', 'docs'],
            canExecute: ['git'],
          }),
        },
        security: { allowedCommands: { commands: entries('git', 'ls'), requireApproval: entries('git push') } },
        network: { allowedDomains: entries('*.x.org', 'x.org'), blockedDomains: entries('bad.x.org') },
      }),
    ).toEqual([]);
  });
});

describe('policy tests', () => {
  const place = (path: string) => ({ file: 't.toml', line: path.length, column: 1 });
  const row = { action_type: 'read_file', target: 'src/a', requester: 'a', expect: 'allowed' };
  const refused = (value: Record<string, unknown>): string => {
    try {
      parsePolicyTests(value, place);
    } catch (error) {
      if (isGgenError(error)) return `${error.position?.line} ${error.message} ${error.hint ?? ''}`;
    }
    return 'accepted';
  };

  it('run over the set, with what they cover', () => {
    const set = setOf({ agents: { a: agent({ canRead: ['src/*', 'docs/*'] }) } });
    const tests = parsePolicyTests(
      {
        test: [
          row,
          { ...row, rule: 'policies.agents.a.can_read[1]' },
          { ...row, target: 'lib/a' },
          { ...row, name: 'no', target: 'lib/a', expect: 'denied' },
        ],
      },
      place,
    );
    const inspect = (action: (typeof tests)[number]['action']) => ({
      parts: [{ actionType: action.actionType, target: action.target, path: action.target }],
      findings: [],
      safeTarget: action.target,
    });
    const { results, coverage } = runPolicyTests(set, tests, inspect);
    expect(results.map(({ passed }) => passed)).toEqual([true, false, false, true]);
    expect(results.map(({ test }) => test.name)).toEqual(['test 1', 'test 2', 'test 3', 'no']);
    expect(coverage).toEqual([
      { rule: 'policies.agents.a.can_read[0]', hit: true },
      { rule: 'policies.agents.a.can_read[1]', hit: false },
    ]);
  });

  it.each([
    [{ tests: [] }, 'unknown key "tests"'],
    [{}, 'no [[test]] tables'],
    [{ test: [{ ...row, expct: 'x' }] }, 'did you mean expect?'],
    [{ test: [{ ...row, expect: 'maybe' }] }, 'expect must be one of'],
    [{ test: [{ ...row, target: 5 }] }, 'target must be a text'],
    [{ test: [1] }, 'expect must be a text'],
  ])('%j is refused', (value, message) => {
    expect(refused(value)).toContain(message);
  });
});
