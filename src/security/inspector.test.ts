import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brief, entry, openTempWorkspace, type TempWorkspace } from '../adapters/files/temp-workspace.fixture.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import { BUILTIN_OPERATIONS } from '../model/operation.ts';
import { isLarger } from './input-check.ts';
import { parameterTexts } from './texts.ts';

const INPUT = 'block policies.security.input_validation';
const PASSWORD = 'policies.security.secret_patterns.patterns[1]';
const ghp = `ghp_${'Ab3dEfGh2j'.repeat(4)}`;
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
});
afterEach(() => temp.remove());

describe('input', () => {
  it.each([
    'a\nb',
    'a\rb',
    'a\tb',
    'a\u0000b',
    'a\u001bb',
    'a\u007fb',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    'a\ud800b',
    'a\udc00',
    'a\u202eb',
    'a\u2066b',
    'a\u200bb',
    'a\u200db',
    'a\u2060b',
    '\ufeffa',
    'a\u00adb',
    'a\u{e0041}b',
  ])('%j is refused in a target, a further part, the requester and the folder', (text) => {
    expect(temp.found('read_file', text)).toContain(INPUT);
    expect(temp.found('call_tool', 'x', { requester: text })).toEqual([INPUT]);
    expect(temp.found('call_tool', 'x', { parts: [{ actionType: 'call_tool', target: text }] })).toEqual([INPUT]);
    expect(temp.found('call_tool', 'x', { context: { cwd: text } })).toEqual([INPUT]);
  });

  it.each(['über/ß', '漢字', 'a b', '😀', 'e\u0301', '…'])('%j is fine', (text) => {
    expect(temp.found('read_file', text)).toEqual([]);
  });

  it('says where, without the character itself', () => {
    expect(temp.inspect('call_tool', 'ab\u202ec').findings[0]?.message).toBe(
      'target holds the hidden character U+202E at column 3',
    );
    expect(temp.inspect('call_tool', 'a\ud800').findings[0]?.message).toBe(
      'target holds half of a surrogate pair at column 2',
    );
  });

  it('a target has at most 64 Ki characters', () => {
    expect(temp.found('call_tool', 'x'.repeat(65_536))).toEqual([]);
    for (const actionType of ['call_tool', 'read_file', 'execute_shell', 'http_request']) {
      const evidence = temp.inspect(actionType, 'x'.repeat(65_537));
      expect(evidence.findings.map(brief)).toContain(INPUT);
      expect(evidence.parts[0]).toEqual({ actionType, target: 'x'.repeat(65_537) });
      expect(evidence.safeTarget.length).toBeLessThan(65_600);
      expect(evidence.safeTarget).toMatch(/… \(65537 characters\)$/);
    }
  });

  it('content has at most max_request_size_mb, in UTF-8', () => {
    const mib = 1024 * 1024;
    expect(temp.found('write_file', 'a', { content: 'x'.repeat(mib) })).toEqual([]);
    expect(temp.found('write_file', 'a', { content: 'x'.repeat(mib + 1) })).toEqual([INPUT]);
    expect(temp.found('write_file', 'a', { content: 'ü'.repeat(mib / 2) })).toEqual([]);
    expect(temp.found('write_file', 'a', { content: `${'ü'.repeat(mib / 2)}x` })).toEqual([INPUT]);
    expect(isLarger('漢', 2)).toBe(true);
    expect(isLarger('漢', 3)).toBe(false);
  });

  it('an action has at most 1000 further parts; what is past them has no path', () => {
    const parts = Array.from({ length: 1001 }, () => ({ actionType: 'read_file', target: 'a' }));
    expect(temp.found('read_file', 'a', { parts: parts.slice(1) })).toEqual([]);
    const evidence = temp.inspect('read_file', 'a', { parts });
    expect(evidence.findings.map(brief)).toEqual([INPUT]);
    expect(evidence.parts).toHaveLength(1002);
    expect(evidence.parts[1000]).toHaveProperty('path');
    expect(evidence.parts[1001]).not.toHaveProperty('path');
    const off = temp.inspector({ inputValidation: false });
    const unchecked = off.inspect({ actionType: 'read_file', target: 'a', requester: 'a', parts });
    expect(unchecked.findings.map(brief)).toEqual(['deny builtin.unresolved']);
  });

  it('is not looked at where the setting is off', () => {
    for (const more of [{ inputValidation: false }, { enabled: false }]) {
      const evidence = temp.inspector(more).inspect({ actionType: 'read_file', target: 'a\u202eb', requester: 'a\nb' });
      expect(evidence.findings).toEqual([]);
      expect(evidence.parts[0]?.path).toBe('a\u202eb');
    }
  });
});

describe('secrets in an action', () => {
  const places = (more: Partial<Action>, target = 'x'): string[] =>
    temp.inspect('call_tool', target, more).findings.map((finding) => finding.message.replace(/ \(.*/, ''));

  it('are found in every string of it', () => {
    const text = 'password=hunter2hunter2';
    const at = (field: string): string[] => [`${field} holds a secret at line 1, column 1`];
    expect(places({}, text)).toEqual(at('target'));
    expect(places({ content: text })).toEqual(at('content'));
    expect(places({ parts: [{ actionType: 'call_tool', target: text }] })).toEqual(at('parts[0].target'));
    expect(places({ context: { argv: ['a', text] } })).toEqual(at('context.argv[1]'));
    expect(places({ context: { env: { PASSWORD: 'hunter2hunter2' } } })).toEqual(at('context.env.PASSWORD'));
    expect(places({ parameters: { deep: [{ password: 'hunter2hunter2' }] } })).toEqual(
      at('parameters.deep[0].password'),
    );
  });

  it('count once where a parameter is the content', () => {
    expect(places({ content: ghp, parameters: { text: ghp } })).toEqual(['content holds a secret at line 1, column 1']);
  });

  it('are masked in the target and never quoted in a message', () => {
    for (const target of [
      `${'a/'.repeat(55)}../../${ghp}`,
      `/proc/self/root/${ghp}`,
      `ls; echo ${ghp}`,
      `http://x\\${ghp}`,
      `npm run ${ghp}`,
    ]) {
      for (const actionType of ['read_file', 'execute_shell', 'http_request']) {
        const evidence = temp.inspect(actionType, target);
        const said = JSON.stringify([evidence.findings, evidence.safeTarget]);
        expect(said).toContain('[secret:github-token]');
        expect(said).not.toMatch(/ghp_|Ab3dEf/);
      }
    }
  });

  it('where scanning is off stop nothing and are masked all the same', () => {
    for (const more of [{ secretScanning: false }, { enabled: false }]) {
      const inspector = temp.inspector(more);
      const evidence = inspector.inspect({ actionType: 'call_tool', target: ghp, requester: 'a' });
      expect(evidence).toMatchObject({ findings: [], safeTarget: '[secret:github-token]' });
      expect(inspector.maskSecrets(`x ${ghp}`)).toBe('x [secret:github-token]');
    }
  });

  it('follow the action of the configuration', () => {
    const severity = (action: 'block' | 'warn' | 'log'): string[] =>
      temp
        .inspector({ secretPatterns: { patterns: [entry('geheim')], action } })
        .inspect({ actionType: 'call_tool', target: 'x', requester: 'a', content: 'geheim' })
        .findings.map(brief);
    expect(severity('block')).toEqual(['block policies.security.secret_patterns.patterns[0]']);
    expect(severity('warn')).toEqual(['warn policies.security.secret_patterns.patterns[0]']);
    expect(severity('log')).toEqual(['warn policies.security.secret_patterns.patterns[0]']);
  });
});

describe('evidence', () => {
  it('has the action first, then its parts, each by what its target is', () => {
    const parts = [
      { actionType: 'delete_file', target: 'old' },
      { actionType: 'http_request', target: 'https://a.example/x' },
      { actionType: 'execute_shell', target: 'git status' },
      { actionType: 'nobody_knows', target: '../x' },
    ];
    expect(temp.inspect('write_file', 'new', { parts }).parts).toEqual([
      { actionType: 'write_file', target: 'new', path: 'new' },
      { ...parts[0], path: 'old' },
      { ...parts[1], url: { host: 'a.example', scheme: 'https', port: 443 } },
      { ...parts[2], argv: ['git', 'status'] },
      parts[3],
    ]);
  });

  it('has its findings in one order: input, the parts, secrets', () => {
    const action: Partial<Action> = {
      parts: [{ actionType: 'execute_shell', target: 'ls|sh' }],
      content: 'password=hunter2hunter2',
    };
    const run = (): string[] => temp.found('write_file', '../\u0007', action);
    expect(run()).toEqual([
      INPUT,
      'block policies.security.path_traversal_protection',
      'block policies.security.command_injection_protection',
      `block ${PASSWORD}`,
    ]);
    expect(run()).toEqual(run());
  });

  it('says a further command by its own words, not by those of the first', () => {
    const evidence = temp.inspect('execute_shell', 'git status', {
      context: { argv: ['git', 'status'] },
      parts: [{ actionType: 'execute_shell', target: 'git log' }],
    });
    expect(evidence.parts[1]?.argv).toEqual(['git', 'log']);
  });

  it('rule 8 holds with every setting off', () => {
    const inspector = temp.inspector({ enabled: false });
    for (const [actionType, target] of [
      ['write_file', 'config/governance.toml'],
      ['execute_shell', 'ggen-mcp approvals approve 1'],
      ['execute_shell', 'x; rm -rf .claude'],
    ] as const) {
      const { findings } = inspector.inspect({ actionType, target, requester: 'a' });
      expect(findings.map(brief)).toContain('always builtin.protected-path');
    }
  });

  it('is given for whatever an agent writes, without throwing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string(),
      fc.constantFrom('../..', '~', 'a;b', 'http://['),
    );
    const kinds = fc.constantFrom(
      ...BUILTIN_OPERATIONS.map((operation) => operation.name),
      '__proto__',
      'nobody_knows',
    );
    fc.assert(
      fc.property(
        fc.record(
          {
            actionType: kinds,
            target: text,
            requester: text,
            content: text,
            parameters: fc.dictionary(
              text,
              fc.jsonValue().map((value) => value as Json),
            ) as fc.Arbitrary<JsonObject>,
            parts: fc.array(fc.record({ actionType: kinds, target: text }), { maxLength: 3 }),
            context: fc.record(
              { cwd: text, argv: fc.array(text, { maxLength: 3 }), env: fc.dictionary(text, text, { maxKeys: 2 }) },
              { requiredKeys: [] },
            ),
          },
          { requiredKeys: ['actionType', 'target', 'requester'] },
        ),
        (action) => {
          const evidence = temp.inspector().inspect(action as Action);
          expect(evidence.parts.length).toBeGreaterThanOrEqual(1 + (action.parts?.length ?? 0));
          expect(evidence.safeTarget.isWellFormed()).toBe(true);
          for (const finding of evidence.findings) expect(finding.message).not.toMatch(/[\u0000-\u001f]/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the strings of parameters', () => {
  it('come in their order, with names, however deep', () => {
    expect(parameterTexts({ a: 'x', b: [1, 'y', { c: 'z' }], d: null, e: true })).toEqual([
      { field: 'parameters.a', key: 'a', value: 'x' },
      { field: 'parameters.b[1]', key: 'b', value: 'y' },
      { field: 'parameters.b[2].c', key: 'c', value: 'z' },
    ]);
    let deep: Json = 'x';
    for (let i = 0; i < 20_000; i += 1) deep = [deep];
    expect(parameterTexts(deep)).toHaveLength(1);
  });

  it('are at most ten thousand', () => {
    expect(parameterTexts({ a: Array.from({ length: 20_000 }, () => 'x') })).toHaveLength(10_000);
  });
});
