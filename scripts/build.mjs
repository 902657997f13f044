// Builds dist/: two single-file programs for bin/ggen-mcp, and the library with its types. Does nothing where no
// source changed since the last build.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.stamp');

const wanted = fingerprint();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const results = await Promise.allSettled([programs(), library()]);
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) console.error(reason.stdout || reason.message);
  if (failed.length) process.exit(1);
  writeFileSync(STAMP, wanted);
}

/** A process is started for every call of an agent's tool, so each program is one small file. */
async function programs() {
  await build({
    entryPoints: { cli: join(ROOT, 'src/cli/main.ts'), hook: join(ROOT, 'src/gateway/hooks/claude-code/main.ts') },
    outdir: join(DIST, 'bin'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
}

async function library() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json')]);
}

function fingerprint() {
  const hash = createHash('sha256');
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [
    ...files.sort(),
    ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'].map((name) =>
      join(ROOT, name),
    ),
  ]) {
    hash.update(`${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
