import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAMS } from './bash-lines.ts';

/** What bash really did with a line. */
export interface BashRun {
  /** each program that was started, with its words */
  readonly started: readonly (readonly string[])[];
  /** files that are there now or hold something else than before, absolute */
  readonly changed: readonly string[];
}

/** A folder where lines are run by a real bash that finds no program but stubs, which only note that they were started. */
export interface BashPlace {
  readonly home: string;
  /** where each line starts; it holds the same files each time */
  readonly cwd: string;
  run(line: string): Promise<BashRun>;
  remove(): void;
}

/** Names in the folder that lines start in; all but `d1` are files of one line. */
export const FILES: readonly string[] = ['d1', 'f1', 'f2'];
const MAX_RUN_MS = 1500;

export function openBashPlace(): BashPlace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-bash-')));
  const home = join(root, 'home', 'deep', 'er');
  const cwd = join(home, 'work');
  const bin = join(root, 'bin');
  const log = join(root, 'log');
  mkdirSync(bin);
  mkdirSync(home, { recursive: true });
  const bash = execFileSync('/bin/sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim();
  for (const name of PROGRAMS) {
    const prints = name === 'p5' ? 'printf "%s " "$@"\n' : '';
    // One write for one start: how many words it got, its name, the words.
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nprintf '%s\\0' $# '${name}' "$@" >>'${log}'\n${prints}exit ${/^p[78]$/.test(name) ? 1 : 0}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  const env = { PATH: bin, HOME: home, LC_ALL: 'C.UTF-8' };

  const run = async (line: string): Promise<BashRun> => {
    rmSync(home, { recursive: true, force: true });
    rmSync(log, { force: true });
    mkdirSync(join(cwd, 'd1'), { recursive: true });
    for (const name of ['f1', 'f2']) writeFileSync(join(cwd, name), 'one\n');
    await new Promise<void>((resolve, reject) => {
      // Descriptor 9 stays open as long as anything that the line started lives.
      const stdio = [...Array<'ignore'>(9).fill('ignore'), 'pipe' as const];
      const child = spawn(bash, ['--noprofile', '--norc', '-c', line], { cwd, env, stdio, detached: true });
      const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), MAX_RUN_MS);
      child.on('error', reject);
      child.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return { started: readLog(log), changed: changes(home, cwd) };
  };
  return { home, cwd, run, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function readLog(log: string): string[][] {
  let text: string;
  try {
    text = readFileSync(log, 'utf8');
  } catch {
    return [];
  }
  const pieces = text.split('\u0000');
  const starts: string[][] = [];
  for (let at = 0; at < pieces.length - 1; ) {
    const words = Number(pieces[at]) + 1;
    starts.push(pieces.slice(at + 1, at + 1 + words));
    at += 1 + words;
  }
  return starts;
}

function changes(home: string, cwd: string): string[] {
  const changed: string[] = [];
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const before = entry.isDirectory() ? path === cwd || path === join(cwd, 'd1') : isBefore(path, cwd);
    if (!before) changed.push(path);
  }
  return changed;
}

function isBefore(path: string, cwd: string): boolean {
  return (path === join(cwd, 'f1') || path === join(cwd, 'f2')) && readFileSync(path, 'utf8') === 'one\n';
}
