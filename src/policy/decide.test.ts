import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/index.ts';
import type { Evidence } from '../model/evidence.ts';
import { act, agent, entries, type Over, policiesOver } from './policy.fixture.ts';

const { setOf } = policiesOver(defaultConfig().config);
const READER = { agents: { a: agent({ canRead: ['*'] }) } };
const WRITER = { agents: { a: agent({ canRead: ['*'], canWrite: ['*'] }) } };
const outcome = (over: Over, ...args: Parameters<typeof act>): string => setOf(over).decide(act(...args)).outcome;
const firstRule = (over: Over, ...args: Parameters<typeof act>): string | undefined =>
  setOf(over).decide(act(...args)).reasons[0]?.rule;

describe('what is known', () => {
  it('an unknown operation is denied, and the nearest one named', () => {
    const { outcome: said, reasons } = setOf(READER).decide(act('read_fil', 'x'));
    expect(said).toBe('denied');
    expect(reasons[0]).toMatchObject({
      rule: 'builtin.unknown-operation',
      message: 'read_fil is no operation; did you mean read_file?',
    });
  });

  it('an agent without a table takes the default, else may do nothing', () => {
    expect(firstRule({}, 'read_file', 'x')).toBe('policies.agents');
    expect(outcome({ agents: { default: agent({ canRead: ['*'] }) } }, 'read_file', 'x')).toBe('allowed');
    expect(outcome({ agents: { default: agent({ canRead: ['*'] }), a: agent({}) } }, 'read_file', 'x')).toBe('denied');
    expect(outcome({ enforcementMode: 'permissive' }, 'read_file', 'x')).toBe('allowed');
  });

  it('evidence that does not look at every part denies in every mode', () => {
    const nothing: Evidence = { parts: [], findings: [], safeTarget: '' };
    for (const enforcementMode of ['strict', 'permissive', 'audit-only'] as const) {
      const set = setOf({ ...WRITER, enforcementMode });
      expect(set.decide(act('write_file', 'x'), nothing).outcome).toBe('denied');
      const one = { ...nothing, parts: [{ actionType: 'write_file', target: 'x', path: 'x' }] };
      const moved = act('write_file', 'x', { parts: [{ actionType: 'delete_file', target: 'y' }] });
      expect(set.decide(act('write_file', 'x'), one).outcome).toBe('allowed');
      expect(set.decide(moved, one).outcome).toBe('denied');
    }
  });

  it('the strictest verdict of all parts wins, and all reasons are kept', () => {
    const set = setOf({
      agents: { a: agent({ canWrite: ['*'], cannotWrite: ['no/*', 'never/*'] }) },
      operational: { requireApprovalForDestructive: true },
    });
    const parts = (...targets: string[]) => ({
      parts: targets.map((target) => ({ actionType: 'delete_file', target })),
    });
    expect(set.decide(act('write_file', 'x', parts('y'))).outcome).toBe('requires_approval');
    const denied = set.decide(act('write_file', 'no/x', parts('y', 'never/z')));
    expect(denied.outcome).toBe('denied');
    expect(denied.reasons.map(({ rule, line }) => [rule, line])).toEqual([
      ['policies.agents.a.cannot_write[0]', 10],
      ['policies.agents.a.cannot_write[1]', 11],
    ]);
  });
});

describe('paths', () => {
  it.each([
    ['read_file', 'src/a.ts', 'allowed'],
    ['read_file', './src//b/../a.ts', 'allowed'],
    ['read_file', '/home/user/project/src/a.ts', 'allowed'],
    ['read_file', '~/project/src/a.ts', 'allowed'],
    ['list_files', 'src', 'allowed'],
    ['read_file', 'lib/a.ts', 'denied'],
    ['read_file', '/etc/passwd', 'denied'],
    ['read_file', '../x', 'denied'],
    ['read_file', '/home/user/project/../x', 'denied'],
    ['read_file', '~root/x', 'denied'],
    ['read_file', '', 'denied'],
    ['read_file', 'src/a\nb', 'denied'],
    ['read_file', 'src/\ud800', 'denied'],
  ])('%s %j is %s', (operation, target, expected) => {
    expect(outcome({ agents: { a: agent({ canRead: ['src/*'] }) } }, operation, target)).toBe(expected);
  });

  it('a lone * is the workspace and not what lies outside', () => {
    expect(outcome(READER, 'read_file', 'deep/er/.env')).toBe('allowed');
    expect(outcome(READER, 'read_file', '/home/user/other')).toBe('denied');
  });

  it('absent and empty lists permit nothing', () => {
    expect(outcome({ agents: { a: agent({}) } }, 'read_file', 'x')).toBe('denied');
    expect(outcome({ agents: { a: agent({ canRead: [] }) } }, 'read_file', 'x')).toBe('denied');
    expect(outcome({ agents: { a: agent({ canRead: ['*'] }) } }, 'write_file', 'x')).toBe('denied');
  });

  it('relative paths start at the working directory', () => {
    const over = { agents: { a: agent({ canRead: ['sub/*'] }) } };
    const at = (cwd: string) => ({ context: { cwd } });
    expect(outcome(over, 'read_file', 'x', at('sub'))).toBe('allowed');
    expect(outcome(over, 'read_file', '../sub/x', at('sub'))).toBe('allowed');
    expect(outcome(over, 'read_file', '../../x', at('sub'))).toBe('denied');
    expect(outcome(over, 'read_file', 'x', at('/home/user/project/sub'))).toBe('allowed');
    expect(outcome(over, 'read_file', 'sub/x', at('/etc'))).toBe('denied');
    expect(outcome(over, 'read_file', 'sub/x', at('../..'))).toBe('denied');
  });

  it.each([
    '/home/*',
    '~/*',
    '~/**/.env',
    '/**/.env',
    '/home/user/project/.env',
    '/home/*/project/*',
    '.env',
    '**/.ENV',
  ])('cannot_read %j holds inside the workspace', (pattern) => {
    expect(outcome({ agents: { a: agent({ canRead: ['*'], cannotRead: [pattern] }) } }, 'read_file', '.env')).toBe(
      'denied',
    );
  });

  it.each([
    ['secrets', 'secrets', 'secrets/a', 'SECRETS/a/b', './secrets/'],
    ['**/secrets', 'secrets/a', 'x/secrets', 'x/y/secrets/a/b'],
    ['~/.ssh', '~/.ssh', '~/.ssh/id'],
    ['/etc', '/etc/passwd'],
    ['conf*', 'conf', 'config/a'],
    ['/home/user/project/secrets', 'secrets/a'],
    ['~', 'x', '/home/user/.ssh/id'],
    ['.', 'x'],
  ])('a deny entry %j covers the directory and all below it', (pattern, ...targets) => {
    const lists = { canRead: ['*', '/**'], cannotRead: [pattern], canWrite: ['*', '/**'], cannotWrite: [pattern] };
    for (const target of targets) {
      for (const operation of ['read_file', 'write_file', 'delete_file', 'search_files']) {
        expect([operation, target, outcome({ agents: { a: agent(lists) } }, operation, target)]).toEqual([
          operation,
          target,
          'denied',
        ]);
      }
    }
  });

  it('and nothing beside it; an allow entry stays what it says', () => {
    const over = { agents: { a: agent({ canRead: ['*'], cannotRead: ['secrets'] }) } };
    expect(outcome(over, 'read_file', 'secrets2/a')).toBe('allowed');
    expect(outcome(over, 'read_file', 'x/secrets/a')).toBe('allowed');
    expect(outcome({ agents: { a: agent({ canRead: ['src'] }) } }, 'read_file', 'src/a')).toBe('denied');
    expect(
      outcome(
        { agents: { a: agent({ canRead: ['*'], cannotCall: ['git'], canCall: ['*'] }) } },
        'call_tool',
        'git/push',
      ),
    ).toBe('allowed');
  });

  it('a search is denied where it would look into what is denied, or beyond what may be read', () => {
    const over = { agents: { a: agent({ canRead: ['src/*', 'one', '~/*'], cannotRead: ['src/secret/*'] }) } };
    expect(setOf(over).decide(act('search_files', 'src')).reasons[0]?.message).toContain('narrow the path');
    expect(outcome(over, 'search_files', 'src/lib')).toBe('allowed');
    expect(outcome(over, 'search_files', 'src/secret')).toBe('denied');
    expect(outcome(over, 'search_files', '/home/user')).toBe('denied');
    expect(outcome({ agents: { a: agent({ canRead: ['one'] }) } }, 'read_file', 'one')).toBe('allowed');
    expect(outcome({ agents: { a: agent({ canRead: ['one'] }) } }, 'search_files', 'one')).toBe('denied');
  });

  it('a deletion is denied where it takes along what may not be written', () => {
    const over = { agents: { a: agent({ canWrite: ['*'], cannotWrite: ['conf/prod/*', '**/*.pem'] }) } };
    expect(outcome(over, 'delete_file', 'conf')).toBe('denied');
    expect(outcome(over, 'delete_file', 'CONF')).toBe('denied');
    expect(outcome(over, 'delete_file', 'conf/dev')).toBe('allowed');
    expect(outcome(over, 'delete_file', 'other')).toBe('allowed');
    expect(outcome(over, 'write_file', 'conf')).toBe('allowed');
  });

  it('the directory of a subtree may be listed and made, not overwritten', () => {
    const over = { agents: { a: agent({ canRead: ['src/*'], canWrite: ['src/*'] }) } };
    expect(outcome(over, 'create_directory', 'src')).toBe('allowed');
    expect(outcome(over, 'write_file', 'src')).toBe('denied');
  });
});

describe('commands', () => {
  const shell = (lists: Parameters<typeof agent>[0], commands: string[], asked: string[] = []): Over => ({
    agents: { a: agent(lists) },
    security: { allowedCommands: { commands: entries(...commands), requireApproval: entries(...asked) } },
  });

  it.each([
    [shell({}, ['git status']), 'git status -s', 'allowed'],
    [shell({}, ['git status']), 'git push', 'denied'],
    [shell({}, ['git *']), 'git push', 'allowed'],
    [shell({}, ['git *']), 'git', 'denied'],
    [shell({}, ['git'], ['git push']), 'git push', 'requires_approval'],
    [shell({ canExecute: [] }, ['git']), 'git status', 'denied'],
    [shell({ canExecute: ['git status'] }, ['git']), 'git push', 'denied'],
    [shell({ canExecute: ['git'] }, []), 'git status', 'denied'],
    [shell({ cannotExecute: ['git push'] }, ['git']), 'git push', 'denied'],
    [shell({ cannotExecute: ['rm'] }, ['*']), '/bin/rm x', 'denied'],
    [shell({ cannotExecute: ['rm'] }, ['*']), 'RM x', 'denied'],
    [shell({ cannotExecute: ['rm'] }, ['*']), 'ls rm', 'allowed'],
    [shell({}, [], ['cargo']), '/tmp/x/cargo build', 'denied'],
    [shell({}, ['*'], ['cargo']), '/tmp/x/cargo build', 'requires_approval'],
    [shell({}, ['git'], ['git push']), 'git --no-pager push', 'requires_approval'],
    [shell({}, ['git'], ['git push']), 'git "-C" . push', 'requires_approval'],
    [shell({}, ['*'], ['git push']), '/usr/bin/git -c a=b push', 'requires_approval'],
    [shell({}, ['git'], ['git push']), 'git status -s', 'allowed'],
    [shell({}, ['git'], ['git push']), 'git', 'allowed'],
    [shell({}, ['git'], ['git remote add']), 'git remote -v add x y', 'requires_approval'],
    [shell({}, ['cargo'], ['cargo publish']), 'cargo +nightly publish', 'requires_approval'],
    [shell({ cannotExecute: ['git push'] }, ['git']), 'git -C . push', 'denied'],
    [shell({ cannotExecute: ['git push'] }, ['git']), 'git log --oneline', 'allowed'],
    [shell({ cannotExecute: ['rm'] }, ['ls']), 'ls -l', 'allowed'],
    [shell({}, ['git push']), 'git -C . push', 'denied'],
    [shell({ canExecute: ['git push'] }, ['git']), 'git -C . push', 'denied'],
    [shell({}, ['*']), 'ls; rm -rf /', 'denied'],
    [shell({}, ['*']), 'ls $HOME', 'denied'],
  ])('%#: %s', (over, command, expected) => {
    expect(outcome(over, 'execute_shell', command)).toBe(expected);
  });
});

describe('programs by path', () => {
  const asked: Over = {
    agents: { a: agent({}) },
    security: { allowedCommands: { commands: entries('ls'), requireApproval: entries('rm', 'git push') } },
  };
  const wide: Over = {
    ...asked,
    security: { allowedCommands: { commands: entries('*'), requireApproval: entries('rm') } },
  };
  const inMode = (over: Over, enforcementMode: 'strict' | 'permissive' | 'audit-only', command: string) =>
    setOf({ ...over, enforcementMode }).decide(act('execute_shell', command));

  it.each(['rm x', '/bin/rm x', './rm x', 'a/../rm x', '/bin/RM x', 'Rm x'])('%s asks', (command) => {
    expect(inMode(wide, 'strict', command).outcome).toBe('requires_approval');
    expect(inMode(wide, 'permissive', command).outcome).toBe('requires_approval');
    expect(inMode(asked, 'permissive', command).outcome).toBe('requires_approval');
    expect(inMode(wide, 'audit-only', command).strict?.outcome).toBe('requires_approval');
  });

  it('where the denial is lifted, people are asked all the same', () => {
    const decision = inMode(asked, 'permissive', '/bin/rm x');
    expect([decision.outcome, decision.strict?.outcome]).toEqual(['requires_approval', 'denied']);
    expect(decision.reasons[0]?.rule).toBe('policies.security.allowed_commands.require_approval[0]');
    expect(decision.warnings[0]?.rule).toBe('policies.security.allowed_commands.commands');
    expect(inMode(asked, 'strict', '/bin/rm x').outcome).toBe('denied');
    expect(inMode(asked, 'permissive', 'git -C . push').outcome).toBe('requires_approval');
    for (const lists of [{ canExecute: ['ls'] }, { cannotExecute: ['rm'] }]) {
      expect(inMode({ ...asked, agents: { a: agent(lists) } }, 'permissive', '/bin/rm x').outcome).toBe(
        'requires_approval',
      );
    }
    const steps = setOf({ ...asked, enforcementMode: 'permissive' }).explain(act('execute_shell', '/bin/rm x')).trace;
    expect(steps.map(({ verdict }) => verdict)).toEqual(['pass', 'denied', 'requires_approval', 'requires_approval']);
  });

  it('an entry with a path means the program wherever it lies, and permits only what is written so', () => {
    const over = (lists: Parameters<typeof agent>[0], commands: string[]): Over => ({
      agents: { a: agent(lists) },
      security: { allowedCommands: { commands: entries(...commands), requireApproval: [] } },
    });
    expect(inMode(over({ cannotExecute: ['./deploy.sh'] }, ['*']), 'strict', 'x/../deploy.sh').outcome).toBe('denied');
    expect(inMode(over({ cannotExecute: ['/bin/rm'] }, ['*']), 'strict', 'rm').outcome).toBe('denied');
    expect(inMode(over({}, ['ls']), 'strict', '/bin/ls').outcome).toBe('denied');
    expect(inMode(over({}, ['/bin/ls']), 'strict', 'ls').outcome).toBe('denied');
    expect(inMode(over({}, ['ls']), 'strict', 'LS').outcome).toBe('denied');
  });
});

describe('connections', () => {
  const net = (network: Over['network']): Over => ({ agents: { a: agent({}) }, network: network ?? {} });
  const ALLOWED = entries('api.example.com', '*.example.org', 'localhost', '127.0.0.1');

  it.each([
    ['https://api.example.com/x', 'allowed'],
    ['https://API.EXAMPLE.COM./x', 'allowed'],
    ['https://a.b.example.org', 'allowed'],
    ['https://example.org', 'denied'],
    ['https://evil-example.org', 'denied'],
    ['https://api.example.com.evil.net/', 'denied'],
    ['https://bad.example.org', 'denied'],
    ['http://api.example.com/', 'denied'],
    ['http://localhost:8080/', 'allowed'],
    ['http://127.1/', 'allowed'],
    ['http://[::1]/', 'denied'],
    ['https://api.example.com@evil.net/', 'denied'],
    ['https:\\\\api.example.com', 'denied'],
    ['https:api.example.com', 'denied'],
    ['ftp://api.example.com/', 'denied'],
    ['not a url', 'denied'],
  ])('%s is %s', (url, expected) => {
    expect(
      outcome(net({ allowedDomains: ALLOWED, blockedDomains: entries('bad.example.org') }), 'http_request', url),
    ).toBe(expected);
  });

  it('a dot at the end of a host means nothing, in patterns and targets', () => {
    const over = net({ allowedDomains: entries('*'), blockedDomains: entries('evil.com.', '*.bad.org.') });
    for (const host of ['evil.com', 'evil.com.', 'evil.com..', 'x.bad.org', 'x.bad.org.']) {
      expect([host, outcome(over, 'http_request', `https://${host}/`)]).toEqual([host, 'denied']);
    }
    expect(outcome(net({ allowedDomains: entries('ok.org.') }), 'http_request', 'https://ok.org/')).toBe('allowed');
  });

  it('allow_outbound and require_tls have their effect', () => {
    const over = net({ allowedDomains: ALLOWED, allowOutbound: false });
    expect(firstRule(over, 'http_request', 'https://api.example.com/')).toBe('policies.network.allow_outbound');
    expect(
      outcome(net({ allowedDomains: ALLOWED, requireTls: false }), 'http_request', 'http://api.example.com/'),
    ).toBe('allowed');
  });
});

describe('names', () => {
  it.each([
    [{}, 'memory/read', 'denied'],
    [{ canCall: ['memory/*'] }, 'memory/read', 'allowed'],
    [{ canCall: ['memory/*'] }, 'git/push', 'denied'],
    [{ canCall: ['*'], cannotCall: ['git/*'] }, 'GIT/push', 'denied'],
    [{ canCall: ['*'], cannotCall: ['*'] }, '/anything', 'denied'],
  ])('%# %j', (lists, target, expected) => {
    expect(outcome({ agents: { a: agent(lists) } }, 'call_tool', target)).toBe(expected);
  });
});

describe('what permits and what asks', () => {
  it('reading needs auto_approve_read_only or the list', () => {
    const off = { ...READER, operational: { autoApproveReadOnly: false } };
    expect(firstRule(off, 'read_file', 'x')).toBe('builtin.nothing-permits');
    expect(
      outcome(
        { ...off, operational: { ...off.operational, autoApproval: { operations: entries('read_*') } } },
        'read_file',
        'x',
      ),
    ).toBe('allowed');
  });

  it('an operation that must be asked for is permitted by that, and only with approval', () => {
    const over = {
      agents: { a: agent({}) },
      operational: { requireApproval: { operations: entries('publish_template') } },
    };
    expect(outcome(over, 'publish_template', 'rest-api')).toBe('requires_approval');
    expect(outcome({ agents: { a: agent({}) } }, 'publish_template', 'rest-api')).toBe('denied');
  });

  it('but not outside the bounds', () => {
    const over = { ...READER, operational: { requireApproval: { operations: entries('write_file') } } };
    expect(outcome(over, 'write_file', 'x')).toBe('denied');
  });

  it('the switches by class ask', () => {
    expect(outcome({ ...WRITER, operational: { requireApprovalForDestructive: true } }, 'delete_file', 'x')).toBe(
      'requires_approval',
    );
    const over = { agents: { a: agent({}) }, network: { allowedDomains: entries('x.org') } };
    expect(
      outcome({ ...over, operational: { requireApprovalForExternalCalls: true } }, 'http_request', 'https://x.org/'),
    ).toBe('requires_approval');
  });

  it('enabled = false turns off the lists of its table', () => {
    const lists = { requireApproval: { operations: entries('write_file') }, requireApprovalForDestructive: true };
    expect(outcome({ ...WRITER, operational: lists }, 'write_file', 'x')).toBe('requires_approval');
    expect(outcome({ ...WRITER, operational: { ...lists, enabled: false } }, 'write_file', 'x')).toBe('allowed');
    expect(outcome({ ...WRITER, operational: { ...lists, enabled: false } }, 'read_file', 'x')).toBe('denied');
    const security = { allowedCommands: { commands: [], requireApproval: entries('git') } };
    const shell = { agents: { a: agent({}) } };
    expect(outcome({ ...shell, security }, 'execute_shell', 'git')).toBe('requires_approval');
    expect(outcome({ ...shell, security: { ...security, enabled: false } }, 'execute_shell', 'git')).toBe('allowed');
    expect(outcome({ ...shell, security: { ...security, enabled: false } }, 'execute_shell', 'ls')).toBe('denied');
  });

  it('with approvals off nothing that must be asked for passes, permissive or not', () => {
    for (const enforcementMode of ['strict', 'permissive'] as const) {
      const over: Over = { ...WRITER, enforcementMode, operational: { requireApprovalForDestructive: true } };
      const decision = setOf(over, { enabled: false }).decide(act('delete_file', 'x'));
      expect([decision.outcome, decision.reasons[0]?.rule]).toEqual(['denied', 'approvals.enabled']);
    }
  });

  it('switched-off protection is no finding, and what has no normal form is in no list all the same', () => {
    const off = { pathTraversalProtection: false, inputValidation: false, commandInjectionProtection: false };
    const over = { ...WRITER, security: { ...off, allowedCommands: { commands: entries('*'), requireApproval: [] } } };
    for (const [operation, target] of [
      ['write_file', '../x'],
      ['write_file', 'a\u0000'],
      ['execute_shell', 'ls | rm'],
    ] as const) {
      expect(firstRule(over, operation, target)).toBe('builtin.unresolved-target');
      expect(
        firstRule(
          {
            ...over,
            security: {
              ...over.security,
              pathTraversalProtection: true,
              inputValidation: true,
              commandInjectionProtection: true,
            },
          },
          operation,
          target,
        ),
      ).toMatch(/^policies\.security\./);
    }
  });
});

describe('limits and isolation', () => {
  const limited: Over = {
    ...READER,
    resource: { enabled: true, maxConcurrentAgents: 2, rateLimits: { anthropic: 3, openai: 0 } },
  };
  const by = (provider: string) => act('read_file', 'x', { context: { provider } });

  it('counts what the store says', () => {
    const set = setOf(limited);
    expect(
      set.decide(by('anthropic'), undefined, { providerRequests: { anthropic: 2 }, otherActiveAgents: 1 }).outcome,
    ).toBe('allowed');
    expect(set.decide(by('anthropic'), undefined, { providerRequests: { anthropic: 3 } }).reasons[0]?.rule).toBe(
      'policies.resource.rate_limits.anthropic_requests_per_minute',
    );
    expect(set.decide(by('openai'), undefined, { providerRequests: { openai: 999 } }).outcome).toBe('allowed');
    expect(set.decide(by('x'), undefined, { otherActiveAgents: 2 }).reasons[0]?.rule).toBe(
      'policies.resource.max_concurrent_agents',
    );
    expect(set.decide(by('anthropic'), undefined, { providerRequests: { anthropic: Number.NaN } }).outcome).toBe(
      'denied',
    );
  });

  it('asks the store only where a limit applies', () => {
    expect(setOf(limited).stateNeeds(by('anthropic'))).toEqual({
      agent: 'a',
      rate: { provider: 'anthropic', limit: 3 },
      concurrency: { limit: 2 },
    });
    const free = { ...limited, resource: { ...limited.resource, maxConcurrentAgents: 0 } };
    expect(setOf(free).stateNeeds(by('openai'))).toBeUndefined();
    expect(setOf(free).stateNeeds(by('__proto__'))).toBeUndefined();
    expect(
      setOf({ ...limited, resource: { ...limited.resource, enabled: false } }).stateNeeds(by('anthropic')),
    ).toBeUndefined();
  });

  it('isolation denies in every mode', () => {
    for (const enforcementMode of ['strict', 'permissive', 'audit-only'] as const) {
      const { outcome: said, reasons } = setOf({ ...READER, enforcementMode }).decide(by('x'), undefined, {
        isolated: 'by hand',
      });
      expect([said, reasons[0]?.rule]).toEqual(['denied', 'builtin.isolated']);
    }
  });
});

describe('findings by mode', () => {
  const found = (severity: 'always' | 'block' | 'deny' | 'warn'): Evidence => ({
    parts: [{ actionType: 'write_file', target: 'x', path: 'x' }],
    findings: [{ kind: 'secret', rule: 'builtin.test', severity, message: 'found' }],
    safeTarget: 'x',
  });

  it.each([
    ['always', 'denied', 'denied', 'denied'],
    ['block', 'denied', 'denied', 'allowed'],
    ['deny', 'denied', 'allowed', 'allowed'],
    ['warn', 'allowed', 'allowed', 'allowed'],
  ] as const)('%s', (severity, strict, permissive, audit) => {
    const decide = (enforcementMode: 'strict' | 'permissive' | 'audit-only') =>
      setOf({ ...WRITER, enforcementMode }).decide(act('write_file', 'x'), found(severity));
    expect([decide('strict').outcome, decide('permissive').outcome, decide('audit-only').outcome]).toEqual([
      strict,
      permissive,
      audit,
    ]);
    const { warnings, strict: would } = decide('audit-only');
    if (audit === 'allowed') expect(warnings[0]?.message).toBe('found');
    expect(would?.outcome).toBe(strict === audit ? undefined : 'denied');
  });

  it('permissive still asks, audit-only says what strict would have done', () => {
    const over: Over = { ...WRITER, operational: { requireApprovalForDestructive: true } };
    expect(outcome({ ...over, enforcementMode: 'permissive' }, 'delete_file', 'x')).toBe('requires_approval');
    const decision = setOf({ ...over, enforcementMode: 'audit-only' }).decide(act('delete_file', 'x'));
    expect([decision.outcome, decision.strict?.outcome]).toEqual(['allowed', 'requires_approval']);
  });
});

describe('allowing', () => {
  it('gives the same frozen decision each time', () => {
    const set = setOf(WRITER);
    const decision = set.decide(act('write_file', 'x'));
    expect(set.decide(act('write_file', 'y'))).toBe(decision);
    expect(Object.isFrozen(decision) && Object.isFrozen(decision.reasons)).toBe(true);
    expect(decision).toMatchObject({
      outcome: 'allowed',
      policySet: 'set',
      reasons: [{ rule: 'policies.agents.a.can_write[0]', file: 'g.toml', line: 10 }],
    });
  });
});

describe('approvalStrategy', () => {
  const strategy = (name: string, strategies: object = {}): string => {
    const base = defaultConfig().config;
    const config = {
      ...base,
      approvals: { ...base.approvals, strategies: { ...base.approvals.strategies, ...strategies } },
    };
    const set = policiesOver(config).setOf({});
    return set.approvalStrategy(set.operation(name)!);
  };

  it('takes the strictest of the classes, one person where there is none', () => {
    expect(strategy('write_file')).toBe('single-approval');
    expect(strategy('delete_file', { destructiveOperations: 'multi-approval' })).toBe('multi-approval');
    expect(strategy('http_request', { externalCalls: 'time-based-approval' })).toBe('time-based-approval');
    expect(strategy('read_file', { readOnlyOperations: 'auto-approval' })).toBe('single-approval');
  });
});
