// What the governance store costs: durable commits against the bare driver, throughput, and a hook's cold start.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchColdStart } from './cold-start.ts';
import { benchCommits, benchThroughput } from './commits.ts';

const folder = mkdtempSync(join(tmpdir(), 'ggen-bench-store-'));
try {
  console.log(`${await benchCommits(folder, 'disk')}\n`);
  console.log(`${await benchCommits(folder, 'os')}\n`);
  console.log(`${await benchThroughput(folder)}\n`);
  console.log(benchColdStart(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
