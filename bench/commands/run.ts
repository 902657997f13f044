// What it costs to judge a command line: ordinary lines, and lines made to be slow at three sizes each.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCorpusJudge, PROGRAMS } from '../../test/support/command-corpus.ts';
import { createRivals } from './rivals.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ROUNDS = process.argv.includes('--quick') ? 3 : 15;
const LIMIT = 65_536;

const judge = createCorpusJudge();
interface Case {
  readonly line: string;
  readonly class: string;
  readonly expect?: string;
}
const corpus = (name: string): Case[] =>
  readFileSync(resolve(ROOT, `test/vectors/commands/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
const attacks = corpus('attacks');
const unasked = corpus('benign').filter((one) => one.expect === undefined);

const lanes = [
  { name: 'ggen-governance', allows: (line: string) => judge(line).decision.outcome === 'allowed' },
  ...createRivals(new Set(PROGRAMS.split(' '))),
];
console.log(`${attacks.length} attacks, ${unasked.length} ordinary lines\n`);
console.log('| | attacks let through | ordinary lines held up | p50 µs |\n| --- | ---: | ---: | ---: |');
for (const { name, allows } of lanes) {
  const through = attacks.filter(({ line }) => safely(() => allows(line)));
  const held = unasked.filter(({ line }) => !safely(() => allows(line)));
  const each = unasked.map(({ line }) => timed(() => safely(() => allows(line)))).sort((a, b) => a - b);
  const share = (part: Case[], whole: Case[]): string =>
    `${part.length} (${((part.length / whole.length) * 100).toFixed(1)} %)`;
  console.log(
    `| ${name} | ${share(through, attacks)} | ${share(held, unasked)} | ${each[each.length >> 1]!.toFixed(0)} |`,
  );
}
console.log('');

const lines = unasked.map(({ line }) => line);
for (const line of lines) judge(line);
const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const line of lines) times.push(timed(() => judge(line)));
}
console.log(`${lines.length} ordinary lines, ${ROUNDS} rounds after one to warm up: inspect and decide, µs`);
console.log('| p50 | p99 | worst |\n| ---: | ---: | ---: |');
const sorted = times.sort((a, b) => a - b);
console.log(`| ${us(0.5)} | ${us(0.99)} | ${us(1)} |\n`);

/** Each makes a line of about `n` characters. */
const SLOW: Readonly<Record<string, (n: number) => string>> = {
  'a chain of commands': (n) => 'ls;'.repeat(n / 3),
  'a chain of &&': (n) => `ls${' && ls'.repeat(n / 6)}`,
  'a chain of cd': (n) => 'cd a;'.repeat(n / 5),
  'a pipe': (n) => `ls${'|cat'.repeat(n / 4)}`,
  'open parentheses': (n) => '('.repeat(n),
  'nested substitutions': (n) => 'echo $('.repeat(n / 7) + ')'.repeat(n / 7),
  'nested groups': (n) => `${'{ '.repeat(n / 5)}ls${'; }'.repeat(n / 5)}`,
  'nested loops': (n) => `${'for i in 1 2 3 4 5 6 7 8; do '.repeat(n / 40)}ls${'; done'.repeat(n / 40)}`,
  braces: (n) => `echo ${'{a,b}'.repeat(n / 5)}`,
  'nested arithmetic': (n) => `echo ${'$(( '.repeat(n / 7)}1${' ))'.repeat(n / 7)}`,
  'a long range': (n) => `echo ${'{1..999999}'.repeat(n / 11)}`,
  operands: (n) => `cat${' a'.repeat(n / 2)}`,
  patterns: (n) => `cat${' *'.repeat(n / 2)}`,
  stars: (n) => `cat ${'*a'.repeat(n / 2)}`,
  'one word': (n) => `cat ${'a'.repeat(n)}`,
  'a deep path': (n) => `cat ${'a/'.repeat(n / 2)}`,
  quotes: (n) => `echo ${`'a'"b"`.repeat(n / 6)}`,
  dollars: (n) => `echo ${'$a'.repeat(n / 2)}`,
  arithmetic: (n) => `echo $((${'1+'.repeat(n / 2)}1))`,
  'here-documents': (n) => `${'cat <<E\nx\nE\n'.repeat(n / 12)}`,
  assignments: (n) => `${'a=1 '.repeat(n / 4)}ls`,
  redirections: (n) => `ls ${'>a '.repeat(n / 3)}`,
  'sh -c in sh -c': (n) => `sh -c "${'cd a; cd b; '.repeat(n / 12)} ls"`,
  'a sed script': (n) => `sed '${'s/a/b/;'.repeat(n / 7)}' x`,
  'an awk program': (n) => `awk '${'{print $1}'.repeat(n / 10)}' x`,
  brackets: (n) => `ls ${'['.repeat(n)}`,
  backslashes: (n) => `ls ${'\\'.repeat(n)}`,
  'git options': (n) => `git log ${'--since=x '.repeat(n / 10)}`,
};
console.log('| a line of | ms at 16 KiB | at 32 KiB | at 64 KiB |\n| --- | ---: | ---: | ---: |');
let slowest = 0;
for (const [name, make] of Object.entries(SLOW)) {
  const cells = [LIMIT / 4, LIMIT / 2, LIMIT].map((size) => {
    const line = make(size - 100).slice(0, LIMIT);
    judge(line);
    return Math.min(...[0, 1, 2].map(() => timed(() => judge(line)))) / 1000;
  });
  slowest = Math.max(slowest, ...cells);
  console.log(`| ${name} | ${cells.map((ms) => ms.toFixed(1)).join(' | ')} |`);
}
console.log(`\nslowest: ${slowest.toFixed(1)} ms`);

function timed(act: () => unknown): number {
  const start = performance.now();
  act();
  return (performance.now() - start) * 1000;
}

/** A rival that fails on a line doesn't let it through. */
function safely(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}

function us(share: number): string {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(0);
}
