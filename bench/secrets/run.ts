// Searching files for secrets: megabytes for each second of processor time, and what is found on a labelled corpus,
// beside secretlint. gitleaks can't be installed from a registry of ours; its figures are quoted and marked.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createEngine } from '@secretlint/node';
import { defaultConfig } from '../../src/config/index.ts';
import { createFileScanner } from '../../src/security/index.ts';
import { createCorpus, type LabelledFile, scoreOf } from '../../test/vectors/secrets/corpus.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const quick = process.argv.includes('--quick');
const MB = 1_000_000;

const texts: Buffer[] = [];
let total = 0;
collect(join(ROOT, 'node_modules'), quick ? 20 * MB : 100 * MB);
collect(join(ROOT, 'bench/node_modules'), quick ? 20 * MB : 100 * MB);
const builtin = createFileScanner('bench');
const guide = createFileScanner('bench', defaultConfig().config.policies.security.secretPatterns.patterns);
builtin.scan(Buffer.from('warm'));
guide.scan(Buffer.from('password: warm-warm-warm'));

console.log(`${texts.length} text files of npm packages, ${(total / MB).toFixed(0)} MB\n`);
console.log('| | MB | CPU s | MB for each CPU second | findings |\n| --- | ---: | ---: | ---: | ---: |');
for (const share of [0.25, 0.5, 1])
  row(
    'ggen-governance, our rules',
    texts.slice(0, Math.ceil(texts.length * share)),
    (bytes) => builtin.scan(bytes).length,
  );
row('ggen-governance, with the guide’s three patterns', texts, (bytes) => guide.scan(bytes).length);

const secretlint = await createEngine({
  formatter: 'json',
  color: false,
  configFileJSON: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend' }] },
});
const few = sample(texts, (quick ? 1 : 4) * MB);
const before = process.cpuUsage();
let hits = 0;
for (const [index, bytes] of few.entries()) {
  hits += (await lintLines(`f${index}.ts`, bytes.toString('utf8'))).length;
}
print('secretlint 13, preset recommend', few, process.cpuUsage(before), hits);
console.log('| gitleaks 8.26: quoted¹ | 100 | 43–50 | 2.0–2.3 | 29 |\n');

/** Texts that look like secrets everywhere, each of about `n` bytes. */
const SLOW: Readonly<Record<string, string>> = {
  'a name again and again': 'secretaccess',
  'a short name': 'pwd',
  'names of elements': 'A1secret',
  'names with signs': 'password="',
  'quotes and names': '"api_key": "',
  'beginnings of JWT': '.eyJ',
  'beginnings of URLs': 'a://',
  'beginnings of keys': '-----BEGIN PRIVATE KEY-----',
  'one long word': 'aB3',
  'prefixes of tokens': ' ghp_ xoxb- sk-ant- AKIA',
};
console.log('\n| made to be slow | ms at 256 KiB | at 512 KiB | at 1 MiB |\n| --- | ---: | ---: | ---: |');
for (const [name, unit] of Object.entries(SLOW)) {
  const cells = [18, 19, 20].map((power) => {
    const bytes = Buffer.from(unit.repeat(Math.ceil(2 ** power / unit.length)));
    builtin.scan(bytes.subarray(0, 4096));
    const times = [0, 1, 2].map(() => {
      const start = performance.now();
      builtin.scan(bytes);
      return performance.now() - start;
    });
    return Math.min(...times).toFixed(0);
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

const whole = Buffer.concat(texts);
const began = process.cpuUsage();
const stream = builtin.stream();
let streamed = 0;
for (let at = 0; at < whole.length; at += 65_536) streamed += stream.push(whole.subarray(at, at + 65_536)).length;
streamed += stream.end().length;
const spent = process.cpuUsage(began);
const rate = whole.length / MB / ((spent.user + spent.system) / 1e6);
console.log(
  `\nthe same text as one file in pieces of 64 KiB: ${rate.toFixed(1)} MB for each CPU second, ${streamed} findings\n`,
);

const corpus = createCorpus();
const secrets = corpus.reduce((sum, file) => sum + file.secrets.length, 0);
console.log(`${corpus.length} files of the labelled corpus, ${secrets} secrets; half of them held out\n`);
console.log('| | half | precision | recall | F1 |\n| --- | --- | ---: | ---: | ---: |');
for (const heldOut of [false, true]) {
  const cases = corpus.filter((file) => file.heldOut === heldOut);
  const half = heldOut ? 'held out' : 'tuned with';
  score('ggen-governance', half, cases, ({ text }) => builtin.scan(Buffer.from(text)).map(({ line }) => line));
  const linted = new Map<LabelledFile, number[]>();
  for (const file of cases) linted.set(file, await lintLines(file.path, file.text));
  score('secretlint 13', half, cases, (file) => linted.get(file) ?? []);
}
console.log(
  '\n¹ An earlier measurement of the kind on another day; on a public corpus of real repositories (CredData) gitleaks\n' +
    'reached F1 0.23 to 0.39. That corpus is not here, and ours is made: its figures compare the two columns, no more.',
);

function row(name: string, files: readonly Buffer[], scan: (bytes: Buffer) => number): void {
  const start = process.cpuUsage();
  let found = 0;
  for (const bytes of files) found += scan(bytes);
  print(name, files, process.cpuUsage(start), found);
}

function print(name: string, files: readonly Buffer[], used: NodeJS.CpuUsage, found: number): void {
  const mb = files.reduce((sum, { length }) => sum + length, 0) / MB;
  const seconds = (used.user + used.system) / 1e6;
  console.log(`| ${name} | ${mb.toFixed(0)} | ${seconds.toFixed(2)} | ${(mb / seconds).toFixed(1)} | ${found} |`);
}

async function lintLines(filePath: string, content: string): Promise<number[]> {
  const { output } = await secretlint.executeOnContent({ content, filePath });
  const results = JSON.parse(output || '[]') as { messages: { loc: { start: { line: number } } }[] }[];
  return results.flatMap(({ messages }) => messages.map(({ loc }) => loc.start.line));
}

function score(
  name: string,
  half: string,
  cases: readonly LabelledFile[],
  linesOf: (file: LabelledFile) => readonly number[],
): void {
  const { precision, recall, f1 } = scoreOf(cases, linesOf);
  console.log(`| ${name} | ${half} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${f1.toFixed(3)} |`);
}

function sample(files: readonly Buffer[], bytes: number): Buffer[] {
  const step = Math.max(1, Math.floor(total / bytes));
  return files.filter((file, index) => index % step === 0 && file.length < 200_000);
}

function collect(folder: string, most: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (total >= most) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, most);
    else if (/\.(?:[cm]?[jt]s|json|md|map|txt|ya?ml|css|html|d\.ts)$/.test(entry.name)) {
      const bytes = readFileSync(path);
      if (bytes.includes(0)) continue;
      texts.push(bytes);
      total += bytes.length;
    }
  }
}
