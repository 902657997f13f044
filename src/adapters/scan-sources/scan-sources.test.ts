import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { historyFiles, stagedFiles, walkFiles } from './index.ts';

let folder: string;
const git = (...args: string[]) =>
  spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-sources-')));
  git('init', '-q');
});
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
  expect([...stagedFiles(folder)].map(({ path, bytes }) => [path, bytes.toString()])).toEqual([['é.txt', 'two']]);
  git('commit', '-qm', 'y');
  const found: [string, number][] = [];
  for await (const { path, bytes } of historyFiles(folder)) found.push([path, bytes.length]);
  expect(found.sort()).toEqual([
    ['big', 300_000],
    ['é.txt', 3],
    ['é.txt', 3],
  ]);
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
  expect([...stagedFiles(folder)]).toHaveLength(1);
  git('-c', 'core.fsmonitor=false', 'commit', '-qm', 'x');
  rmSync(join(folder, 'ran'), { force: true });
  for await (const _ of historyFiles(folder));
  expect([...walkFiles(join(folder, 'ran'), () => undefined)]).toEqual([]);
});
