import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, readdirSync, readFileSync, realpathSync, unlinkSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JudgedAccess, openJudged } from '../../src/adapters/files/index.ts';
import { openTempWorkspace, type TempWorkspace } from '../../src/adapters/files/temp-workspace.fixture.ts';
import { isGgenError, SecurityAgent } from '../../src/index.ts';

/** `npm run test:soak` sets GGEN_SOAK. */
const SOAK = process.env.GGEN_SOAK !== undefined;
const OPENS = SOAK ? 40_000 : 3000;
const LONGEST_MS = SOAK ? 600_000 : 20_000;

let temp: TempWorkspace;
let child: ChildProcess;
beforeEach(async () => {
  temp = openTempWorkspace();
  temp.file('ws/a/f.txt', 'inside');
  temp.file('out/f.txt', 'outside');
  child = fork(fileURLToPath(new URL('open-race-child.ts', import.meta.url)), [temp.root]);
  await once(child, 'message');
});
afterEach(async () => {
  await stop();
  temp.remove();
});

async function stop(): Promise<void> {
  if (!child.connected) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

/** What came of one attempt: whose file it was, or that it was refused. */
type End = 'inside' | 'outside' | 'refused';

function tally(
  attempt: () => End,
  more: (ends: Record<End, number>) => boolean = ({ inside }) => inside === 0,
): Record<End, number> {
  const ends = { inside: 0, outside: 0, refused: 0 };
  for (let i = 0; i < OPENS || (i < 100 * OPENS && more(ends)); i += 1) ends[attempt()] += 1;
  return ends;
}

function judged(path: string, access: JudgedAccess): number | undefined {
  try {
    return openJudged(path, { access, workspace: temp.workspace }).fd;
  } catch {
    return undefined;
  }
}

describe('while a process exchanges a folder for a link to the outside', () => {
  const path = (name: string): string => join(temp.workspace, 'a', name);

  it(
    'a judged file is the one inside or refused, opened for reading, writing or listing',
    () => {
      const ends = tally(() => {
        const fd = judged(path('f.txt'), 'read');
        if (fd === undefined) return 'refused';
        const text = readFileSync(fd, 'utf8');
        closeSync(fd);
        return text === 'inside' ? 'inside' : 'outside';
      });
      const written = tally(() => {
        const fd = judged(path('f.txt'), 'write');
        if (fd === undefined) return 'refused';
        writeSync(fd, 'inside', 0);
        closeSync(fd);
        return 'inside';
      });
      console.log('opened while exchanged:', { read: ends, written });
      expect(ends.outside).toBe(0);
      expect(ends.inside).toBeGreaterThan(0);
      expect(written.inside).toBeGreaterThan(0);
      expect(readFileSync(join(temp.root, 'out/f.txt'), 'utf8')).toBe('outside');
    },
    LONGEST_MS,
  );

  it(
    'SecurityAgent reads and writes the file inside, or refuses',
    async () => {
      const agent = new SecurityAgent({ workspace: temp.workspace, env: {} });
      const ends = { inside: 0, outside: 0, refused: 0 };
      for (let i = 0; i < OPENS / 2 || (i < 50 * OPENS && ends.inside === 0); i += 1) {
        try {
          const text = String(await agent.readFile('a/f.txt'));
          ends[text === 'outside' ? 'outside' : 'inside'] += 1;
          await agent.writeFile('a/f.txt', 'inside');
        } catch (error) {
          if (!isGgenError(error)) throw error;
          ends.refused += 1;
        }
      }
      console.log('SecurityAgent while exchanged:', ends);
      expect(ends.outside).toBe(0);
      expect(ends.inside).toBeGreaterThan(0);
      expect(readdirSync(join(temp.root, 'out'))).toEqual(['f.txt']);
      expect(readFileSync(join(temp.root, 'out/f.txt'), 'utf8')).toBe('outside');
    },
    LONGEST_MS,
  );

  it(
    'a file that is made stands inside, or is refused and gone',
    async () => {
      let count = 0;
      const refused = new Set<string>();
      const ends = tally(() => {
        count += 1;
        const fd = judged(path(`new-${count}`), 'create');
        if (fd === undefined) {
          refused.add(`new-${count}`);
          return 'refused';
        }
        closeSync(fd);
        for (const folder of ['a', 'real']) {
          try {
            unlinkSync(join(temp.workspace, folder, `new-${count}`));
          } catch {
            // it stands under the other name just now, or in neither: then it is found below
          }
        }
        return 'inside';
      });
      console.log('made while exchanged:', ends);
      expect(ends.inside).toBeGreaterThan(0);
      await stop();
      const found = readdirSync(temp.root, { recursive: true }).map((name) => basename(String(name)));
      expect(found.filter((name) => refused.has(name))).toEqual([]);
      expect(readdirSync(join(temp.root, 'out'))).toEqual(['f.txt']);
    },
    LONGEST_MS,
  );

  it.runIf(SOAK)(
    'realpath first and reading afterwards does get out, so this race is a real one',
    () => {
      const ends = tally(
        () => {
          try {
            const real = realpathSync(path('f.txt'));
            if (!real.startsWith(`${temp.workspace}/`)) return 'refused';
            return readFileSync(real, 'utf8') === 'inside' ? 'inside' : 'outside';
          } catch {
            return 'refused';
          }
        },
        ({ outside }) => outside === 0,
      );
      console.log('realpath, then readFile:', ends);
      expect(ends.outside).toBeGreaterThan(0);
      expect(existsSync(temp.workspace)).toBe(true);
    },
    LONGEST_MS,
  );
});
