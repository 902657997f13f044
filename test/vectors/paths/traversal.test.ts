import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../src/adapters/files/index.ts';
import { inspectPath, type PathJudgement } from '../../../src/security/paths/inspect-path.ts';
import { decodings, leadsOutside } from './decodings.ts';
import { type TraversalLine, traversalLines } from './traversal-lines.ts';

const FILE = new URL('traversal.jsonl', import.meta.url);
const ROOT = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');

let workspace: string;
beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-traversal-')));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function judge(target: string, root = workspace, name: 'read_file' | 'write_file' = 'read_file'): PathJudgement {
  const scene = { workspace: root, home: `${root}-home`, files: nodeFileSystem(), guarded: true };
  return inspectPath(
    target,
    { name, access: name === 'read_file' ? 'read' : 'write' },
    { ok: true, path: root },
    scene,
  );
}

/** What a list of paths inside could match, with nothing said against it. */
const passesAsInside = ({ path, findings }: PathJudgement): boolean =>
  path !== undefined && !path.startsWith('/') && findings.every(({ severity }) => severity === 'warn');

/** As curl, an editor or a web framework hands it on: percent encoding taken off once, leniently. */
const unescaped = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));

const render = (lines: readonly TraversalLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('the traversal vectors', () => {
  const lines = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraversalLine);

  it('are what their generator makes, and at least 3,000', () => {
    if (process.env.GGEN_WRITE_VECTORS !== undefined) writeFileSync(FILE, render(traversalLines()));
    expect(readFileSync(FILE, 'utf8')).toBe(render(traversalLines()));
    expect(lines.length).toBeGreaterThanOrEqual(3000);
  });

  it('that some decoding leads outside are never taken for a path inside, as they stand or decoded once', () => {
    let outside = 0;
    const missed: string[] = [];
    for (const { target } of lines) {
      for (const given of new Set([target, unescaped(target)])) {
        if (!leadsOutside(decodings(given), workspace)) continue;
        outside += 1;
        if (passesAsInside(judge(given))) missed.push(given);
      }
    }
    console.log(`traversal: ${lines.length} lines, ${outside} targets lead outside, ${missed.length} missed`);
    expect(missed).toEqual([]);
    expect(outside).toBeGreaterThanOrEqual(3000);
  });

  it('that name Windows devices, streams, drives or loose names are refused', () => {
    const windows = lines.filter(({ technique }) => /^(?:a DOS|an alternate|a Windows|dots or spaces)/.test(technique));
    const passed = windows.filter(({ target }) => passesAsInside(judge(target)));
    expect(passed).toEqual([]);
    expect(windows.length).toBeGreaterThan(150);
  });
});

/** Links are not followed: where they lead outside, that is no false alarm. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

describe('ordinary files', () => {
  it.each([join(ROOT, 'node_modules'), join(ROOT, 'src'), '/usr/include', '/usr/share/doc'].filter(existsSync))(
    'in %s are all found inside with nothing said against them, relative and absolute',
    (given) => {
      const root = realpathSync(given);
      const files = filesBelow(root);
      const alarms = files.flatMap((file) =>
        [file, file.slice(root.length + 1)].filter((target) => {
          const { path, findings } = judge(target, root);
          return path !== file.slice(root.length + 1).normalize('NFC') || findings.length > 0;
        }),
      );
      console.log(`${root}: ${files.length} files, ${alarms.length} false alarms`);
      expect(alarms).toEqual([]);
    },
    120_000,
  );
});
