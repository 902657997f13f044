import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitText, historyFiles, stagedFiles, walkFiles } from './index.ts';

let folder: string;
const git = (...args: string[]) =>
  spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-sources-')));
  git('init', '-q');
});
const indexBefore = process.env.GIT_INDEX_FILE;
afterEach(() => {
  if (indexBefore === undefined) delete process.env.GIT_INDEX_FILE;
  else process.env.GIT_INDEX_FILE = indexBefore;
});
/** Path and content of each. */
async function read(texts: AsyncIterable<GitText>): Promise<[string, string | undefined][]> {
  const found: [string, string | undefined][] = [];
  for await (const { path, pieces } of texts) {
    if (pieces === undefined) found.push([path, undefined]);
    else {
      const parts: Buffer[] = [];
      for await (const piece of pieces) parts.push(Buffer.from(piece));
      found.push([path, Buffer.concat(parts).toString()]);
    }
  }
  return found.sort();
}
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('files come in order; links, node_modules and what git keeps are left out', () => {
  mkdirSync(join(folder, 'b/node_modules'), { recursive: true });
  for (const name of ['b/x', 'b/node_modules/y', 'a']) writeFileSync(join(folder, name), '');
  symlinkSync('/etc', join(folder, 'c'));
  const unreadable: string[] = [];
  const names = [...walkFiles(folder, (path) => unreadable.push(path))].map((path) => path.slice(folder.length + 1));
  expect(names).toEqual(['a', 'b/x']);
  expect([...walkFiles(join(folder, 'b/node_modules'), () => undefined)]).toHaveLength(1);
  expect([...walkFiles(join(folder, 'none'), (path) => unreadable.push(path))]).toEqual([]);
  expect(unreadable).toEqual([join(folder, 'none')]);
});

it('what is staged is read as staged, and all history with every content once', async () => {
  writeFileSync(join(folder, 'é.txt'), 'one');
  writeFileSync(join(folder, 'big'), 'x'.repeat(300_000));
  git('add', '.');
  git('commit', '-qm', 'x');
  writeFileSync(join(folder, 'é.txt'), 'two');
  git('add', '.');
  writeFileSync(join(folder, 'é.txt'), 'three');
  expect(await read(stagedFiles(folder))).toEqual([['é.txt', 'two']]);
  git('commit', '-qm', 'y');
  expect(await read(historyFiles(folder))).toEqual([
    ['big', 'x'.repeat(300_000)],
    ['é.txt', 'one'],
    ['é.txt', 'two'],
  ]);
});

it('what is staged before the first commit, by another mode, or in a folder below is read; no links, no submodules', async () => {
  mkdirSync(join(folder, 'sub'));
  write('sub/a\nb', 'first');
  symlinkSync('/etc', join(folder, 'link'));
  git('add', '.');
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  expect(await read(stagedFiles(join(folder, 'sub')))).toEqual([['sub/a\nb', 'first']]);
  git('commit', '-qm', 'x');
  rmSync(join(folder, 'link'));
  write('link', 'now a file');
  git('rm', '-q', '--cached', 'sub/a\nb');
  git('add', 'link');
  expect(await read(stagedFiles(folder))).toEqual([['link', 'now a file']]);
});

it('the index of the commit under way counts, one of elsewhere does not', async () => {
  write('a', 'one');
  git('add', '.');
  git('commit', '-qm', 'x');
  write('a', 'two');
  const index = join(folder, '.git/next-index');
  spawnSync('git', ['add', 'a'], { cwd: folder, env: { ...process.env, GIT_INDEX_FILE: index } });
  expect(await read(stagedFiles(folder))).toEqual([]);
  process.env.GIT_INDEX_FILE = index;
  expect(await read(stagedFiles(folder))).toEqual([['a', 'two']]);
  for (const other of [join(tmpdir(), 'index'), join(folder, 'none/index')]) {
    process.env.GIT_INDEX_FILE = other;
    expect(await read(stagedFiles(folder))).toEqual([]);
  }
});

it('history has what only a merge brought, and what a replacement hides', async () => {
  write('a', '1');
  git('add', '.');
  git('commit', '-qm', '1');
  git('checkout', '-qb', 'other');
  write('a', '2');
  git('commit', '-qam', '2');
  git('checkout', '-q', '-');
  write('a', '3');
  git('commit', '-qam', '3');
  git('merge', '-q', 'other');
  write('a', 'merged');
  git('add', 'a');
  git('commit', '-qm', 'm');
  const hidden = git('rev-parse', 'HEAD:a').stdout.toString().trim();
  const shown = git('rev-parse', 'other:a').stdout.toString().trim();
  expect(git('replace', hidden, shown).status).toBe(0);
  const contents = (await read(historyFiles(folder))).map(([, text]) => text);
  expect(contents).toEqual(['1', '2', '3', 'merged']);
});

it('a content that git lost is named, and those after it are read', async () => {
  write('a', 'lost');
  write('b', 'there');
  git('add', '.');
  git('commit', '-qm', 'x');
  const name = git('rev-parse', 'HEAD:a').stdout.toString().trim();
  rmSync(join(folder, '.git/objects', name.slice(0, 2), name.slice(2)), { force: true });
  expect(await read(historyFiles(folder))).toEqual([
    ['a', undefined],
    ['b', 'there'],
  ]);
});

it('history that can not be read to its end is said', async () => {
  write('a', '1');
  git('add', '.');
  git('commit', '-qm', '1');
  write('a', '2');
  git('commit', '-qam', '2');
  const name = git('rev-parse', 'HEAD~1').stdout.toString().trim();
  rmSync(join(folder, '.git/objects', name.slice(0, 2), name.slice(2)), { force: true });
  await expect(read(historyFiles(folder))).rejects.toThrow('stopped before the end');
});

it('what was not read of one is skipped for the next', async () => {
  for (const name of ['a', 'b', 'c']) write(name, name.repeat(200_000));
  git('add', '.');
  const lengths: number[] = [];
  for await (const { pieces } of stagedFiles(folder)) {
    for await (const piece of pieces ?? []) {
      lengths.push(piece.length);
      break;
    }
  }
  expect(lengths).toHaveLength(3);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(8192);
});

it('nothing that the repository names is run', async () => {
  writeFileSync(join(folder, 'a.txt'), 'one');
  git('add', '.');
  const script = join(folder, 'evil.sh');
  writeFileSync(script, `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`);
  chmodSync(script, 0o755);
  for (const key of ['core.fsmonitor', 'core.pager', 'diff.external', 'core.sshCommand']) git('config', key, script);
  git('config', 'diff.x.textconv', script);
  writeFileSync(join(folder, '.gitattributes'), '* diff=x\n');
  expect(await read(stagedFiles(folder))).toHaveLength(1);
  git('-c', 'core.fsmonitor=false', 'commit', '-qm', 'x');
  rmSync(join(folder, 'ran'), { force: true });
  for await (const _ of historyFiles(folder));
  expect([...walkFiles(join(folder, 'ran'), () => undefined)]).toEqual([]);
});
