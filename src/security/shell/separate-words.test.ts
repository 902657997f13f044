import { describe, expect, it } from 'vitest';
import { problems, words } from './reading.fixture.ts';

describe('what touches a process substitution', () => {
  const refused = ['deny a process substitution is a part of a word'];

  it.each([
    'rm f<(ls)',
    'rm <(ls)f',
    'rm a<(ls)b c',
    'ls > f<(ls)',
    'rm <(ls)<(ls)',
    'rm x=a<(ls)',
    'rm <<< <(ls)a',
    'rm <<< a<(ls)',
    "rm ''<(ls)",
  ])('%s: is refused, because bash takes it for one word', (line) => expect(problems(line)).toEqual(refused));

  it('is refused before a program and in the words of a loop too', () => {
    expect(problems('X=a<(ls) ls')).toContain(refused[0]);
    expect(problems('for x in a<(ls); do ls; done')).toContain(refused[0]);
    expect(problems('{ ls; } > f<(ls)')).not.toEqual([]);
  });

  it.each(['diff <(ls a) <(ls b)', 'cat <(ls)', 'cat <(ls)>out', 'cat <(ls);ls', 'for x in <(ls) b; do ls; done'])(
    '%s: stands alone and is read',
    (line) => {
      expect(problems(line)).toEqual([]);
      expect(words(line)).toContainEqual(line.includes('ls a') ? ['ls', 'a'] : ['ls']);
    },
  );
});
