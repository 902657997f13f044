import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { deciderPrograms, pathOutside } from './decider-programs.ts';
import { findPlaces, type Places } from './places.ts';
import { buildSnapshot } from './snapshot.ts';

let root: string;
let places: Places;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-deciders-')));
  for (const folder of ['ws/config', 'ws/src/rules', 'home']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['ws/src/decide.mjs', 'ws/src/hook.mjs', 'ws/config/decide.mjs'])
    writeFileSync(join(root, file), '');
  symlinkSync('../src/hook.mjs', join(root, 'ws/config/linked.mjs'));
  places = findPlaces({ configDir: join(root, 'ws/config'), workspace: join(root, 'ws'), home: join(root, 'home') });
});
afterAll(() => rmSync(root, { recursive: true }));

const toml = (command: readonly string[]): string =>
  `[policies]\nversion = "1.0"\n[policies.agents.writer]\ncan_write = ["*"]\n[[approvers.agent]]\nid = "bot"\ncan_approve = ["*"]\nauto_approve = true\ncommand = ${JSON.stringify(command)}\n`;
const built = (...command: readonly string[]) => buildSnapshot([{ name: 'g', text: toml(command) }], places, {});
const said = (...command: readonly string[]): string[] =>
  built(...command)
    .problems.map(({ severity, message }) => `${severity}: ${message}`)
    .filter((one) => one.includes('.command['));
const mayWrite = (command: readonly string[], target: string): boolean => {
  const result = built(...command);
  if (!result.ok) throw new Error('not loaded');
  const { inspector, set } = result.snapshot;
  const action = { actionType: 'write_file', target, requester: 'writer', content: 'x' };
  return set.decide(action, inspector.inspect(action)).outcome !== 'denied';
};

describe('the program of an agent that decides', () => {
  it.each([
    [['node', '../src/decide.mjs'], 'src/decide.mjs'],
    [['node', '--import=../src/hook.mjs', 'decide.mjs'], 'src/hook.mjs'],
    [['node', '-r../src/hook.mjs', 'decide.mjs'], 'src/hook.mjs'],
    [['sh', '-c', 'cat;node ../src/decide.mjs'], 'src/decide.mjs'],
    [['node', 'linked.mjs'], 'src/hook.mjs'],
    [['../src/decide.mjs'], 'src/decide.mjs'],
    [['node', '../src/later.mjs'], 'src/later.mjs'],
    [['check', '../src/rules'], 'src/rules/one.json'],
  ])('%j: no agent writes %s', (command, target) => {
    expect(mayWrite(['node', 'decide.mjs'], target)).toBe(true);
    expect(mayWrite(command, target)).toBe(false);
    expect(mayWrite(command, 'src/other.mjs')).toBe(true);
  });

  it('is no folder that holds what agents work on', () => {
    for (const word of ['..', '/', `--root=${root}`, '../../home'])
      expect(said('check', word)[0]).toMatch(
        /^error: .*agent\[0\]\.command\[1\]: ".*" leads to a folder that holds the/,
      );
    expect(said('check', '.')).toEqual([]);
  });

  it('is better kept in the configuration’s folder', () => {
    expect(said('node', '../src/decide.mjs')[0]).toMatch(
      /^warning: .*command\[1\]: ".*" lies where agents work: .*move it/,
    );
    expect(said('node', 'decide.mjs', '--verbose', '30')).toEqual([]);
  });

  it('is not found where agents write', () => {
    const path = `${places.workspace}/node_modules/.bin:/usr/bin:.:bin::${places.workspace}:${places.workspace}s/bin`;
    expect(pathOutside(path, places)).toBe(`/usr/bin:${places.workspace}s/bin`);
    expect(pathOutside(undefined, places)).toBe('');
  });

  it('is nothing where there is none', () => {
    const parsed = parseConfig([{ name: 'g', text: '[policies]\nversion = "1.0"\n' }], {});
    expect(parsed.ok && deciderPrograms(parsed.loaded.config.approvals, places)).toEqual({
      files: [],
      errors: [],
      warnings: [],
    });
  });
});
