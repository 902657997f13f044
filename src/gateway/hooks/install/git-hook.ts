import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../../compose/index.ts';
import { GgenError } from '../../../kernel/errors.ts';

const MARK = '# ggen-mcp: secrets in what is about to be committed (written by ggen-mcp install git)';
const BEFORE = 'pre-commit.before-ggen';

export interface GitHookOptions {
  /** the repository's folder of hooks, absolute */
  readonly hooks: string;
  readonly node: string;
  readonly launcher: string;
  readonly configDir: string;
}

/** Writes the pre-commit hook; one that stands there goes on being called, first. False where it stood there already. */
export function installGitHook(options: GitHookOptions): boolean {
  const path = join(options.hooks, 'pre-commit');
  const before = join(options.hooks, BEFORE);
  const text = hookText(options);
  if (isOurs(path)) {
    if (readFileSync(path, 'utf8') === text) return false;
  } else if (exists(path)) {
    if (exists(before)) {
      throw new GgenError('CONFLICT', `${before} stands there already`, { hint: 'move it away; nothing was changed' });
    }
    renameSync(path, before);
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, text, 0o755);
  chmodSync(path, 0o755);
  return true;
}

/** Takes our hook out and puts back the one that stood there. False where there is none of ours. */
export function uninstallGitHook(hooks: string): boolean {
  const path = join(hooks, 'pre-commit');
  if (!isOurs(path)) return false;
  rmSync(path);
  const before = join(hooks, BEFORE);
  if (exists(before)) renameSync(before, path);
  return true;
}

function isOurs(path: string): boolean {
  return existsSync(path) && lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(MARK);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function hookText({ node, launcher, configDir }: GitHookOptions): string {
  return `#!/bin/sh
${MARK}
before="$(dirname "$0")/${BEFORE}"
if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
known=${quote(join(configDir, 'secrets-baseline.json'))}
if [ -f "$known" ]; then set -- --baseline "$known"; else set --; fi
exec ${quote(node)} ${quote(launcher)} security scan --staged --config ${quote(configDir)} "$@"
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
