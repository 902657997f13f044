import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenJudgedOptions, type OpenProof, openJudged } from './open-judged.ts';
import { openTempWorkspace, type TempWorkspace } from './temp-workspace.fixture.ts';

let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
  temp.file('ws/a/b.txt', 'inside');
  temp.file('out/b.txt', 'outside');
});
afterEach(() => temp.remove());

const at = (path: string): string => join(temp.workspace, path);

const PROOFS: readonly OpenProof[] = process.platform === 'linux' ? ['descriptor', 'no-links'] : ['no-links'];

describe.each(PROOFS)('openJudged with the proof %s', (proof) => {
  const open = (path: string, access: OpenJudgedOptions['access'], more: Partial<OpenJudgedOptions> = {}) => {
    const { fd } = openJudged(path, { access, workspace: temp.workspace, proof, ...more });
    try {
      if (access === 'read') return readFileSync(fd, 'utf8');
      if (access !== 'list') writeSync(fd, 'new');
      return fstatSync(fd).isDirectory() ? 'folder' : 'file';
    } finally {
      closeSync(fd);
    }
  };

  it('opens what was judged', () => {
    expect(open(at('a/b.txt'), 'read')).toBe('inside');
    expect(open(at('a'), 'list')).toBe('folder');
    expect(open(temp.workspace, 'list')).toBe('folder');
    expect(open(at('a/b.txt'), 'write')).toBe('file');
    expect(readFileSync(at('a/b.txt'), 'utf8')).toBe('newide');
    expect(open(at('a/c.txt'), 'create', { mode: 0o600 })).toBe('file');
    expect(readFileSync(at('a/c.txt'), 'utf8')).toBe('new');
    expect(statSync(at('a/c.txt')).mode & 0o777).toBe(0o600);
  });

  it('refuses a link where the file was', () => {
    temp.link('ws/l', join(temp.root, 'out/b.txt'));
    temp.link('ws/dangling', join(temp.root, 'out/new'));
    expect(() => open(at('l'), 'read')).toThrow(/not what was judged/);
    expect(() => open(at('l'), 'write')).toThrow(/not what was judged/);
    expect(() => open(at('l'), 'create')).toThrow(/is there already/);
    expect(() => open(at('dangling'), 'create')).toThrow(/is there already/);
    expect(readFileSync(join(temp.root, 'out/b.txt'), 'utf8')).toBe('outside');
  });

  it('refuses a link where a folder above was, for every access', () => {
    renameSync(at('a'), at('a.old'));
    symlinkSync(join(temp.root, 'out'), at('a'));
    expect(() => open(at('a/b.txt'), 'read')).toThrow(/not what was judged/);
    expect(() => open(at('a/b.txt'), 'write')).toThrow(/not what was judged/);
    expect(() => open(at('a/new.txt'), 'create')).toThrow(/not what was judged|is no folder/);
    expect(() => open(at('a'), 'list')).toThrow(/not what was judged|is no folder/);
    expect(() => statSync(join(temp.root, 'out/new.txt'))).toThrow(/ENOENT/);
    expect(readFileSync(join(temp.root, 'out/b.txt'), 'utf8')).toBe('outside');
  });

  it('refuses to write a file with another name, and reads it', () => {
    temp.hardLink('ws/hard.txt', 'out/b.txt');
    expect(() => open(at('hard.txt'), 'write')).toThrow(/2 hard links/);
    expect(open(at('hard.txt'), 'read')).toBe('outside');
  });

  it('refuses a pipe at once, and a folder as a file', () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(() => open(at('pipe'), 'read')).toThrow(/no ordinary file/);
    expect(() => open(at('pipe'), 'write')).toThrow(/no ordinary file/);
    expect(() => open(at('a'), 'read')).toThrow(/no ordinary file/);
    expect(() => open(at('a/b.txt'), 'list')).toThrow(/is no folder/);
    expect(() => open(at('a/b.txt/c'), 'read')).toThrow(/is no folder/);
  });

  it('says what is not there, and what is there already', () => {
    expect(() => open(at('a/none'), 'read')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => open(at('none/new'), 'create')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => open(at('a/b.txt'), 'create')).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });

  it.each(['../out/b.txt', 'a/../../out/b.txt', 'a//b.txt', 'a/./b.txt', 'a/b.txt/'])('takes no %s', (path) => {
    const code = 'INPUT_INVALID';
    expect(() => open(`${temp.workspace}/${path}`, 'read')).toThrow(expect.objectContaining({ code }));
  });

  it('takes no path outside, and a sibling whose name begins alike is outside', () => {
    mkdirSync(`${temp.workspace}-2`);
    for (const path of [`${temp.workspace}-2/x`, join(temp.root, 'out/b.txt'), '/etc/passwd', 'a/b.txt', '']) {
      expect(() => open(path, 'read')).toThrow(/no resolved path inside/);
    }
    expect(() => open(temp.workspace, 'read')).toThrow(/no resolved path inside/);
  });

  it.runIf(process.platform === 'linux')('enters another mount only where that is allowed', () => {
    const file = '/proc/sys/kernel/ostype';
    const look = (otherMounts: boolean) => open(file, 'read', { workspace: '/', otherMounts });
    expect(() => look(false)).toThrow(/another file system/);
    expect(look(true)).toBe('Linux\n');
  });
});
