// Which files have grown: the size report of `npm run check`.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const FOLDERS = ['src', 'test', 'scripts', 'bench', 'examples'];
const SOURCE = /\.(ts|mjs)$/;

/** The `count` source files of `root` with the most lines, largest first, as `{ path, lines }`. */
export async function largestFiles(root, count) {
  const paths = (await Promise.all(FOLDERS.map((folder) => sources(join(root, folder))))).flat();
  const sizes = await Promise.all(
    paths.map(async (path) => ({
      path: relative(root, path),
      lines: (await readFile(path, 'utf8')).split('\n').length - 1,
    })),
  );
  return sizes.sort((a, b) => b.lines - a.lines || a.path.localeCompare(b.path)).slice(0, count);
}

async function sources(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path);
      return SOURCE.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
}
