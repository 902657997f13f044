// What the import rules can't see: the floors up to the governor read no clock, no randomness and no process state
// of their own. They get them through ports.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FLOORS = 'kernel model config policy security consensus audit jobs approvals validators governor'.split(' ');
const OUTSIDE =
  /\b(Date\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|process\.(env|cwd|hrtime|platform)\b|set(Timeout|Interval)\(|random(Bytes|UUID|FillSync|Int)\()/;

/** Each place in a pure floor of `root` that reaches outside, as `path:line: text`. */
export function findImpurities(root) {
  return FLOORS.flatMap((floor) => sources(join(root, 'src', floor), `src/${floor}`)).flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      const isComment = /^\s*(\/\/|\/?\*)/.test(line);
      return !isComment && OUTSIDE.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [];
    }),
  );
}

function sources(folder, shown) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${shown}/${entry.name}`;
    if (entry.isDirectory()) return sources(join(folder, entry.name), path);
    if (!entry.name.endsWith('.ts') || /\.(test|fixture)\.ts$/.test(entry.name)) return [];
    return [{ path, text: readFileSync(join(folder, entry.name), 'utf8') }];
  });
}
