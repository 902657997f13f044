import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type InstallOptions, installClaudeCode, settingsPath, uninstallClaudeCode } from './claude-code.ts';

const top = mkdtempSync(join(tmpdir(), 'ggen-install-'));
const options: InstallOptions = {
  project: true,
  workspace: join(top, "it's work"),
  home: join(top, 'home'),
  configDir: join(top, 'config'),
  agent: 'claude-code',
  node: '/usr/bin/node',
  launcher: '/opt/ggen-mcp/bin/ggen-mcp',
};
const path = settingsPath(options);
const text = () => readFileSync(path, 'utf8');

beforeEach(() => {
  rmSync(dirname(path), { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const group = fc.record({
  matcher: fc.constantFrom('*', 'Bash', ''),
  hooks: fc.array(fc.record({ type: fc.constant('command'), command: fc.string() }), { maxLength: 3 }),
});
// `hooks` with nothing in it goes with ours, and so do events with nothing in them: a person's hold something
const events = fc.dictionary(
  fc.constantFrom('PreToolUse', 'PostToolUse', 'Stop'),
  fc.array(group, { minLength: 1, maxLength: 2 }),
  {
    minKeys: 1,
    noNullPrototype: true,
  },
);
const others = fc.dictionary(
  fc.string().filter((key) => !['hooks', '__proto__'].includes(key)),
  fc.jsonValue({ maxDepth: 2 }),
  { noNullPrototype: true },
);
const settings = fc
  .tuple(others, fc.option(events, { nil: undefined }))
  .map(([rest, hooks]) => ({ ...rest, ...(hooks ? { hooks } : {}) }) as Record<string, unknown>)
  .filter((value) => Object.keys(value).length > 0);

describe('installing and taking out again', () => {
  it('gives back the same settings, and the same text where they are written as we write them', () => {
    fc.assert(
      fc.property(settings, fc.constantFrom('  ', '    ', '\t'), fc.constantFrom('', '\n'), (value, indent, end) => {
        const before = JSON.stringify(value, null, indent) + end;
        writeFileSync(path, before);
        expect(installClaudeCode(options)).toBe(true);
        const installed = text();
        expect(installClaudeCode(options)).toBe(false);
        expect(text()).toBe(installed);
        expect(uninstallClaudeCode(options)).toBe(true);
        expect(text()).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a file without hooks of ours as it is, byte for byte', () => {
    const odd = '{ "model":"x",\n      "hooks": {"Stop":[ ]} }';
    writeFileSync(path, odd);
    expect(uninstallClaudeCode(options)).toBe(false);
    expect(text()).toBe(odd);
  });

  it('makes the file where there is none, and removes what then holds nothing', () => {
    rmSync(dirname(path), { recursive: true });
    expect(installClaudeCode(options)).toBe(true);
    expect(uninstallClaudeCode(options)).toBe(true);
    expect(() => statSync(path)).toThrow(/ENOENT/);
    expect(uninstallClaudeCode(options)).toBe(false);
  });

  it('blocks on failure, before the tool only, and quotes what a shell would read', () => {
    installClaudeCode(options);
    const { hooks } = JSON.parse(text());
    const [before] = hooks.PreToolUse;
    expect(before.matcher).toBe('*');
    expect(before.hooks[0]).toMatchObject({ type: 'command', timeout: 30, onFailure: 'block' });
    expect(before.hooks[0].command).toMatch(/--workspace '.*it'\\''s work' \|\| exit 2$/);
    expect(hooks.PostToolUse[0].hooks[0]).not.toHaveProperty('onFailure');
    expect(hooks.PostToolUseFailure).toHaveLength(1);
  });

  it('takes the place of an older hook of ours', () => {
    installClaudeCode({ ...options, agent: 'older' });
    installClaudeCode(options);
    expect(text()).not.toContain('older');
    expect(JSON.parse(text()).hooks.PreToolUse).toHaveLength(1);
  });
});

describe('the file', () => {
  it.each(['{ "model": ', '[]', '"text"', '{ "hooks": [] }', '{ "hooks": { "PreToolUse": {} } }'])(
    'is not touched where it is %s',
    (bad) => {
      writeFileSync(path, bad);
      expect(() => installClaudeCode(options)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('nothing was changed') }),
      );
      expect(text()).toBe(bad);
    },
  );

  it('may be a symbolic link, and stays one; its mode stays too', () => {
    const real = join(top, 'dotfiles.json');
    writeFileSync(real, '{ "model": "x" }\n', { mode: 0o640 });
    symlinkSync(real, path);
    installClaudeCode(options);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('onFailure');
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });
});
