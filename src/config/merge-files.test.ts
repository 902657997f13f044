import { describe, expect, it } from 'vitest';
import { type ConfigFile, type LoadedConfig, parseConfig, renderProblems } from './index.ts';

const file = (name: string, text: string, overrides = false): ConfigFile => ({ name, text, overrides });
function load(...files: ConfigFile[]): LoadedConfig {
  const result = parseConfig(files, {});
  if (!result.ok) throw new Error(renderProblems(result.problems));
  return result.loaded;
}
function errors(...files: ConfigFile[]): string[] {
  const result = parseConfig(files, {});
  return result.ok ? [] : renderProblems(result.problems.filter(({ severity }) => severity === 'error')).split('\n');
}
const at = (loaded: LoadedConfig, path: string): string => {
  const { file: name, line, column } = loaded.locate(path);
  return `${name}:${line}:${column}`;
};

describe('several files', () => {
  it('are one configuration: any root table stands in any of them, and a table in several', () => {
    const loaded = load(
      file('a', '[audit]\nretention_days = 5\n[policies.agents.x]\ncan_read = ["a"]'),
      file(
        'b',
        '[gateway.mcp]\napproval_wait_seconds = 7\n[policies.agents.x]\ncan_write = ["b"]\n[policies.agents.y]',
      ),
    );
    expect(loaded.config).toMatchObject({
      audit: { retentionDays: 5 },
      gateway: { mcp: { approvalWaitSeconds: 7 } },
      policies: { agents: { x: { canRead: [{ pattern: 'a' }], canWrite: [{ pattern: 'b' }] }, y: {} } },
    });
    expect(at(loaded, 'policies.agents.x.can_read[0]')).toBe('a:4:13');
    expect(at(loaded, 'policies.agents.x.can_write[0]')).toBe('b:4:14');
    expect(at(loaded, 'policies.agents.x.can_execute')).toBe('a:3:1');
    expect(at(loaded, 'policies.agents.y.can_read')).toBe('b:5:1');
    expect(at(loaded, 'compliance.soc2')).toBe('a:0:0');
    expect(at(loaded, 'no path at all')).toBe('a:0:0');
  });

  it('may not set one key twice: both places are said', () => {
    expect(errors(file('a', '[audit]\nenabled = true'), file('b', '\n[audit]\n  enabled = true'))).toEqual([
      'b:3:3: error: audit.enabled: is set in two places: a:2:1 has it too',
    ]);
    expect(errors(file('a', 'gateway.tool = []'), file('b', '[[gateway.tool]]\ntool = "x"'))).toEqual([
      'b:1:1: error: gateway.tool: is set in two places: a:1:9 has it too',
    ]);
    expect(errors(file('a', 'audit = 1'), file('b', '[audit]'))[0]).toMatch(/^a:1:1: error: audit: expected a table/);
  });

  it('give way to one that overrides', () => {
    const loaded = load(
      file('a', '[policies]\nenforcement_mode = "strict"'),
      file('V', 'policies.enforcement_mode = "permissive"', true),
    );
    expect(loaded.config.policies.enforcementMode).toBe('permissive');
    expect(at(loaded, 'policies.enforcement_mode')).toBe('V:1:10');
    expect(at(loaded, 'policies.version')).toBe('V:1:1');
  });

  it('are all refused where one is broken, and every broken one is said', () => {
    expect(errors(file('a', '['), file('b', 'x ='), file('c', ''))).toEqual([
      expect.stringMatching(/^a:1:2: error: not TOML/),
      expect.stringMatching(/^b:1:\d: error: not TOML/),
    ]);
  });
});

describe('approvers', () => {
  it('may stand in either spelling, also with the other’s table empty as in the guide', () => {
    const loaded = load(file('g', '[approvals.approvers]\n[[approvers.user]]\nid = "admin"\ncan_approve = ["*"]'));
    expect(loaded.config.approvals.approvers.user).toMatchObject([{ id: 'admin' }]);
    expect(at(loaded, 'approvals.approvers.user[0].id')).toBe('g:3:1');
    expect(at(loaded, 'approvals.approvers.user[0].role')).toBe('g:2:1');
    expect(at(loaded, 'approvals.approvers.agent')).toBe('g:1:1');
  });

  it('may have people in one spelling and agents in the other, but not people in both', () => {
    const user = '\nid = "u"\ncan_approve = ["*"]\n';
    const mixed = load(file('g', `[[approvals.approvers.user]]${user}[[approvers.agent]]\nid = "a"`));
    expect(mixed.config.approvals.approvers).toMatchObject({ user: [{ id: 'u' }], agent: [{ id: 'a' }] });
    expect(errors(file('g', `[[approvals.approvers.user]]${user}[[approvers.user]]${user}`))).toEqual([
      'g:4:1: error: approvers.user: is set in two places: g:1:1 has it too',
    ]);
  });

  it('of a wrong type are an error in their place, and hide none', () => {
    expect(errors(file('g', 'approvers = 3'))).toEqual([
      'g:1:1: error: approvals.approvers: expected a table, found 3',
    ]);
    expect(errors(file('g', 'approvals = 3\n[[approvers.user]]\nid = "u"'))).toEqual([
      'g:1:1: error: approvals: expected a table, found 3',
    ]);
  });
});

describe('the action of secrets', () => {
  const beside = (more: string): string => `[policies.security]\naction = "warn"\n${more}`;
  it('is found in either place', () => {
    const loaded = load(file('g', beside('[policies.security.secret_patterns]\naction = "warn"')));
    expect(loaded.config.policies.security.secretPatterns.action).toBe('warn');
    expect(at(load(file('g', beside(''))), 'policies.security.secret_patterns.action')).toBe('g:2:1');
  });

  it('doesn’t hide what else is wrong there', () => {
    expect(errors(file('g', beside('secret_patterns = 3')))).toEqual([
      'g:3:1: error: policies.security.secret_patterns: expected a table, found 3',
    ]);
    expect(errors(file('g', '[policies.security]\naction = "blok"'))).toEqual([
      'g:2:1: error: policies.security.action: expected one of "block", "warn", "log", found the text "blok" (did you mean "block"?)',
    ]);
  });
});
