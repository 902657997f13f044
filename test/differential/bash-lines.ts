import type { Random } from './random.ts';

/** The programs that lines name; p7 and p8 fail, p5 prints what it is given. */
export const PROGRAMS = 'p1 p2 p3 p4 p5 p6 p7 p8 p9 rm touch cat'.split(' ');
const PLAIN =
  'a b c -x --y=z f1 f2 f3 f4 - -- a=b x=1 1 2 d1 , : . a.b e\\ f \\* \\$x \\; \\" a\\b @a +a a# %a ! ]'.split(' ');
const VARIABLES = ['x', 'y', 'z'];

/** One line (or a few) of bash out of its grammar. `depth` bounds how far things stand in things. */
export function generateLine(random: Random, depth = 3): string {
  return list(random, depth);
}

function list(random: Random, depth: number): string {
  let text = andOr(random, depth);
  for (let count = random.below(random.once(3) ? 3 : 1); count > 0; count -= 1) {
    text += random.pick([';', '; ', '\n', ' & ', ' ;\n', '\n\n', ' # p9 ; p8 $(p7)\n']) + andOr(random, depth);
  }
  if (random.once(20)) text += random.pick([';', ' &', '\n', ' # `p9`', ' #']);
  return text;
}

function andOr(random: Random, depth: number): string {
  let text = pipeline(random, depth);
  for (let count = random.below(random.once(3) ? 3 : 1); count > 0; count -= 1) {
    text += random.pick([' && ', ' || ', '&&', '||', ' &&\n']) + pipeline(random, depth);
  }
  return text;
}

function pipeline(random: Random, depth: number): string {
  let text = (random.once(15) ? '! ' : '') + command(random, depth);
  for (let count = random.below(random.once(4) ? 3 : 1); count > 0; count -= 1) {
    text += random.pick([' | ', '|', ' |& ', ' |\n']) + command(random, depth);
  }
  return text;
}

function command(random: Random, depth: number): string {
  if (depth <= 0 || !random.once(3)) return simple(random, depth);
  const inner = (): string => list(random, depth - 1);
  const body = (): string => inner().replace(/[;&\s]*$/, '\n');
  const compound = random.pick<() => string>([
    () => `{ ${body()}}`,
    () => `(${inner()}\n)`,
    () => `( ${simple(random, depth - 1)} )`,
    () => `if ${body()}then ${body()}${random.once(2) ? `else ${body()}` : ''}fi`,
    () => `if ${body()}then ${body()}elif ${body()}then ${body()}fi`,
    () => `for ${random.pick(VARIABLES)} in ${words(random, depth - 1)}; do ${body()}done`,
    () => `for ${random.pick(VARIABLES)} in ${words(random, depth - 1)}\ndo ${body()}done`,
    () => `for ((x = 0; x < 2; x++)); do ${body()}done`,
    () => `while p8 a; do ${body()}done`,
    () => `until ${body()}do ${body()}break\ndone`,
    () => `while ${body()}do ${body()}break; done`,
    () => `case ${word(random, depth - 1)} in ${pattern(random)}) ${body()};; *) ${body()};; esac`,
    () =>
      `case ${word(random, depth - 1)} in (${pattern(random)}|${pattern(random)}) ${body()};& ${pattern(random)}) ${body()} esac`,
    () =>
      `[[ ${word(random, depth - 1)} ${random.pick(['==', '=', '!=', '<', '=~', '-eq', '-nt'])} ${word(random, depth - 1)} ]]`,
    () =>
      `[[ ${random.pick(['-f', '-n', '-z', '! -e', '-v'])} ${word(random, depth - 1)} && ( -n ${word(random, depth - 1)} ) ]]`,
    () => `((${arithmetic(random, depth - 1)}))`,
    () => `coproc ${simple(random, depth - 1)}`,
    () => `time ${simple(random, depth - 1)}`,
  ])();
  return compound + (random.once(4) ? redirection(random, depth - 1) : '');
}

function pattern(random: Random): string {
  return random.pick(['a', '*', 'f?', '[a-c]', '"a"', "'*'", 'a*b', '$x', '""', '\\)', '$(p6)']);
}

function simple(random: Random, depth: number): string {
  if (random.once(12)) return builtin(random, depth);
  let text = '';
  for (; random.once(10); ) text += `${assignment(random, depth)} `;
  if (random.once(12)) text += `${redirection(random, depth).trim()} `;
  text += name(random);
  for (let count = random.below(4); count > 0; count -= 1) {
    text += random.once(30) ? ' \\\n' : random.once(40) ? '\t' : ' ';
    text += word(random, depth);
    if (random.once(10)) text += redirection(random, depth);
  }
  if (random.once(20)) text += hereDocument(random, depth);
  return text;
}

function name(random: Random): string {
  const plain = random.pick(PROGRAMS);
  if (!random.once(8)) return plain;
  const [first, rest] = [plain[0]!, plain.slice(1)];
  return random.pick([
    `"${plain}"`,
    `'${plain}'`,
    `\\${plain}`,
    `${first}"${rest}"`,
    `${first}''${rest}`,
    `${first}\\\n${rest}`,
    `$'${plain}'`,
    `{${plain},a}`,
  ]);
}

function builtin(random: Random, depth: number): string {
  const w = (): string => word(random, depth);
  const v = random.pick(VARIABLES);
  return random.pick<() => string>([
    () => `echo ${w()} ${w()}`,
    () => `printf ${w()} ${w()}`,
    () => `printf -v ${v} %s ${w()}`,
    () => `cd ${random.pick(['d1', 'd2', '.', '"d1"', 'd1 && cd .', '$x'])}`,
    () => `test ${w()} = ${w()}`,
    () => `[ ${w()} ${random.pick(['-eq', '=', '-nt', '-a'])} ${w()} ]`,
    () => `export ${assignment(random, depth)}`,
    () => `declare ${random.pick(['', '-a ', '-x ', '-i ', '-A ', '-u ', '-r ', '-p '])}${assignment(random, depth)}`,
    () => `read ${random.pick(['', '-r ', '-a ', '-d , '])}${v} <<< ${w()}`,
    () => `mapfile -t ${v} <<< ${w()}`,
    () => assignment(random, depth),
    () => `unset ${v}`,
    () => `: ${w()}`,
    () => `set ${random.pick(['-e', '-u', '-- a b', '-o pipefail', '-f'])}`,
    () => `shopt -s ${random.pick(['nullglob', 'extglob', 'globstar'])}`,
    () => `command ${random.pick(['-v ', '-p ', ''])}${name(random)}`,
    () => 'wait',
    () => 'exit 3',
  ])();
}

function assignment(random: Random, depth: number): string {
  const target = random.pick(VARIABLES);
  return random.pick<() => string>([
    () => `${target}=${word(random, depth)}`,
    () => `${target}=${random.pick(['1', 'a', 'f4', '*', '"a b"', '', '$x', "'$(p9)'", "'a[$(p9)]'"])}`,
    () => `${target}+=${word(random, depth)}`,
    () => `${target}=(${words(random, depth)})`,
    () => `${target}[${random.pick(['0', '1', '$x', 'p1', '$(p2)'])}]=${word(random, depth)}`,
  ])();
}

function words(random: Random, depth: number): string {
  return Array.from({ length: random.below(4) }, () => word(random, depth)).join(' ');
}

function word(random: Random, depth: number): string {
  let text = piece(random, depth);
  while (random.once(4)) text += piece(random, depth);
  return text;
}

function piece(random: Random, depth: number): string {
  if (random.below(3) < 2) return random.pick(PLAIN);
  const x = random.pick(VARIABLES);
  const deeper = depth > 0;
  return random.pick<() => string>([
    () => `'${random.pick(['a b', '$(p9)', '`p9`', '; p9', '"', '\\', '', '> f4', '#'])}'`,
    () => `"${quoted(random, depth)}"`,
    () =>
      `$'${random.pick(['a\\nb', "a\\'b", '\\x41', '\\u0041', '\\101', '; p9', '\\t', '\\\\', '\\cA', "\\'; p9 \\'"])}'`,
    () => `$"${quoted(random, depth)}"`,
    () =>
      `{${random.pick(['a,b', '1..3', 'a..c', 'f1,f2', 'a', 'a,{b,c}', ',', 'a,"b c"', '$x,b', '3..1..1', 'a,b}{c,d', '01..3'])}}`,
    () =>
      random.pick([
        '*',
        'f?',
        '[ab]',
        'f[!1]',
        '?1',
        'd*',
        '[[:alpha:]]1',
        '**',
        '.*',
        'f[1',
        '*.c',
        '[$x]',
        '"$x"*',
        'f["1"]',
        '$x\\\nf1',
        '"a\\\nb"',
        '$\\\nx',
      ]),
    () => random.pick(['~', '~+', 'a~', '"~"', '~x', '~"f1"', 'x=~', 'a:~', '"~"*', '~{a,b}', "'~'{a,b}"]),
    () => `$${random.pick([...VARIABLES, '?', '#', '@', '*', '1', '-', 'HOME', 'PWD', '!'])}`,
    () => expansion(random, x, depth),
    () => (deeper ? `$(${list(random, depth - 2)}\n)` : '$(p3)'),
    () => (deeper ? `$( ${simple(random, depth - 2)})` : '$(p3 a)'),
    () => (deeper ? `\`${simple(random, 0).replace(/[`\\]/g, '')}\`` : '`p2 b`'),
    () => (deeper ? `${random.pick(['<', '>'])}(${simple(random, depth - 2)})` : '<(p4)'),
    () => `$((${arithmetic(random, depth)}))`,
  ])();
}

function quoted(random: Random, depth: number): string {
  return random.pick<() => string>([
    () => random.pick(['', 'a b', "'a'", '\\"', '\\$x', '; p9', '*', '\\`p9\\`', '#', '!', 'a\\\nb', '{a,b}', '~']),
    () => `$${random.pick(VARIABLES)} a`,
    () => `a${expansion(random, random.pick(VARIABLES), depth)}`,
    () => (depth > 0 ? `$(${simple(random, depth - 2)})` : '$(p3)'),
    () => `\`p2 ${random.pick(['a', '\\"b\\"', '$x', '\\$x', '\\`p3\\`'])}\``,
    () => `$((${arithmetic(random, depth)}))`,
  ])();
}

function expansion(random: Random, x: string, depth: number): string {
  const w = depth > 0 ? word(random, depth - 2) : random.pick(PLAIN);
  return `\${${random.pick([
    x,
    `#${x}`,
    `${x}:-${w}`,
    `${x}-${w}`,
    `${x}:=${w}`,
    `${x}:+${w}`,
    `${x}:?${w}`,
    `${x}#a`,
    `${x}##*${w}`,
    `${x}%b`,
    `${x}%%[${w}]`,
    `${x}//a/b`,
    `${x}:1`,
    `${x}:0:2`,
    `${x}:$y`,
    `${x}^^`,
    `${x},`,
    `!${x}`,
    `!${x}*`,
    `${x}[0]`,
    `${x}[@]`,
    `${x}[$y]`,
    `${x}@Q`,
    `${x}@P`,
    `${x}[$(p6)]`,
    '@:1',
    '1:-a',
  ])}}`;
}

function arithmetic(random: Random, depth: number): string {
  const one = (): string =>
    random.pick([
      '1',
      '2',
      'x',
      '$x',
      'y',
      '0x1f',
      '08',
      '$#',
      'x[0]',
      'x[$y]',
      '${x:-1}',
      depth > 0 ? '$(p5 1)' : '3',
    ]);
  const op = random.pick(['+', '-', '*', '<', '==', '<<', '>>', '&&', '|', ',', '%']);
  return random.pick<() => string>([
    one,
    () => `${one()} ${op} ${one()}`,
    () => `x = ${one()}`,
    () => random.pick(['x++', '--x', 'x += 1', '(1 + 2) * 3', '1 ? 2 : 3', 'x <<= 1']),
  ])();
}

function redirection(random: Random, depth: number): string {
  const file = (): string =>
    random.once(6)
      ? word(random, depth)
      : random.pick(['f1', 'f2', 'f3', 'f4', '"f3"', '/dev/null', "'f 5'", 'd1', '$x', 'f{1,3}', 'f*', '~', '-x']);
  const fd = random.once(3) ? random.pick(['0', '1', '2', '4', '5']) : '';
  return random.pick<() => string>([
    () => ` ${fd}>${random.once(2) ? ' ' : ''}${file()}`,
    () => ` ${fd}>>${file()}`,
    () => ` ${fd}< ${file()}`,
    () => ` ${fd}<>${file()}`,
    () => ` ${fd}>|${file()}`,
    () => ` &>${file()}`,
    () => ` &>> ${file()}`,
    () => ` >&${random.once(2) ? file() : random.pick(['1', '2', '4', '-', '2-', "'$(p9)'", '"\\$(p9)"', "f'*'"])}`,
    () => ` ${fd}>&${random.pick(['1', '2', '-'])}`,
    () => ` ${fd}<&${random.pick(['0', '-', '4'])}`,
    () => ' 2>&1',
    () => ` <<< ${word(random, depth)}`,
    () => ` {fd}>${file()}`,
    () => ` ${fd}>(p4 a)`,
  ])();
}

function hereDocument(random: Random, depth: number): string {
  const end = random.pick(['E', "'E'", '"E"', '\\E', 'E']);
  const dash = random.once(3) ? '-' : '';
  const body = random.pick([
    'a',
    'a $x',
    depth > 0 ? `$(${simple(random, 0)})` : 'a',
    '`p6 a`',
    '\\$(p9)',
    '$((1+1))',
    '${x:-$(p3)}',
    "'$(p4)'",
    ' E',
    '\tE',
    'E ',
    '# p9',
    '"',
    'a\\\nb',
    '; p9',
  ]);
  return ` ${random.once(5) ? '0' : ''}<<${dash}${end}\n${dash && random.once(2) ? '\t' : ''}${body}\n${dash && random.once(2) ? '\t' : ''}E\n`;
}

const INSERTS =
  "; & | && || > >> < ( ) { } ` $( ) $ \" ' \\ \n # ! * ? [ ] ~ = <( >( <<< << $(( )) [[ ]] ${ } $' \t , 1> 2< {fd}> ;; do done fi then".split(
    ' ',
  );

/** The line with something put in, left out or doubled: mostly no sense, sometimes other sense than it seems. */
export function mutateLine(random: Random, line: string): string {
  let text = line;
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    const at = random.below(text.length + 1);
    const to = Math.min(text.length, at + 1 + random.below(6));
    text = random.pick<() => string>([
      () => text.slice(0, at) + random.pick(INSERTS) + text.slice(at),
      () => `${text.slice(0, at)}${random.pick(['\\\n', ' ', '\n', ' p9 ', '$x', ''])}${text.slice(at)}`,
      () => text.slice(0, at) + text.slice(to),
      () => text.slice(0, to) + text.slice(at, to) + text.slice(to),
      () => dropOne(random, text, /['"`(){}\\[\]]/g),
      () => dropOne(random, text, /[ \n;]/g),
    ])();
  }
  return text;
}

function dropOne(random: Random, text: string, what: RegExp): string {
  const places = [...text.matchAll(what)].map((match) => match.index);
  if (places.length === 0) return text;
  const at = random.pick(places);
  return text.slice(0, at) + text.slice(at + 1);
}

/**
 * THREAT: the line is really run. No path may leave the folder that it runs in: a slash stands only in `/dev/null` and in
 * the replacement of an expansion, and nowhere in what is left after a mutation.
 */
export function isConfined(line: string): boolean {
  const rest = line.replace(/(^|[\s<>&|"'])\/dev\/null(?![^\s;|&)"'])/g, '$1').replace(/\$\{[xyz]\/\/a\/b\}/g, '');
  return !rest.includes('/') && !/\bkill\b/.test(rest);
}
