import { describe, expect, it } from 'vitest';
import { problems, reading } from './reading.fixture.ts';

const opened = (line: string): string[] =>
  reading(line).redirects.map(({ access, target, cwds }) => `${access} ${target.text} in ${cwds?.join(' ') ?? '?'}`);

describe('a redirection', () => {
  it.each([
    ['ls > a', ['write a in /w']],
    ['ls >> a', ['write a in /w']],
    ['ls >| a', ['write a in /w']],
    ['ls <> a', ['write a in /w']],
    ['ls &> a', ['write a in /w']],
    ['ls &>> a', ['write a in /w']],
    ['ls >& a', ['write a in /w']],
    ['ls 2> a', ['write a in /w']],
    ['ls < a', ['read a in /w']],
    ['> a', ['write a in /w']],
    ['cd b && ls > a', ['write a in /w/b']],
    ['{ ls; } > a', ['write a in /w']],
    ['while ls; do ls; done < a', ['read a in /w']],
    ["ls > 'a b'", ['write a b in /w']],
    ['ls 2>&1 >&2 1>&- <&- <&0 >/dev/null', []],
    ['ls <<< a', []],
    ['ls <<E\n> a\nE', []],
    ['echo $(ls > a)', ['write a in /w']],
    ['ls <<E\n$(ls > a)\nE', ['write a in /w']],
  ])('%j opens %j', (line, files) => {
    expect(problems(line)).toEqual([]);
    expect(opened(line)).toEqual(files);
  });

  it.each([
    [`ls >&'$(rm x)'`, 'deny bash expands this file name twice'],
    ['ls >&"\\$(rm x)"', 'deny bash expands this file name twice'],
    ['ls >&$x', 'deny bash expands this file name twice'],
    ['ls >&\\\\b', 'deny bash expands this file name twice'],
    ['ls >&-x', 'deny shells differ in what ">&-" means with more behind it'],
    ['ls {fd}> a', 'deny a descriptor that is kept in a variable is not followed'],
    ['ls <&a', 'deny which descriptor is read can not be known'],
    ['ls <&$x', 'deny which descriptor is read can not be known'],
    ['ls >!a', 'deny shells differ in what "!" means here'],
    ['ls > /dev/tcp/example.com/80', 'deny the shell would open a connection'],
    ['ls < /dev/udp/1.2.3.4/53', 'deny the shell would open a connection'],
    ['ls > $x', 'ask which file is written can not be known'],
    ['ls < a$x', 'ask which file is read can not be known'],
    ['ls > {a,b}', 'ask which file is written can not be known'],
    ['ls > a*', 'ask which file is written can not be known'],
    ['ls > $((1))', 'ask which file is written can not be known'],
    ['echo ${ rm x; }', 'deny shells differ in what "${ …; }" means'],
    ['echo ${|rm x; }', 'deny shells differ in what "${ …; }" means'],
  ])('%j: %s', (line, problem) => expect(problems(line)).toContain(problem));

  it('says what feeds the program', () => {
    const fed = (line: string): boolean => reading(line).commands.at(-1)!.fed;
    for (const line of [
      'ls | sh',
      'sh < a',
      'sh <<< a',
      'sh <<E\na\nE',
      'ls |& sh',
      '{ sh; } < a',
      'sh <> a',
      'ls | { sh; }',
    ])
      expect(fed(line), line).toBe(true);
    for (const line of ['sh', 'ls; sh', 'ls && sh', 'sh > a', 'sh 2>&1']) expect(fed(line), line).toBe(false);
    expect(reading('sh', { fed: true }).commands[0]!.fed).toBe(true);
  });
});
