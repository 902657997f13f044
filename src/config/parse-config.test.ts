import { describe, expect, it } from 'vitest';
import type { GovernanceConfig } from '../model/configuration.ts';
import { defaultConfig, parseConfig, renderProblems } from './index.ts';
import type { Environment } from './types.ts';

const parse = (text: string, env: Environment = {}) => parseConfig([{ name: 'g.toml', text }], env);
function problems(text: string, env: Environment = {}): string[] {
  const result = parse(text, env);
  const found = result.ok ? result.loaded.problems : result.problems;
  return found.length ? renderProblems(found).split('\n') : [];
}
function config(text: string, env: Environment = {}): GovernanceConfig {
  const result = parse(text, env);
  if (!result.ok) throw new Error(renderProblems(result.problems));
  return result.loaded.config;
}

describe('a configuration that can’t be used', () => {
  it.each<[string, string, string]>([
    [
      'a misspelt key',
      '[policies]\nenforcment_mode = "strict"',
      'g.toml:2:1: error: policies.enforcment_mode: unknown key "enforcment_mode" (did you mean enforcement_mode?)',
    ],
    [
      'an unknown table',
      '[polices]\nversion = "1.0"',
      'g.toml:1:1: error: polices: unknown key "polices" (did you mean policies?)',
    ],
    [
      'a wrong type',
      '[policies.security]\n  enabled = "yes"',
      'g.toml:2:3: error: policies.security.enabled: expected true or false, found the text "yes"',
    ],
    [
      'a table where a value belongs',
      '[policies.security.enabled]\nx = 1',
      'g.toml:1:1: error: policies.security.enabled: expected true or false, found a table',
    ],
    [
      'a value where a table belongs',
      '[policies]\nsecurity = 1',
      'g.toml:2:1: error: policies.security: expected a table, found 1',
    ],
    [
      'a value out of range',
      '[policies.quality]\nmin_test_coverage = 1.5',
      'g.toml:2:1: error: policies.quality.min_test_coverage: expected a number from 0 to 1, found 1.5',
    ],
    [
      'a fraction for a count',
      '[audit]\nretention_days = 1.5',
      'g.toml:2:1: error: audit.retention_days: expected a whole number from 1 to 36500, found 1.5',
    ],
    [
      'not a number',
      '[policies.quality]\nmin_test_coverage = nan',
      'g.toml:2:1: error: policies.quality.min_test_coverage: expected a number from 0 to 1, found NaN',
    ],
    [
      'none of the words',
      '[policies]\nenforcement_mode = "strictt"',
      'g.toml:2:1: error: policies.enforcement_mode: expected one of "strict", "permissive", "audit-only", found the text "strictt" (did you mean "strict"?)',
    ],
    [
      'a list with something else in it',
      '[policies.agents.a]\ncan_read = [\n  "x",\n  7,\n]',
      'g.toml:4:3: error: policies.agents.a.can_read[1]: expected a text or { pattern = "…", match = ["…"], no_match = ["…"] }, found 7',
    ],
    [
      'a rule table with another key',
      '[policies.agents.a]\ncan_read = [{ pattern = "x", matches = [] }]',
      'g.toml:2:30: error: policies.agents.a.can_read[0].matches: unknown key "matches" (did you mean match?)',
    ],
    [
      'a rate limit of another form',
      '[policies.resource.rate_limits]\nanthropic = 5',
      'g.toml:2:1: error: policies.resource.rate_limits.anthropic: unknown key "anthropic" (as in anthropic_requests_per_minute)',
    ],
    [
      'two actions for secrets',
      '[policies.security]\naction = "warn"\n[policies.security.secret_patterns]\naction = "block"',
      'g.toml:2:1: error: policies.security.action: differs from secret_patterns.action (keep one of the two)',
    ],
    [
      'no log',
      '[audit]\nenabled = false',
      'g.toml:2:1: error: audit.enabled: false is possible only with enforcement_mode = "audit-only" (what can not be recorded can not happen)',
    ],
    [
      'a timer for destructive operations',
      '[approvals.strategies]\ndestructive_operations = "time-based-approval"',
      'g.toml:2:1: error: approvals.strategies.destructive_operations: a timer may not approve operations of class destructive (use single-approval or multi-approval)',
    ],
    [
      'destructive operations that approve themselves',
      '[approvals.strategies]\ndestructive_operations = "auto-approval"',
      'g.toml:2:1: error: approvals.strategies.destructive_operations: operations of class destructive can not approve themselves (use single-approval or multi-approval)',
    ],
    [
      'an operation with a bad name',
      '[operations."do it"]\ntarget = "name"',
      'g.toml:1:1: error: operations."do it": "do it" is no operation name (lower case, digits and _)',
    ],
    [
      'a missing variable that is needed',
      '[audit.storage]\nbackend = "postgres"\nconnection_string = "${PG}"',
      'g.toml:3:1: error: audit.storage.connection_string: the environment variable PG is not set',
    ],
    ['broken TOML', '[policies\nversion = 1', 'g.toml:1:10: error: not TOML: illegal character in key'],
    [
      'a key set twice',
      '[policies]\nversion = "1.0"\nversion = "1.0"',
      'g.toml:3:1: error: not TOML: trying to redefine an already defined table or value',
    ],
  ])('%s', (_what, text, line) => {
    expect(parse(text).ok).toBe(false);
    expect(problems(text)[0]).toBe(line);
  });

  it('says everything that is wrong at once, in the order of the file', () => {
    const text = '[policies]\nversion = 2\n[policies.security]\nenabld = true\n[audit]\nretention_days = 0';
    expect(problems(text).map((line) => line.split(': ')[0])).toEqual(['g.toml:2:1', 'g.toml:4:1', 'g.toml:6:1']);
  });

  it('says the same key in two files', () => {
    const result = parseConfig(
      [
        { name: 'a.toml', text: '[audit]\nenabled = true' },
        { name: 'b.toml', text: '[audit]\nenabled = true' },
      ],
      {},
    );
    expect(renderProblems(result.ok ? [] : result.problems)).toContain('audit.enabled: is set in two places');
  });

  it.each([
    ['10,000 brackets deep', `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['10,000 inline tables deep', `a = ${'{ b = '.repeat(10_000)}1${' }'.repeat(10_000)}`],
    ['a key of 10,000 parts', `${'a.'.repeat(10_000)}b = 1`],
    ['larger than 8 MiB', `# ${'x'.repeat(8 * 1024 * 1024)}`],
    ['with a NUL', '[policies]\nversion = "1.0\0"'],
  ])('is refused quickly when %s', (_what, text) => {
    const result = parse(text);
    expect(result.ok).toBe(false);
    expect(renderProblems(result.ok ? [] : result.problems)).toMatch(/^g\.toml(?::\d+:\d+)?: error: /);
  });
});

describe('a configuration that can be used', () => {
  it('has the secure defaults where it says nothing', () => {
    const { policies, approvals, audit } = defaultConfig().config;
    expect(policies.enforcementMode).toBe('strict');
    const { enabled, inputValidation, secretScanning, pathTraversalProtection, commandInjectionProtection } =
      policies.security;
    expect([
      enabled,
      inputValidation,
      secretScanning,
      pathTraversalProtection,
      commandInjectionProtection,
    ]).not.toContain(false);
    expect(policies.security.secretPatterns.action).toBe('block');
    expect(policies.agents).toEqual({});
    expect(policies.operational.requireApprovalForDestructive).toBe(true);
    expect(policies.network.allowedDomains).toEqual([]);
    expect(approvals.enabled).toBe(true);
    expect(audit).toMatchObject({
      enabled: true,
      durability: 'disk',
      storage: { backend: 'sqlite', path: '.ggen/audit.db' },
    });
  });

  it('keeps an absent list apart from an empty one', () => {
    const { agents } = config('[policies.agents.a]\ncan_execute = []\n[policies.agents.b]').policies;
    expect(agents.a?.canExecute).toEqual([]);
    expect(agents.b?.canExecute).toBeUndefined();
    expect(agents.b?.canRead).toBeUndefined();
  });

  it('takes approvers in both spellings, and both places of the secrets’ action', () => {
    for (const prefix of ['', 'approvals.']) {
      const { approvals } = config(`[[${prefix}approvers.user]]\nid = "olga"\ncan_approve = ["*"]`);
      expect(approvals.approvers.user).toMatchObject([{ id: 'olga', canApprove: ['*'] }]);
    }
    expect(config('[policies.security]\naction = "warn"').policies.security.secretPatterns.action).toBe('warn');
    expect(config('[policies.security.secret_patterns]\naction = "log"').policies.security.secretPatterns.action).toBe(
      'log',
    );
  });

  it('takes values from the environment where they belong, and says which endpoint is off', () => {
    const text = '[security.incident_response.alerts]\nslack_webhook = "${HOOK}"';
    expect(config(text, { HOOK: 'https://x' }).security.incidentResponse?.alerts.slackWebhook).toBe('https://x');
    expect(problems(text)[0]).toMatch(
      /warning: security\.incident_response\.alerts\.slack_webhook: off, since the environment variable HOOK is not set/,
    );
  });

  it('has a digest that changes with its meaning, and neither with comments nor with a secret', () => {
    const digest = (text: string, env: Environment = {}): string => {
      const result = parse(text, env);
      return result.ok ? result.loaded.digest : '';
    };
    expect(digest('[policies]\nversion = "1.0" # same')).toBe(digest(''));
    expect(digest('[policies]\nenforcement_mode = "permissive"')).not.toBe(digest(''));
    const hook = '[security.incident_response.alerts]\nslack_webhook = "${HOOK}"';
    expect(digest(hook, { HOOK: 'one' })).toBe(digest(hook, { HOOK: 'two' }));
  });

  it('names what is not enforced yet, once for each key that is set', () => {
    expect(problems('[policies.quality]\nmax_iterations = 5\n[audit.storage]\nbackend = "s3"')).toEqual([
      'g.toml:2:1: not enforced yet: policies.quality.max_iterations: quality measures are not judged yet',
      'g.toml:4:1: not enforced yet: audit.storage.backend: the s3 store comes later: nothing starts with it',
    ]);
  });

  it('warns of operations in both lists, of timers and of approvals that are off', () => {
    const text =
      '[policies.operational.auto_approval]\noperations = ["a", "b"]\n[policies.operational.require_approval]\noperations = ["b"]\n' +
      '[approvals]\nenabled = false\n[approvals.strategies]\nexternal_calls = "time-based-approval"';
    expect(problems(text)).toEqual([
      expect.stringContaining(
        'g.toml:2:20: warning: policies.operational.auto_approval.operations[1]: b is in require_approval too',
      ),
      expect.stringContaining(
        'g.toml:6:1: warning: approvals.enabled: is false, so everything that requires approval is denied',
      ),
      expect.stringContaining('g.toml:8:1: warning: approvals.strategies.external_calls: a timer that nobody stops'),
    ]);
  });

  it('says where a value stands, and for a default the nearest table', () => {
    const result = parse('[policies.agents.a]\ncan_write = [\n  "x", "y" ]\n');
    const at = (path: string): string => {
      const { line, column } = result.ok ? result.loaded.locate(path) : { line: -1, column: -1 };
      return `${line}:${column}`;
    };
    expect(at('policies.agents.a.can_write[1]')).toBe('3:8');
    expect(at('policies.agents.a.can_read')).toBe('1:1');
    expect(at('audit.enabled')).toBe('0:0');
  });
});
