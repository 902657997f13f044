// Brings node_modules to what package-lock.json says, and knows cheaply when it is there already.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { run, since } from './run.mjs';

const STAMP = join('node_modules', '.ggen-stamp');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Installs what package-lock.json of `root` names unless that is done already; one line of progress, exit on failure. */
export async function install(root, what = 'dependencies') {
  const wanted = fingerprint(root);
  if (read(join(root, STAMP)) === wanted) return;
  if (!lockIsInstalled(readJson(join(root, 'package-lock.json')), hiddenLock(root))) {
    const start = performance.now();
    process.stderr.write(`installing ${what} … `);
    const { code, text } = await npm(root, ['ci', ...QUIET]);
    if (code !== 0) {
      process.stderr.write(
        `failed\n${text}\nnpm ci failed in ${root}: the lines above say why; mend that and try again\n`,
      );
      process.exit(1);
    }
    process.stderr.write(`${since(start)}\n`);
  }
  writeFileSync(join(root, STAMP), wanted);
}

/**
 * True where what npm says it installed (`node_modules/.package-lock.json`) is what the lock file wants; packages for
 * other machines are optional and may be absent. So an install made by hand is not made again.
 */
export function lockIsInstalled(lock, installed) {
  if (!lock?.packages || !installed?.packages) return false;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed.packages[path];
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function fingerprint(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function hiddenLock(root) {
  return readJson(join(root, 'node_modules', '.package-lock.json'));
}

/**
 * npm on the machine's own Node: `npm ci` removes node_modules, and with it the Node that lies there and leads PATH
 * in every npm script.
 */
function npm(root, args) {
  const { npm_node_execpath: node, npm_execpath: cli, ...env } = process.env;
  const inside = (path) => path.startsWith(root + sep);
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => !inside(dir))
    .join(delimiter);
  const options = { cwd: root, env, output: 'capture', input: 'ignore' };
  if (node && cli?.endsWith('.js') && !inside(node) && existsSync(node)) return run(node, [cli, ...args], options);
  return run('npm', args, options);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
