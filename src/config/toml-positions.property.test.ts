import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { type PathStep, splitPath } from './key-path.ts';
import { findPosition, lineFinder, tomlPositions } from './toml-positions.ts';

const key = fc.oneof(
  fc.constantFrom('a', 'b-c', 'd_e', '1'),
  fc.string({
    unit: fc.constantFrom('x', '.', ' ', '"', "'", '#', '=', '[', ']', 'é', '\\'),
    minLength: 1,
    maxLength: 4,
  }),
);
const leaf = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.string({ unit: fc.constantFrom('x', '"', "'", '#', '\n', '\\', ',', ']', '}', 'é'), maxLength: 8 }),
  fc.array(fc.string({ unit: fc.constantFrom('x', '"', ',', ']', '#'), maxLength: 4 }), { maxLength: 4 }),
);
const document = fc.letrec<{ table: Record<string, unknown> }>((tie) => ({
  table: fc.dictionary(
    key,
    fc.oneof({ depthSize: 'small' }, leaf, tie('table'), fc.array(tie('table'), { minLength: 1, maxLength: 3 })),
    { maxKeys: 4 },
  ),
})).table;

/** Every path of the document. */
function visit(node: unknown, steps: readonly PathStep[], see: (steps: readonly PathStep[]) => void): void {
  if (steps.length > 0) see(steps);
  if (Array.isArray(node)) for (const [index, one] of node.entries()) visit(one, [...steps, index], see);
  else if (node !== null && typeof node === 'object') {
    for (const [name, one] of Object.entries(node)) visit(one, [...steps, name], see);
  }
}

/** Whether the text begins as what the step stands for does: a header, the key itself, or a value in a list. */
function startsWith(text: string, step: PathStep): boolean {
  if (text.startsWith('[')) return true;
  if (typeof step === 'number') return /^["'{\d+-]|^(?:true|false|inf|nan)/.test(text);
  const [, key = ''] = /^([A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')[ \t]*[.=]/.exec(text) ?? [];
  return Object.keys(parse(`${key} = 1`))[0] === step;
}

describe('positions in TOML', () => {
  it('are known for every key, table and list element that the parser finds, whatever they are called', () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = stringify(value);
        const positions = tomlPositions(text);
        visit(parse(text), [], (steps) => {
          const { found, at } = findPosition(positions, steps);
          expect(found, `${steps.join(' > ')} in\n${text}`).toBe(steps.length);
          expect(startsWith(text.slice(at), steps.at(-1)!), `${steps.join(' > ')} at ${at} in\n${text}`).toBe(true);
        });
      }),
    );
  });

  it('point at what is meant', () => {
    const text =
      '# top\n[a."b.c"]\nd = [ "x", # one\n  "y" ]\n[[e]]\nf.g = { h = 1, "i j" = """\n]"""" }\n[[e]]\nf = \'\'\'[\n\'\'\'\n';
    const offset = (path: string): number => findPosition(tomlPositions(text), splitPath(path).steps).at;
    const at = (path: string): string => text.slice(offset(path)).split('\n', 1)[0]!;
    expect(at('a."b.c"')).toBe('[a."b.c"]');
    expect(at('a."b.c".d')).toBe('d = [ "x", # one');
    expect(at('a."b.c".d[1]')).toBe('"y" ]');
    expect(at('e[0].f.g.h')).toBe('h = 1, "i j" = """');
    expect(at('e[0].f.g."i j"')).toBe('"i j" = """');
    expect(at('e[1]')).toBe('[[e]]');
    expect(at('e[1].f')).toBe("f = '''[");
    expect(offset('e[1]')).toBeGreaterThan(offset('e[0]'));
  });

  it('count lines and columns from one', () => {
    const place = lineFinder('ab\ncd\n');
    expect([0, 1, 2, 3, 5, 6].map((offset) => place(offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 2, column: 3 },
      { line: 3, column: 1 },
    ]);
  });

  it('never loop on text that is no TOML', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '=', '"', "'", '.', '{', '}', '#', '\n', 'a', ',') }),
        (text) => void tomlPositions(text),
      ),
    );
  });
});
