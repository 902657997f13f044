// npm run bench: every measurement in bench/, or those that are named (`npm run bench -- decide`). bench/ has
// dependencies of its own, rivals among them, installed when used.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, ROOT } from './lib/bootstrap.mjs';
import { install } from './lib/install.mjs';
import { run } from './lib/run.mjs';

await bootstrap();
const folder = join(ROOT, 'bench');
const known = benches();
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.filter((name) => !known.has(name));
if (unknown.length > 0) {
  console.error(`no measurement ${unknown.join(', ')}; there are: ${[...known.keys()].join(', ')}`);
  process.exit(2);
}
if (existsSync(join(folder, 'package-lock.json'))) await install(folder, 'what bench/ compares with');
const options = process.argv.slice(2).filter((word) => word.startsWith('-'));
for (const name of wanted.length > 0 ? wanted : known.keys()) {
  console.log(`\n== ${name}`);
  const { code } = await run(process.execPath, [known.get(name), ...options], { input: 'ignore' });
  if (code !== 0) process.exitCode = code;
}

/** By name: the `run.ts` (or `run.mjs`) of each folder in bench/. */
function benches() {
  const found = new Map();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const main = ['run.ts', 'run.mjs'].map((file) => join(folder, entry.name, file)).find((path) => existsSync(path));
    if (main) found.set(entry.name, main);
  }
  return found;
}
