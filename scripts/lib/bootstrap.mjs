// What every command of the repository does first: install when package-lock.json changed, go on under the
// repository's own Node, build when a source changed. Runs on any Node >= 18 before anything is installed.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';
import { run } from './run.mjs';

/** The repository's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const OWN_NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');

/**
 * Makes the repository ready to run. Returns only in a process under a Node that is new enough, with that Node and
 * the installed tools leading PATH; where the process began under another Node, it is replaced by one under ours.
 */
export async function bootstrap({ build = true } = {}) {
  await install(ROOT);
  process.chdir(ROOT);
  leadPath();
  await continueUnderOwnNode();
  if (build) await buildWhenChanged();
}

function leadPath() {
  const first = [dirname(OWN_NODE), join(ROOT, 'node_modules', '.bin')];
  const rest = (process.env.PATH ?? '').split(delimiter).filter((dir) => !first.includes(dir));
  process.env.PATH = [...first, ...rest].join(delimiter);
}

async function continueUnderOwnNode() {
  if (!existsSync(OWN_NODE)) {
    if (isNewEnough(process.versions.node)) return;
    console.error(
      `npm brought no Node 24 for ${process.platform}-${process.arch} (are install scripts switched off?), and the ` +
        `machine's Node ${process.versions.node} is too old: install Node 24, or allow the scripts and remove node_modules`,
    );
    process.exit(1);
  }
  if (realpathSync(process.execPath) === realpathSync(OWN_NODE)) return;
  // The terminal sends its signals to both; only the child acts on them.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const { code } = await run(OWN_NODE, process.argv.slice(1));
  process.exit(code);
}

/** The repository runs its TypeScript files as they are, which Node does from 22.18 on. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

async function buildWhenChanged() {
  const { code, text } = await run(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], {
    output: 'capture',
    input: 'ignore',
  });
  if (code === 0) return;
  console.error(`${text}\nthe build failed: the lines above say where`);
  process.exit(code);
}
