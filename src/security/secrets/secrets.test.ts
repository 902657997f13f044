import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { entry, GUIDE_PATTERNS, securitySettings } from '../../adapters/files/temp-workspace.fixture.ts';
import { parseRe2 } from '../../kernel/re2-syntax.ts';
import { compileMatcher } from './engine.ts';
import { inspectSecrets } from './inspect-secrets.ts';
import { foldText, requiredLiterals } from './required-literals.ts';
import { compileRoughMatch } from './rough-match.ts';
import { secretRules } from './rules.ts';
import { createScanner } from './scanner.ts';

const settings = securitySettings().secretPatterns;
const scanner = createScanner(settings);
const labels = (text: string): string[] => scanner.scan(text).map((hit) => hit.rule.label);
/** put together here, so that no scanner takes this file for a leak */
const token = (prefix: string, length: number): string =>
  prefix + 'Ab3dEfGh2jKlMn4pQrStUv6xYz'.repeat(10).slice(0, length);
const UPPER = 'ABCDEFGH234567AB';

describe('secrets', () => {
  it.each<[string, string]>([
    [`api_key = "${token('', 24)}"`, 'secret_patterns[0]'],
    [`APIKEY:${token('', 20)}`, 'secret_patterns[0]'],
    ['Password = "hunter2hunter2"', 'secret_patterns[1]'],
    ['PA\u017f\u017fword=hunter2hunter2', 'secret_patterns[1]'],
    [`${'-----BEGIN'} RSA PRIVATE KEY-----`, 'private-key'],
    [`${'-----BEGIN'} OPENSSH PRIVATE KEY-----`, 'private-key'],
    [`${'-----BEGIN'} PGP PRIVATE KEY BLOCK-----`, 'private-key'],
    [`id AKIA${UPPER}`, 'aws-access-key-id'],
    [token('ghp_', 36), 'github-token'],
    [`github_pat_${token('', 22)}_${token('', 59)}`, 'github-fine-grained-token'],
    [token('sk-ant-api03-', 90), 'anthropic-key'],
    [token('sk-proj-', 48), 'openai-project-key'],
    [token('xoxb-', 40), 'slack-token'],
    [`${token('eyJ', 20)}.${token('eyJ', 30)}.${token('', 43)}`, 'jwt'],
  ])('%j is found and masked', (text, label) => {
    expect(labels(`x\n${text} y`)).toContain(label);
    const masked = scanner.mask(`x\n${text} y`);
    expect(masked).toContain('[secret:');
    expect(masked).not.toContain(text.slice(-12));
  });

  it.each([
    'the password is asked for',
    'password: short',
    'api key',
    'task-runner risk-based',
    `AKIA${UPPER}X`,
    'ghp_short',
    'sk-ant-',
    'xoxb-1',
    'eyJhbGci',
    'https://example.com/a',
    'BEGIN PRIVATE KEY',
    'https://example.com:8080/@x',
    '',
  ])('%j is clean', (text) => {
    expect(labels(text)).toEqual([]);
    expect(scanner.mask(text)).toBe(text);
  });

  it('a whole private key is masked, also one cut off', () => {
    const body = token('MIIE', 200);
    const begin = `${'-----BEGIN'} PRIVATE KEY-----`;
    expect(scanner.mask(`a ${begin}\n${body}\n-----END PRIVATE KEY----- b`)).toMatch(/^a \[secret:[^\]]*\]+ b$/);
    expect(scanner.mask(`a ${begin}\n${body}`)).not.toContain(body.slice(0, 20));
  });

  it('a password in a URL is masked everywhere but stops nobody', () => {
    expect(scanner.mask('see postgres://app:geheim@db/x')).toBe('see postgres[secret:url-password]db/x');
    expect(labels('see postgres://app:geheim@db/x')).toEqual([]);
  });

  it('overlapping matches become one mask', () => {
    const masked = scanner.mask(`password=${token('ghp_', 36)} and api_key=${token('', 30)}`);
    expect(masked).toBe('[secret:secret_patterns[1]] and [secret:secret_patterns[0]]');
  });

  it('a pattern that our parser does not know runs on every text', () => {
    const odd = createScanner({ patterns: [entry('\\pL{3}-geheim'), entry('x*')], action: 'block' });
    expect(odd.scan('äöü-geheim').map((hit) => hit.rule.id)).toEqual(['policies.security.secret_patterns.patterns[0]']);
    expect(odd.mask('äöü-geheim')).toBe('[secret:secret_patterns[0]]');
  });

  it('takes a hostile pattern in linear time', () => {
    const hostile = createScanner({ patterns: [entry('(a+)+$'), entry('(a|a?)+b')], action: 'block' });
    expect(hostile.scan(`${'a'.repeat(50_000)}!`)).toEqual([]);
    expect(hostile.scan(`${'a'.repeat(80_000)}!`)).toEqual([]);
  });

  it('masking twice is masking once', () => {
    const parts = fc.constantFrom(
      'password=',
      'api_key: ',
      token('ghp_', 36),
      'hunter2hunter2',
      ' ',
      '\n',
      '"',
      '://a:b@c',
      'x',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
        const once = scanner.mask(list.join(''));
        expect(scanner.scan(once).map((hit) => hit.rule.id)).toEqual([]);
        expect(scanner.mask(once)).toBe(once);
      }),
    );
  });
});

describe('findings of secrets', () => {
  it('carry rule, field, line and column, never the value', () => {
    const texts = [
      { field: 'target', text: 'fine' },
      { field: 'content', text: 'a\nbc\n  password = "hunter2hunter2"' },
    ];
    expect(inspectSecrets(scanner, texts, 'block', 1000)).toEqual([
      {
        kind: 'secret',
        rule: 'policies.security.secret_patterns.patterns[1]',
        severity: 'block',
        message: 'content holds a secret at line 3, column 3 (secret_patterns[1])',
      },
    ]);
  });

  it('follow the action of the configuration', () => {
    const texts = [{ field: 'target', text: 'password=hunter2hunter2' }];
    for (const action of ['warn', 'log'] as const) {
      expect(inspectSecrets(scanner, texts, action, 1000)).toMatchObject([{ severity: 'warn' }]);
    }
  });

  it('look at no more than the limit', () => {
    const texts = [{ field: 'content', text: `${' '.repeat(100)}password=hunter2hunter2` }];
    expect(inspectSecrets(scanner, texts, 'block', 100)).toEqual([]);
  });

  it('never show a secret that stands in the name of a field', () => {
    const field = `parameters.${token('ghp_', 36)}`;
    const [finding] = inspectSecrets(scanner, [{ field, text: 'password=hunter2hunter2' }], 'block', 1000);
    expect(finding?.message).toContain('parameters.[secret:github-token] holds');
  });
});

describe('the look before the engine', () => {
  it('knows the literals of the built-in rules as the patterns require them', () => {
    for (const rule of secretRules(settings)) {
      const tree = parseRe2(rule.pattern);
      expect(tree).toBeDefined();
      if (rule.literals) expect([...rule.literals].sort()).toEqual([...(requiredLiterals(tree!) ?? [])].sort());
    }
  });

  it.each<[string, string[] | undefined]>([
    [GUIDE_PATTERNS[0]!, ['apikey', 'api_key', 'api-key']],
    [GUIDE_PATTERNS[1]!, ['password', 'passwd', 'pwd']],
    ['(?i)SK-[a-z]{48}', ['sk-']],
    ['[0-9]{20}', undefined],
    ['abc|[0-9]{20}', undefined],
    ['(abc)?', undefined],
    ['(?:abc)+', ['abc']],
    ['x.*(foo|barbaz)', ['foo', 'barbaz']],
    ['a', undefined],
    ['', undefined],
  ])('%j requires %j', (pattern, literals) => {
    expect(requiredLiterals(parseRe2(pattern)!)).toEqual(literals);
  });

  it('never turns away a text that matches', () => {
    const bits = fc.constantFrom(
      ...'ab()|*+?.-1:sk^$'.split(''),
      '(?i)',
      '[^a',
      ']',
      '[ab]',
      '(?:',
      '\\w',
      '{2}',
      '{1,}',
      '{1,4}',
      '{3}',
      '\\b',
      '[a-k-]',
      '[^s]',
      '(?s)',
      'ask',
      'bk',
    );
    const texts = fc.array(
      fc.array(
        fc.constantFrom(
          'a',
          'b',
          'k',
          'K',
          's',
          'S',
          '1',
          '-',
          ' ',
          '\n',
          '\u212a',
          '\u017f',
          '😀',
          '\udc00',
          '\ud800',
          'é',
          'ask',
          'bk',
          '.',
        ),
        { maxLength: 8 },
      ),
      { minLength: 4, maxLength: 4 },
    );
    let matched = 0;
    let turnedAway = 0;
    fc.assert(
      fc.property(fc.array(bits, { minLength: 1, maxLength: 9 }), texts, (list, samples) => {
        const pattern = list.join('');
        const tree = parseRe2(pattern);
        if (tree === undefined) return;
        const engine = RE2JS.compile(pattern);
        const literals = requiredLiterals(tree);
        const rough = compileRoughMatch(tree);
        for (const sample of samples) {
          const text = sample.join('');
          const passes =
            (literals === undefined || literals.some((literal) => foldText(text).includes(literal))) &&
            (rough === undefined || rough(text));
          if (engine.matcher(text).find()) {
            matched += 1;
            expect({ pattern, text, passes }).toEqual({ pattern, text, passes: true });
          } else if (!passes) turnedAway += 1;
        }
      }),
      { numRuns: 8000 },
    );
    expect(Math.min(matched, turnedAway)).toBeGreaterThan(500);
  });

  it('gives up on a pattern of too many positions', () => {
    expect(compileRoughMatch(parseRe2('(?:[ab]{900})(?:[cd]{900})')!)).toBeUndefined();
  });
});

describe('the engine', () => {
  it('gives matches leftmost first, empty ones left out', () => {
    expect(compileMatcher('a|b*').all('xaxbb')).toEqual([
      { start: 1, end: 2 },
      { start: 3, end: 5 },
    ]);
    expect(compileMatcher('b').first('ab😀b')).toEqual({ start: 1, end: 2 });
    expect(compileMatcher('b').all('😀b')).toEqual([{ start: 2, end: 3 }]);
  });
});
