// npm test: every test of the repository; what follows `--` goes to vitest. The last line is `N passed, N failed`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bootstrap, ROOT } from './lib/bootstrap.mjs';
import { run } from './lib/run.mjs';
import { renderTally, tally } from './lib/tally.mjs';

await bootstrap();
const report = join(ROOT, 'node_modules', '.cache', `test-report-${process.pid}.json`);
mkdirSync(dirname(report), { recursive: true });
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const { code } = await run(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  input: 'ignore',
});
const counts = readCounts();
if (!counts) console.error('vitest ended without a report: the lines above say why');
console.log(renderTally(counts ?? { passed: 0, failed: 1, skipped: 0 }));
process.exitCode = counts?.failed === 0 ? code : code || 1;

function readCounts() {
  try {
    return tally(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    return undefined;
  } finally {
    rmSync(report, { force: true });
  }
}
