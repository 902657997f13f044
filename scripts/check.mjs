// npm run check: format and lint, types, import floors, dead code, and the ten largest files, in under a minute.
import { join } from 'node:path';
import { bootstrap, ROOT } from './lib/bootstrap.mjs';
import { largestFiles } from './lib/largest-files.mjs';
import { findImpurities } from './lib/pure-floors.mjs';
import { run, since } from './lib/run.mjs';

await bootstrap({ build: false });

const CHECKS = {
  'format and lint': () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  types: () => tool('typescript/bin/tsc', '-p', '.'),
  'import floors': () =>
    tool('dependency-cruiser/bin/dependency-cruiser.mjs', 'src', '--config', '.dependency-cruiser.mjs'),
  'pure floors': async () => {
    const found = findImpurities(ROOT);
    const text = `these floors get time, randomness and the process through ports:\n${found.join('\n')}`;
    return { code: found.length === 0 ? 0 : 1, text };
  },
  'dead code': () => tool('knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors'),
};

const results = await Promise.all(Object.entries(CHECKS).map(check));
const failed = results.filter(({ code }) => code !== 0);
for (const { name, text } of failed) console.error(`\n--- ${name}\n${text.trim()}`);
console.log('\nten largest source files (lines; above 300 deserves a hard look):');
for (const { lines, path } of await largestFiles(ROOT, 10)) console.log(`${String(lines).padStart(6)}  ${path}`);
console.log(failed.length === 0 ? '\ncheck passed' : `\ncheck failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function tool(path, ...args) {
  const command = [join(ROOT, 'node_modules', path), ...args];
  return run(process.execPath, command, { cwd: ROOT, output: 'capture', input: 'ignore' });
}

async function check([name, work]) {
  const start = performance.now();
  const { code, text } = await work();
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${since(start)}`);
  return { name, code, text };
}
