// What it costs to judge a command line: ordinary lines, and lines made to be slow at three sizes each.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCorpusJudge } from '../../test/support/command-corpus.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CORPUS = resolve(ROOT, 'test/vectors/commands/benign.jsonl');
const ROUNDS = process.argv.includes('--quick') ? 3 : 15;
const LIMIT = 65_536;

const judge = createCorpusJudge();
const lines = existsSync(CORPUS)
  ? readFileSync(CORPUS, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { line: string }).line)
  : ['git status', 'npm test 2>&1 | tail -20'];

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

function us(share: number): string {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(0);
}
