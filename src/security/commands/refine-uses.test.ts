import { describe, expect, it } from 'vitest';
import { builtinProgram, matchArguments } from '../programs/index.ts';
import { literal } from '../shell/index.ts';
import { complaintsOf, refineUses } from './refine-uses.ts';

const matchOf = (line: string) => {
  const [name = '', ...rest] = line.split(' ');
  const args = rest.map((text) => literal(text, { pos: 0, end: 0 }));
  return { name, match: matchArguments(builtinProgram(name)!, args) };
};
/** `dir` is a folder. */
const uses = (line: string): string[] => {
  const { name, match } = matchOf(line);
  return refineUses(name, match, (path) => path === 'dir').map(({ kind, argument }) => `${kind} ${argument.text}`);
};
const complaints = (line: string): string[] => {
  const { name, match } = matchOf(line);
  return complaintsOf(name, match, (path) => path === 'file').map(({ verdict, reason }) => `${verdict} ${reason}`);
};

describe('what more than one word says', () => {
  it.each([
    ['grep x a', 'READ a'],
    ['grep -r x a', 'TREE a'],
    ['grep --recursive x a', 'TREE a'],
    ['diff a b', 'READ b'],
    ['diff -r a b', 'TREE b'],
    ['sed p a', 'READ a'],
    ['sed -n p a', 'READ a'],
    ['sed -i s/a/b/ a', 'WRITE a'],
    ['sed -i.bak s/a/b/ a', 'WRITE a'],
    ['sed --in-place s/a/b/ a', 'WRITE a'],
    ['cp a b', 'READ a'],
    ['cp a b', 'WRITE b'],
    ['cp -r a b', 'TREE a'],
    ['cp x/a dir', 'WRITE dir/a'],
    ['cp x/a y/b dir', 'WRITE dir/b'],
    ['cp a new/', 'WRITE new/a'],
    ['cp a/.. dir', 'WRITE dir'],
    ['cp -t dir a', 'WRITE dir'],
    ['mv a dir', 'WRITE dir/a'],
    ['ln a dir', 'WRITE dir/a'],
    ['gzip a', 'WRITE a'],
    ['gzip -c a', 'READ a'],
    ['gzip -l a', 'READ a'],
    ['tar -cf a.tar b', 'WRITE a.tar'],
    ['tar -cf a.tar b', 'TREE b'],
    ['tar -tf a.tar b', 'READ a.tar'],
    ['tar -xf a.tar b', 'READ a.tar'],
    ['tar -xf a.tar -C dir', 'WRITE dir'],
  ])('%s: %s', (line, use) => expect(uses(line)).toContain(use));

  it.each([
    ['sed p a', 'WRITE a'],
    ['gzip -c a', 'WRITE a'],
    ['tar -tf a.tar b', 'WRITE a.tar'],
    ['tar -tf a.tar b', 'TREE b'],
    ['cp x/a dir', 'WRITE dir'],
  ])('%s: not %s', (line, use) => expect(uses(line)).not.toContain(use));

  it.each([
    ['tar -xf a.tar', 'ask tar -x into the folder where it runs'],
    ['tar -xf a.tar -C .', 'ask tar -x into the folder where it runs'],
    ['tar -xf host:a.tar -C dir', 'deny tar with an archive on another host'],
    ['unzip a.zip', 'ask unzip into the folder where it runs'],
    ['git restore a', 'ask git restore of files, whose changes are lost'],
    ['git restore --staged --worktree a', 'ask git restore of files, whose changes are lost'],
    ['git checkout -- a', 'ask git checkout of files, whose changes are lost'],
    ['git checkout .', 'ask git checkout of files, whose changes are lost'],
    ['git checkout file', 'ask git checkout of files, whose changes are lost'],
    ['chmod 4755 a', 'ask chmod that takes rights away or gives special ones'],
    ['chmod u+s a', 'ask chmod that takes rights away or gives special ones'],
  ])('%s: %s', (line, complaint) => expect(complaints(line)).toContain(complaint));

  it.each([
    'tar -xf a.tar -C dir',
    'tar -tf a.tar',
    'unzip -l a.zip',
    'unzip a.zip -d dir',
    'git restore --staged a',
    'git checkout main',
    'chmod +x a',
    'chmod 644 a',
  ])('%s: nothing to say', (line) => expect(complaints(line)).toEqual([]));
});
