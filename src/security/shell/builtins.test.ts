import { describe, expect, it } from 'vitest';
import { problems, reading, words } from './reading.fixture.ts';

describe('a builtin of the shell', () => {
  it.each(
    (
      'eval source . trap alias unalias enable hash exec builtin bind complete compgen compopt fc history suspend ' +
      'logout let getopts caller ulimit fg bg disown autoload zmodload zle functions emulate setopt unsetopt print vared ' +
      'sched compctl zstyle zparseopts rehash limit unlimit chdir'
    ).split(' '),
  )('%s is refused, however its name is spelled', (name) => {
    for (const spelled of [name, `"${name}"`, `'${name}'`, `\\${name}`, `{${name},a}`]) {
      expect(problems(`${spelled} x`)).toEqual([
        `deny "${name}" changes what later commands mean, or runs text as commands`,
      ]);
    }
  });

  it.each([
    'true',
    ':',
    'echo a $x',
    'pwd',
    'exit 1',
    'export CI=1',
    'declare -x CI=1',
    'unset x',
    'read -r x',
    'read -n 1 x y',
    'mapfile -t x',
    'set -euo pipefail',
    'shopt -s failglob',
    'printf %s a',
    'printf -v x %s a',
    'test -f a',
    '[ -n "$x" ]',
    '[ $x = a ]',
    'test "$x"',
    'command -v ls',
    'wait',
    'wait $!',
    'jobs -l',
    'cd a',
    'export x',
    '[ -v x ]',
    'typeset -a x',
  ])('%s is let through', (line) =>
    expect(problems(line).filter((problem) => problem.startsWith('deny '))).toEqual([]),
  );

  it.each([
    ['export PATH=a', 'deny the variable PATH can change what runs'],
    ['PATH=a', 'deny the variable PATH can change what runs'],
    ['LD_PRELOAD=a ls', 'deny the variable LD_PRELOAD can change what runs'],
    ['GIT_DIR=a ls', 'deny the variable GIT_DIR can change what runs'],
    ['read IFS', 'deny the variable IFS can change what runs'],
    ['mapfile BASH_ENV', 'deny the variable BASH_ENV can change what runs'],
    ['printf -v PATH a', 'deny the variable PATH can change what runs'],
    ['printf -vPATH a', 'deny the variable PATH can change what runs'],
    ['unset PATH', 'deny the variable PATH can change what runs'],
    ['for PATH in a; do ls; done', 'deny the variable PATH can change what runs'],
    ['select PATH in a; do ls; done', 'deny the variable PATH can change what runs'],
    ['(( PATH = 1 ))', 'deny the variable PATH can change what runs'],
    ['(( PATH++ ))', 'deny the variable PATH can change what runs'],
    ['declare "PATH=a"', 'deny the variable PATH can change what runs'],
    ['export $x', 'deny which variable is set can not be known'],
    ['read $x', 'deny what "read" is given can not be known'],
    ["read 'x[$(rm)]'", 'deny which variable is set can not be known'],
    ["printf -v 'x[$(rm)]' a", 'deny which variable is set can not be known'],
    ['printf -v', 'deny which variable is set can not be known'],
    ['printf $x a', 'ask it may be an option that sets a variable'],
    ["unset 'x[$(rm)]'", 'deny which variable is set can not be known'],
    ['declare -n x=y', 'deny this option changes what the variable means'],
    ['declare -i x=y', 'deny this option changes what the variable means'],
    ['declare -u x=y', 'deny this option changes what the variable means'],
    ['declare -p x=y', 'deny with this option it sets nothing'],
    ['declare -f x', 'deny this option changes what the variable means'],
    ['readonly x=a', 'ask whether a later assignment counts can not be followed'],
    ['declare -r x=a', 'ask whether a later assignment counts can not be followed'],
    ['local x=a', 'deny it stands outside a function'],
    ['export MYVAR=a', 'ask what the variable MYVAR changes in the programs that get it is not known'],
    ['export MYVAR', 'ask what the variable MYVAR changes in the programs that get it is not known'],
    ['MYVAR=a ls', 'ask what the variable MYVAR changes in the programs that get it is not known'],
    ['mapfile -C rm x', 'deny it runs text as commands'],
    ['read -e -i x y -Q', 'ask this option is not known'],
    ['read x=1', 'deny which variable is set can not be known'],
    ['set -k', 'deny this option changes what commands mean'],
    ['set -f', 'deny this option changes what commands mean'],
    ['set -- a', 'deny this option changes what commands mean'],
    ['set -o posix', 'deny this option changes what commands mean'],
    ['set $x', 'deny what "set" is given can not be known'],
    ['shopt -s expand_aliases', 'deny this option changes what commands mean'],
    ['shopt -s extglob', 'deny this option changes what commands mean'],
    ['shopt -s nullglob', 'ask patterns may stand for nothing'],
    ["test -v 'x[$(rm)]'", 'deny a subscript that is no number can run commands'],
    ["[ -R 'x[$(rm)]' ]", 'deny a subscript that is no number can run commands'],
    ['test $x a', 'ask it may be an operator that runs a subscript'],
    ['[ $x ]', 'ask it may be an operator that runs a subscript'],
    ['test "$x" "$y"', 'ask it may be an operator that runs a subscript'],
    ['[[ -v $x ]]', 'deny the name of the variable can not be known'],
    ['[[ $x -eq 1 ]]', 'ask arithmetic on what is not known can run commands'],
    ['(( x ))', 'ask arithmetic on what is not known can run commands'],
    ['(( x += 1 ))', 'ask arithmetic on what is not known can run commands'],
    ['echo $((y))', 'ask arithmetic on what is not known can run commands'],
    ['echo $(( $(ls) ))', 'ask arithmetic on what a command prints can run commands'],
    ['echo ${x:$y}', 'ask arithmetic on what is not known can run commands'],
    ["x='a[$(rm)]'; ((x))", 'deny a subscript that is no number can run commands'],
    ["x='a[$(rm)]'; echo $(($x + 1))", 'deny a subscript that is no number can run commands'],
    ["x='a[$(rm)]'; echo ${y:x}", 'deny a subscript that is no number can run commands'],
    ["[[ 'a[$(rm)]' -eq 1 ]]", 'deny a subscript that is no number can run commands'],
    ['wait -p PATH', 'deny "wait" may run or set something'],
    ['jobs -x rm', 'deny "jobs" may run or set something'],
    ['f() { rm; }', 'deny it defines a function: what its name runs later can not be judged'],
    ['function ls { rm; }', 'deny it defines a function: what its name runs later can not be judged'],
    ['$x', 'deny which program runs can not be known before it runs'],
    ['"$x"a', 'deny which program runs can not be known before it runs'],
    ['l?', 'deny which program runs can not be known before it runs'],
    ['$(ls) a', 'deny which program runs can not be known before it runs'],
    ['"" a', 'deny the name of the program is not a plain name or path'],
    ['lѕ a', 'deny the name of the program is not a plain name or path'],
    ['"l s"', 'deny the name of the program is not a plain name or path'],
    ['~/a', undefined],
  ])('%j: %s', (line, problem) => {
    if (problem === undefined) expect(words(line)).toEqual([['/h/a']]);
    else expect(problems(line)).toContain(problem);
  });

  it('may set what the policy calls harmless', () => {
    expect(reading('MYVAR=a ls; export MYVAR', { harmless: new Set(['MYVAR']) }).problems).toEqual([]);
  });

  it('counts as a program where what it does matters', () => {
    expect(words('echo a')).toEqual([['echo', 'a']]);
    expect(reading('echo a').commands[0]!.builtin).toBe(true);
    expect(reading('/bin/echo a').commands[0]!.builtin).toBeUndefined();
  });
});
