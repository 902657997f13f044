// npm run check: format and lint, types, import floors, dead code, and the ten largest files, in under a minute.
import { join } from 'node:path';
import { bootstrap, ROOT } from './lib/bootstrap.mjs';
import { largestFiles } from './lib/largest-files.mjs';
import { run, since } from './lib/run.mjs';

await bootstrap({ build: false });
const tool = (...path) => join(ROOT, 'node_modules', ...path);
const CHECKS = [
  ['format and lint', tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'],
  ['types', tool('typescript', 'bin', 'tsc'), '-p', '.'],
  [
    'import floors',
    tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
    'src',
    '--config',
    '.dependency-cruiser.mjs',
  ],
  ['dead code', tool('knip', 'bin', 'knip.js'), '--no-progress', '--treat-config-hints-as-errors'],
];

const results = await Promise.all(CHECKS.map(check));
for (const { name, text } of results.filter(({ code }) => code !== 0)) console.error(`\n--- ${name}\n${text.trim()}`);
console.log('\nten largest source files (lines; above 300 deserves a hard look):');
for (const { lines, path } of await largestFiles(ROOT, 10)) console.log(`${String(lines).padStart(6)}  ${path}`);
const failed = results.filter(({ code }) => code !== 0).length;
console.log(failed === 0 ? '\ncheck passed' : `\ncheck failed: ${failed} of ${CHECKS.length}`);
process.exitCode = failed === 0 ? 0 : 1;

async function check([name, ...command]) {
  const start = performance.now();
  const { code, text } = await run(process.execPath, command, { cwd: ROOT, output: 'capture', input: 'ignore' });
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${since(start)}`);
  return { name, code, text };
}
