import { afterEach, describe, expect, it } from 'vitest';
import { applyUpdate, parseConfig, parseTomlTable, renderProblems } from './index.ts';

const problems = (...texts: string[]): string[] => {
  const result = parseConfig(
    texts.map((text, index) => ({ name: `${index}.toml`, text })),
    {},
  );
  const found = result.ok ? result.loaded.problems : result.problems;
  return found.length ? renderProblems(found).split('\n') : [];
};

describe('a key called __proto__', () => {
  afterEach(() => {
    for (const key of Object.keys(Object.prototype)) Reflect.deleteProperty(Object.prototype, key);
  });
  const isClean = (): boolean => Object.keys(Object.prototype).length === 0;

  it.each([
    ['at the root', ['[__proto__]\nversion = "1.0"']],
    ['in a table', ['[policies.__proto__]\nversion = "1.0"']],
    ['in a second file', ['[policies]\nversion = "1.0"', '[policies.__proto__]\nversion = "1.0"']],
    ['as constructor', ['[policies]\nversion = "1.0"', '[policies.constructor.prototype]\nx = 1']],
    ['in an inline table', ['policies = { __proto__ = { version = "1.0" } }']],
  ])('is unknown as any other %s, and touches no object but the file’s', (_where, texts) => {
    expect(problems(...texts)[0]).toMatch(/: error: .*: unknown key "(__proto__|constructor)"/);
    expect(isClean()).toBe(true);
  });

  it('may name an agent or a provider’s header, and is one', () => {
    const result = parseConfig([{ name: 'g', text: '[policies.agents.__proto__]\ncan_read = ["*"]' }], {});
    const agents = result.ok ? result.loaded.config.policies.agents : {};
    expect(Object.keys(agents)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(agents)).toBeNull();
    expect(isClean()).toBe(true);
  });

  it('may be set by an update', async () => {
    const { changed } = await applyUpdate([{ name: 'g', text: '' }], 'policies.agents.__proto__.can_read', ['*']);
    expect(isClean()).toBe(true);
    const result = parseConfig([changed], {});
    expect(result.ok && Object.keys(result.loaded.config.policies.agents)).toEqual(['__proto__']);
  });
});

describe('a file that is too much', () => {
  it('is refused where it is deeper than 64 levels, with the place of what is too deep', () => {
    expect(problems(`[policies]\n${'a.'.repeat(64)}b = 1`)[0]).toMatch(
      /^0\.toml:2:\d+: error: nested deeper than 64 levels$/,
    );
    expect(problems(`\n[${'a.'.repeat(100_000)}b]`)).toEqual(['0.toml:2:1: error: nested deeper than 64 levels']);
    expect(problems(`a = ${'{b='.repeat(200_000)}`)[0]).toMatch(/excessively nested/);
    expect(problems(`a = ${'['.repeat(200_000)}`)[0]).toMatch(/excessively nested/);
  });

  it('is refused where a key is longer than 256 characters', () => {
    expect(problems(`[policies.agents.ok]\n[policies.agents.${'n'.repeat(257)}]`)).toEqual([
      '0.toml:2:1: error: a key is longer than 256 characters',
    ]);
    expect(problems(`[policies.agents.${'n'.repeat(256)}]`)).toEqual([]);
  });

  it('has its first thousand errors said, and a number for the others', () => {
    const lines = problems(Array.from({ length: 5000 }, (_, n) => `policies.key_${n} = 1`).join('\n'));
    expect(lines).toHaveLength(1001);
    expect(lines[1000]).toBe('0.toml:1000:10: error: and 4000 more like these');
  });

  it('has each severity counted on its own, so that warnings hide no error', () => {
    const rules = Array.from({ length: 1500 }, (_, n) => `"op_${n}"`).join(',');
    const text = `[policies.operational]\nauto_approval = { operations = [${rules}] }\nrequire_approval = { operations = [${rules}] }`;
    const lines = problems(text, '[audit]\nretention_days = 0');
    expect(lines[0]).toMatch(/^1\.toml:2:1: error: audit\.retention_days/);
    expect(lines.filter((line) => line.includes(': warning: '))).toHaveLength(1001);
  });

  it('costs room like its own length, whatever its names are', () => {
    const name = 'n'.repeat(250);
    const list = `[${'"x",'.repeat(200_000)}]`;
    const result = parseConfig([{ name: 'g', text: `[policies.agents.${name}]\ncan_read = ${list}` }], {});
    expect(result.ok && result.loaded.locate(`policies.agents.${name}.can_read[199999]`).column).toBe(13 + 4 * 199_999);
  });
});

describe('a file that is no text for people', () => {
  it('is refused with a lone surrogate, which no digest could be taken of', () => {
    expect(problems('[audit.storage]\npath = "\ud800"')).toEqual(['0.toml: error: not TOML: not well-formed Unicode']);
    expect(problems('[audit.storage]\npath = "\\ud800"')[0]).toMatch(
      /^0\.toml:2:9: error: not TOML: invalid unicode escape/,
    );
  });

  it('may begin with a byte order mark, which is no column', () => {
    expect(problems('\ufeffpolices = 1')[0]).toMatch(/^0\.toml:1:1: error: polices: unknown key/);
    expect(problems('\ufeffx = tru')[0]).toMatch(/^0\.toml:1:5: error: not TOML/);
  });

  it('can’t write to the terminal through a message', () => {
    const [line] = problems('[policies]\n"\\u001b[2J\\u202e" = 1');
    expect(line).toContain('unknown key');
    expect(line).toMatch(/^[ -~]+$/);
    expect(problems('[policies]\nversion = "\\u001b[2J\\u202e\\u0000"')[0]).toMatch(/^[ -~]+$/);
  });

  it('has keys found whatever their spelling', () => {
    expect(problems('[policies.agents."\\x41\\e\\u00e9\\U0001F600\\n"]\n\n  "b\\"d" = 1')[0]).toMatch(
      /^0\.toml:3:3: error/,
    );
  });
});

describe('a TOML table that is no configuration', () => {
  it('has its places found, and is refused with one', () => {
    const { value, locate } = parseTomlTable({ name: 't.toml', text: '[[test]]\nname = "a"\n[[test]]\nname = "b"' });
    expect(value).toEqual({ test: [{ name: 'a' }, { name: 'b' }] });
    expect(locate('test[1].name')).toEqual({ file: 't.toml', line: 4, column: 1 });
    expect(locate('test[1].other')).toEqual({ file: 't.toml', line: 3, column: 1 });
    expect(locate('nothing')).toEqual({ file: 't.toml', line: 1, column: 1 });
    expect(() => parseTomlTable({ name: 't.toml', text: 'a = [' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        position: expect.objectContaining({ file: 't.toml', line: 1 }),
      }),
    );
  });
});
