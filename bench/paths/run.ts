// What it costs to judge a path, and to open the file that was judged, beside a bare open and realpath-then-read.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFileSystem, openJudged } from '../../src/adapters/files/index.ts';
import { inspectPath } from '../../src/security/index.ts';

const QUICK = process.argv.includes('--quick');
const BATCHES = QUICK ? 9 : 41;
const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-bench-paths-')));
const scene = { workspace, home: '/home/dev', files: nodeFileSystem(), guarded: true };
const base = { ok: true, path: workspace } as const;
const inspect = (target: string) => inspectPath(target, { name: 'read_file', access: 'read' }, base, scene);

/** Median µs of one call, over batches of about a millisecond. */
function microseconds(work: () => void): number {
  for (let i = 0; i < 200; i += 1) work();
  const start = performance.now();
  for (let i = 0; i < 50; i += 1) work();
  const size = Math.max(1, Math.ceil(50 / Math.max(performance.now() - start, 0.01)));
  const times = Array.from({ length: BATCHES }, () => {
    const from = performance.now();
    for (let i = 0; i < size; i += 1) work();
    return ((performance.now() - from) * 1000) / size;
  });
  return times.sort((a, b) => a - b)[BATCHES >> 1]!;
}

const row = (...cells: (string | number)[]): void =>
  console.log(`| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)).join(' | ')} |`);

try {
  console.log('a file three folders below the workspace, µs\n');
  const target = 'src/app/lib/file.ts';
  const file = join(workspace, target);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'x'.repeat(2000));
  row('operation', 'µs');
  row('---', '---:');
  const opened = (access: 'read' | 'write' | 'list', path = file): void =>
    closeSync(openJudged(path, { access, workspace }).fd);
  row(
    'open and close',
    microseconds(() => closeSync(openSync(file))),
  );
  row(
    'open and close a judged path for reading',
    microseconds(() => opened('read')),
  );
  row(
    'open and close a judged path for writing',
    microseconds(() => opened('write')),
  );
  row(
    'open and close a judged folder',
    microseconds(() => opened('list', dirname(file))),
  );
  let count = 0;
  row(
    'make a judged file, and remove it',
    microseconds(() => {
      count += 1;
      const path = join(workspace, `new-${count}`);
      closeSync(openJudged(path, { access: 'create', workspace }).fd);
      rmSync(path);
    }),
  );
  row(
    'make a file, and remove it',
    microseconds(() => {
      count += 1;
      const path = join(workspace, `new-${count}`);
      closeSync(openSync(path, 'wx'));
      rmSync(path);
    }),
  );
  row(
    'readFile',
    microseconds(() => readFileSync(file)),
  );
  row(
    'realpath (native), then readFile',
    microseconds(() => readFileSync(realpathSync.native(file))),
  );
  row(
    'realpath, then readFile',
    microseconds(() => readFileSync(realpathSync(file))),
  );
  row(
    'openJudged, then readFile of it',
    microseconds(() => {
      const { fd } = openJudged(file, { access: 'read', workspace });
      readFileSync(fd);
      closeSync(fd);
    }),
  );
  row(
    'inspectPath',
    microseconds(() => inspect(target)),
  );
  row(
    'inspectPath, openJudged, readFile',
    microseconds(() => {
      const { fd } = openJudged(inspect(target).resolved!, { access: 'read', workspace });
      readFileSync(fd);
      closeSync(fd);
    }),
  );

  console.log('\ninspectPath of paths made to be slow, µs at three lengths\n');
  const SLOW: Readonly<Record<string, (n: number) => string>> = {
    'a deep path that is not there': (n) => 'a/'.repeat(n / 2),
    'one long name': (n) => 'a'.repeat(n),
    'parents of what is there': (n) => 'src/../'.repeat(n / 7),
    'parents beyond the root': (n) => '../'.repeat(n / 3),
    dots: (n) => './'.repeat(n / 2),
    slashes: (n) => `a${'/'.repeat(n - 1)}`,
    'percent encoding': (n) => '%2e'.repeat(n / 3),
    'percent encoding of itself': (n) => `%${'25'.repeat(n / 2)}2e`,
    'half an encoding': (n) => '%c0'.repeat(n / 3),
    'dots at the end of names': (n) => 'a./'.repeat(n / 3),
    backslashes: (n) => '\\'.repeat(n),
    'fullwidth slashes': (n) => '\uff0f'.repeat(n),
    colons: (n) => ':'.repeat(n),
    'a device and blanks': (n) => `con${' '.repeat(n - 4)}x`,
    blanks: (n) => `${' '.repeat(n - 1)}x`,
  };
  row('a path of', '1,000', '2,000', '4,000', 'growth for each doubling');
  row('---', '---:', '---:', '---:', '---:');
  for (const [name, make] of Object.entries(SLOW)) {
    const times = [1000, 2000, 4000].map((n) => microseconds(() => inspect(make(n))));
    row(name, times[0]!, times[1]!, times[2]!, Math.sqrt(times[2]! / times[0]!));
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
