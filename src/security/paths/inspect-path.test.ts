import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTempWorkspace, type TempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import type { FileSystemPort } from '../ports.ts';
import { inspectPath, resolveBase } from './inspect-path.ts';

const RULE = 'policies.security.path_traversal_protection';
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
  temp.file('ws/src/a.ts');
  temp.folder('out/deep');
});
afterEach(() => temp.remove());

const pathOf = (target: string, cwd?: string): string | undefined =>
  temp.inspect('read_file', target, cwd === undefined ? {} : { context: { cwd } }).parts[0]?.path;
const messages = (target: string, actionType = 'read_file', cwd?: string): string[] =>
  temp
    .inspect(actionType, target, cwd === undefined ? {} : { context: { cwd } })
    .findings.map((finding) => finding.message);

describe('a path target', () => {
  it('takes the form that policy matches', () => {
    expect(pathOf('src/a.ts')).toBe('src/a.ts');
    expect(pathOf('./src//./a.ts')).toBe('src/a.ts');
    expect(pathOf('src/../src/a.ts')).toBe('src/a.ts');
    expect(pathOf(`${temp.workspace}/src/a.ts`)).toBe('src/a.ts');
    expect(pathOf('.')).toBe('');
    expect(pathOf('new/file')).toBe('new/file');
    expect(pathOf('src/')).toBe('src');
    expect(pathOf(`${temp.root}/out/none`)).toBe(`${temp.root}/out/none`);
    expect(pathOf('~/x')).toBe(`${temp.home}/x`);
    expect(pathOf('~')).toBe(temp.home);
    expect(temp.found('read_file', `${temp.root}/out/none`)).toEqual([]);
  });

  it('is compared in one Unicode form', () => {
    expect(pathOf('u\u0308.md')).toBe('\u00fc.md');
  });

  it('starts at the folder that the caller stands in', () => {
    expect(pathOf('a.ts', `${temp.workspace}/src`)).toBe('src/a.ts');
    expect(pathOf('a.ts', 'src')).toBe('src/a.ts');
    expect(pathOf('../b', `${temp.workspace}/src`)).toBe('b');
    expect(pathOf('x', `${temp.root}/out`)).toBe(`${temp.root}/out/x`);
    expect(temp.found('read_file', 'x', { context: { cwd: `${temp.root}/out` } })).toEqual([]);
    expect(temp.found('read_file', '../x', { context: { cwd: `${temp.workspace}/src` } })).toEqual([]);
    temp.link('ws/to-out', '../out');
    expect(pathOf('x', `${temp.workspace}/to-out`)).toBe(`${temp.root}/out/x`);
  });

  it.each(['', 'a\0b', '~nobody'])('has no path where the folder %j can not be known', (cwd) => {
    expect(pathOf('a.ts', cwd)).toBeUndefined();
    expect(messages('a.ts', 'read_file', cwd).join()).toMatch(/context\.cwd/);
    expect(pathOf(`${temp.workspace}/src/a.ts`, cwd)).toBe('src/a.ts');
  });
});

describe('leaving the workspace', () => {
  it.each(['../x', '../../etc/passwd', 'src/../../x', './../x', '../ws2/x', '..'])('%j is stopped', (target) => {
    expect(temp.found('read_file', target)).toEqual([`block ${RULE}`]);
    expect(messages(target)[0]).toMatch(/leaves the workspace: "\.\." leads to/);
  });

  it('also from an absolute path that starts inside', () => {
    expect(temp.found('read_file', `${temp.workspace}/../x`)).toEqual([`block ${RULE}`]);
  });

  it('is judged by where it ends', () => {
    expect(temp.found('read_file', '../ws/src/a.ts')).toEqual([]);
    expect(pathOf('../ws/src/a.ts')).toBe('src/a.ts');
  });

  it('through a link names the link and where it leads', () => {
    temp.link('ws/src/link', '../../out');
    expect(messages('src/link/deep/x')).toEqual([
      `path "src/link/deep/x" leaves the workspace: the symbolic link "src/link" leads to "${temp.root}/out/deep/x"`,
    ]);
    expect(temp.found('write_file', `${temp.workspace}/src/link/new`)).toEqual([`block ${RULE}`]);
  });

  it('through a dangling link counts by where it points', () => {
    temp.link('ws/dangling', '/nowhere/new');
    temp.link('ws/chain', 'dangling');
    expect(temp.found('write_file', 'dangling')).toEqual([`block ${RULE}`]);
    expect(temp.found('write_file', 'chain')).toEqual([`block ${RULE}`]);
    expect(pathOf('chain')).toBe('/nowhere/new');
  });

  it('and coming back through another link is fine', () => {
    temp.link('out/back', '../ws/src');
    temp.link('ws/via', '../out/back');
    expect(pathOf('via/a.ts')).toBe('src/a.ts');
    expect(temp.found('read_file', 'via/a.ts')).toEqual([]);
  });

  it('a link that stays inside is resolved and fine', () => {
    temp.link('ws/alias', 'src');
    expect(pathOf('alias/a.ts')).toBe('src/a.ts');
    expect(temp.found('read_file', 'alias/a.ts')).toEqual([]);
  });
});

describe('what can not be resolved', () => {
  it('".." after a link is refused where programs would differ', () => {
    temp.link('ws/link', 'src/sub');
    temp.folder('ws/src/sub');
    expect(temp.found('read_file', 'link/../a.ts')).toEqual([`block ${RULE}`]);
    expect(messages('link/../a.ts')[0]).toMatch(/"link" means "src\/a\.ts" to some programs and "a\.ts" to others/);
    expect(pathOf('link/../a.ts')).toBeUndefined();
    temp.link('ws/same', 'src');
    expect(pathOf('same/../src/a.ts')).toBe('src/a.ts');
  });

  it.each(['', 'file:///etc/passwd', 'FILE:/x', '~root/x', `a${'/b'.repeat(2048)}`, 'a\0b', 'a\ud800'])(
    '%j',
    (target) => {
      expect(pathOf(target)).toBeUndefined();
      expect(messages(target).at(-1)).toMatch(/can't be resolved/);
    },
  );

  it('a loop of links', () => {
    temp.link('ws/loop', 'loop');
    expect(messages('loop/x')).toEqual([`path "loop/x" can't be resolved: more than 40 symbolic links`]);
  });

  it('a way through a process, which leads elsewhere for every process', () => {
    const links: Readonly<Record<string, string>> = {
      '/proc/self': '12',
      '/proc/12/root': '/',
      '/ws/p': '/proc/self/root/etc',
    };
    const files: FileSystemPort = {
      lstat: (path) => ({ kind: path in links ? 'link' : 'directory', links: 1 }),
      readlink: (path) => links[path],
      list: () => undefined,
    };
    for (const guarded of [true, false]) {
      const scene = { workspace: '/ws', home: '/home', files, guarded };
      const read = { name: 'read_file', access: 'read' } as const;
      for (const target of ['/proc/self/root/x', 'p/passwd']) {
        const judged = inspectPath(target, read, { ok: true, path: '/ws' }, scene);
        expect(judged.path).toBeUndefined();
        expect(judged.findings.at(-1)?.message).toMatch(/"\/proc\/12\/root" leads into a process/);
      }
      const reason = 'it leads into a process';
      expect(resolveBase('/proc/self/root', scene)).toEqual({ ok: false, reason, process: true });
      expect(inspectPath('/proc/self/status', read, { ok: true, path: '/ws' }, scene).path).toBe('/proc/12/status');
    }
  });
});

describe('with path_traversal_protection off', () => {
  it('nothing is an escape, and policy still sees where it leads', () => {
    const inspector = temp.inspector({ pathTraversalProtection: false });
    temp.link('ws/link', '../out');
    for (const target of ['../out/x', 'link/x']) {
      const evidence = inspector.inspect({ actionType: 'read_file', target, requester: 'a' });
      expect(evidence.findings).toEqual([]);
      expect(evidence.parts[0]?.path).toBe(`${temp.root}/out/x`);
    }
  });

  it('what can not be resolved has no path and says why', () => {
    const inspector = temp.inspector({ pathTraversalProtection: false, inputValidation: false });
    for (const target of ['a\0b', 'a\udc00', 'file:///x']) {
      const evidence = inspector.inspect({ actionType: 'read_file', target, requester: 'a' });
      expect(evidence.findings).toMatchObject([{ severity: 'deny', rule: 'builtin.unresolved-path' }]);
      expect(evidence.parts[0]).not.toHaveProperty('path');
    }
  });
});

describe('hard links', () => {
  it('are not written through; reading and deleting them is fine', () => {
    temp.file('out/f');
    temp.hardLink('ws/h', 'out/f');
    expect(temp.found('write_file', 'h')).toEqual([`deny ${RULE}`]);
    expect(temp.found('read_file', 'h')).toEqual([]);
    expect(temp.found('delete_file', 'h')).toEqual([]);
    expect(temp.found('write_file', 'src')).toEqual([]);
  });
});

describe('a path behind a process', () => {
  const ALWAYS = 'always builtin.unresolved-path';

  it.each([
    '/proc/self/root/etc/x',
    '/proc/self/./root/etc/x',
    '/proc//self/cwd/config/governance.toml',
    '/proc/1/cwd/x',
    '/proc/999999999/root/x',
    '/proc/self/task/1/fd/3',
    '/proc/self/fd/3',
    '/dev/fd/3',
    'to-process/etc/x',
  ])('%s is refused in every mode, read or written', (target) => {
    temp.link('ws/to-process', '/proc/self/root');
    for (const actionType of ['read_file', 'write_file', 'search_files']) {
      expect(temp.found(actionType, target)).toContain(ALWAYS);
      const off = temp.inspector({ enabled: false }).inspect({ actionType, target, requester: 'a' });
      expect(off.findings.map((finding) => `${finding.severity} ${finding.rule}`)).toContain(ALWAYS);
    }
  });

  it.each(['/proc/self/cwd', '/proc/self/root/tmp', '/proc/999999999/cwd'])('so is what is relative to %s', (cwd) => {
    expect(temp.found('write_file', 'config/governance.toml', { context: { cwd } })).toContain(ALWAYS);
    expect(temp.found('execute_shell', 'touch x', { context: { cwd } })).toContain('always builtin.protected-path');
    expect(temp.found('read_file', `${temp.workspace}/src/a.ts`, { context: { cwd } })).toEqual([]);
  });

  it('the rest of /proc is none', () => {
    for (const target of ['/proc/cpuinfo', '/proc/self/status']) expect(temp.found('read_file', target)).toEqual([]);
  });
});
