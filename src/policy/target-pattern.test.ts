import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILTIN_OPERATIONS } from '../model/operation.ts';
import { compileTargetPattern } from './target-pattern.ts';

const PLACE = { workspace: '/work', home: '/home/u' };
const operation = (name: string) => BUILTIN_OPERATIONS.find((one) => one.name === name)!;
const compiled = (name: string, pattern: string) => compileTargetPattern(operation(name), pattern, PLACE);
const matches = (name: string, pattern: string, path: string): boolean => {
  const one = compiled(name, pattern);
  return one.ok && one.matches({ actionType: name, target: path, path });
};

describe('a pattern for targets', () => {
  it('of paths covers what lies below it and nothing beside it', () => {
    const segment = fc.stringMatching(/^[a-z]{1,4}$/);
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        (dir, path) => {
          const below = path.length > dir.length && dir.every((one, i) => path[i] === one);
          expect(matches('write_file', `${dir.join('/')}/*`, path.join('/'))).toBe(below);
          expect(matches('write_file', `${dir.join('/')}/*`, `/${path.join('/')}`)).toBe(false);
        },
      ),
    );
  });

  it('of hosts and names is read as their lists are', () => {
    const url = compiled('http_request', '*.example.com');
    const at = (host: string) => ({
      actionType: 'http_request',
      target: '',
      url: { host, scheme: 'https', port: 443 },
    });
    expect(
      url.ok && [url.matches(at('a.example.com')), url.matches(at('example.com')), url.matches(at('aexample.com'))],
    ).toEqual([true, false, false]);
    expect(matches('call_tool', 'deploy-*', 'deploy-a')).toBe(true);
    expect(matches('call_tool', 'deploy-*', 'undeploy-a')).toBe(false);
    expect(matches('call_tool', 'deploy-*', 'deploy-\na')).toBe(false);
  });

  it('says where it leaves nothing out, and why it can’t be used', () => {
    const everything = (name: string, pattern: string) => {
      const one = compiled(name, pattern);
      return one.ok && one.everything;
    };
    for (const all of ['*', '**', '/', '/*', '/**', '*/*', '**/*', './*'])
      expect([all, everything('write_file', all)]).toEqual([all, true]);
    for (const some of ['a', 'a/*', '*/a', '**/a.txt', '~/*'])
      expect([some, everything('write_file', some)]).toEqual([some, false]);
    // also where it is written from above
    for (const all of ['/work', '/work/*', '/work/**', '/work/*/*', '/w*/*', '/*/*', '/**/work/*', '//work/./*'])
      expect([all, everything('write_file', all)]).toEqual([all, true]);
    for (const some of ['/work/a/*', '/work/**/a', '/elsewhere/*', '/work2/*', '/workshop', '/work/*/a'])
      expect([some, everything('write_file', some)]).toEqual([some, false]);
    const below = (pattern: string) => {
      const one = compileTargetPattern(operation('write_file'), pattern, { workspace: '/home/u/ws', home: '/home/u' });
      return one.ok && one.everything;
    };
    for (const all of ['~/', '~/*', '~/ws', '~/ws/*', '/home/*', '/home/u/*', '/home/**', '~/w*/*', '/**/ws/*'])
      expect([all, below(all)]).toEqual([all, true]);
    for (const some of ['~', '~/ws/a', '~/ws/src/*', '~/other/*', '/home/v/*', '/home/*/ws/src/*', 'ws/*'])
      expect([some, below(some)]).toEqual([some, false]);
    expect(everything('http_request', '*')).toBe(true);
    expect(compiled('execute_shell', 'make')).toMatchObject({ ok: false });
    expect(compiled('write_file', '')).toMatchObject({ ok: false, why: 'is empty' });
    expect(compiled('write_file', 'a/../b')).toMatchObject({ ok: false });
  });

  it('of a search covers whole trees only', () => {
    expect(matches('search_files', 'src/*', 'src/a')).toBe(true);
    expect(matches('search_files', 'src/a.txt', 'src/a.txt')).toBe(false);
  });
});
