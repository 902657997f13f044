// Decisions side by side: our engine and its rivals over the same worlds and the same requests, in one run, all
// compared verdict by verdict. `--quick` takes two sizes and fewer requests; `--requests=N` takes N of them, so that what
// strings cost that no cache holds can be told from what rules cost; `--write` saves results/decide.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadCasbin } from './engines/casbin.ts';
import { loadCasl } from './engines/casl.ts';
import { loadCedar } from './engines/cedar.ts';
import type { Engine, Loader, Verdict } from './engines/engine.ts';
import { loadPicomatch } from './engines/lists.ts';
import { loadOurs } from './engines/ours.ts';
import { type Figures, measure, timerFloor } from './measure.ts';
import { type Row, renderTable } from './render.ts';
import { createWorld, type World } from './world.ts';

const quick = process.argv.includes('--quick');
const SIZES = quick ? [10, 2500] : [10, 100, 1000, 2500, 10_000];
const asked = process.argv.find((argument) => argument.startsWith('--requests='))?.slice('--requests='.length);
const REQUESTS = asked !== undefined ? Number(asked) : quick ? 20_000 : 100_000;
const CAP_MS = quick ? 500 : 1500;
const LOADERS: readonly Loader[] = [loadOurs, loadPicomatch, loadCasl, loadCasbin, loadCedar];

const rows: Row[] = [];
let failed = false;
console.log(`one call of the timer reads ${timerFloor().toFixed(2)} µs, which is part of every p50 and p99`);
for (const size of SIZES) {
  const world = createWorld(size, REQUESTS);
  const expected = verdictsOf(loadPicomatch(world), world);
  for (const load of LOADERS) {
    const before = performance.now();
    const engine = await load(world);
    const loadMs = performance.now() - before;
    const figures: Figures = measure(engine, world.requests, expected, CAP_MS);
    rows.push({ size, loadMs, ...figures });
    for (const line of figures.disagreements.slice(0, 3))
      console.error(`${figures.engine} disagrees at ${size}: ${line}`);
    if (figures.disagreements.length > 0) failed = true;
  }
  console.error(`${size} rules done`);
}
const text = renderTable(rows, REQUESTS);
console.log(text);
if (process.argv.includes('--write')) {
  const folder = join(resolve(import.meta.dirname, '..'), 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'decide.md'), text);
}
if (failed) {
  console.error('the engines do not agree');
  process.exitCode = 1;
}

function verdictsOf(engine: Engine, { requests }: World): Verdict[] {
  return requests.map((request) => engine.prepare(request)());
}
