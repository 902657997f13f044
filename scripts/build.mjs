// Builds dist/: single-file programs for bin/ggen-mcp, the verifier of proofs, and the library with its types. Does nothing where no
// source changed since the last build.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
// Built beside and then swapped in, so that a hook or proxy that starts meanwhile finds the old one whole.
const NEXT = join(ROOT, `dist.${process.pid}.tmp`);

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  logLevel: 'silent',
};

/** The grammar of the shell stands in a file of its own: a call without a compound command never reads it. */
const lazyParser = {
  name: 'lazy-shell-parser',
  setup(bundle) {
    const file = './shell-parser.cjs';
    bundle.onResolve({ filter: /^unbash$/ }, () => ({ path: 'unbash', namespace: 'lazy' }));
    bundle.onResolve({ filter: /shell-parser\.cjs$/ }, () => ({ path: file, external: true }));
    bundle.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `const load = () => require('${file}');
        exports.parse = (text) => load().parse(text);
        exports.forEachChild = (node, visit) => load().forEachChild(node, visit);`,
    }));
  },
};

/** So does the store on Postgres, which a call on SQLite never reads. */
const lazyPostgres = {
  name: 'lazy-postgres',
  setup(bundle) {
    bundle.onResolve({ filter: /adapters\/postgres\/index\.ts$/ }, () => ({
      path: './postgres-store.cjs',
      external: true,
    }));
  },
};

/** A hook asks and records; what is to be done later is done by programs that stay. */
const withoutWork = {
  name: 'without-work',
  setup(bundle) {
    bundle.onResolve({ filter: /\/work\/index\.ts$/ }, () => ({ path: './work.cjs', external: true }));
  },
};

const wanted = fingerprint();
if (stamp() !== wanted) {
  mkdirSync(join(NEXT, 'bin'), { recursive: true });
  const results = await Promise.allSettled([programs(), library()]);
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) console.error(reason.stdout || reason.message);
  if (failed.length) {
    rmSync(NEXT, { recursive: true, force: true });
    process.exit(1);
  }
  writeFileSync(join(NEXT, '.stamp'), wanted);
  const old = `${NEXT}.old.tmp`;
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(NEXT, DIST);
  rmSync(old, { recursive: true, force: true });
}

function stamp() {
  const file = join(DIST, '.stamp');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * The hook is started for every call of a tool, so it is CommonJS, which Node starts faster, and leaves out
 * what a hook seldom does.
 */
async function programs() {
  await Promise.all([
    build({
      ...COMMON,
      format: 'esm',
      entryPoints: [join(ROOT, 'src/cli/main.ts')],
      outfile: join(NEXT, 'bin', 'cli.js'),
      external: ['pg', 'nodemailer'],
    }),
    build({
      ...COMMON,
      format: 'esm',
      entryPoints: [join(ROOT, 'src/cli/ggen-verify.ts')],
      outfile: join(NEXT, 'bin', 'ggen-verify.js'),
    }),
    build({
      ...COMMON,
      format: 'cjs',
      entryPoints: [join(ROOT, 'src/gateway/hooks/claude-code/main.ts')],
      outfile: join(NEXT, 'bin', 'hook.cjs'),
      // what a hook seldom needs, or never: found in node_modules
      external: ['@decimalturn/toml-patch', 'hyparquet', 'hyparquet-writer'],
      plugins: [lazyParser, lazyPostgres, withoutWork],
      banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
      define: { 'import.meta.url': '__url' },
    }),
    build({
      ...COMMON,
      format: 'cjs',
      entryPoints: [join(ROOT, 'src/adapters/postgres/index.ts')],
      outfile: join(NEXT, 'bin', 'postgres-store.cjs'),
      external: ['pg'],
    }),
    build({
      ...COMMON,
      format: 'cjs',
      entryPoints: [join(ROOT, 'node_modules', 'unbash', 'dist', 'parser.js')],
      outfile: join(NEXT, 'bin', 'shell-parser.cjs'),
    }),
  ]);
}

async function library() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', NEXT]);
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
