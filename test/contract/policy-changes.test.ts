import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';
import type { Action } from '../../src/model/action.ts';
import { createFolder, GOVERNANCE, homeOf, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let system: GovernedSystem;
beforeEach(async () => {
  folder = createFolder({ 'src/a.ts': 'old' });
  system = await openFolder(folder);
});
afterEach(async () => {
  await system.close();
  folder.remove();
});

const write: Action = { actionType: 'write_file', target: 'src/a.ts', content: 'x', requester: 'writer' };
const outcome = async (): Promise<string> => (await system.governor.authorize(write)).outcome;
const lastChange = async () => (await system.store.query({ eventType: 'system_event', limit: 1 }))[0];
const NARROW = GOVERNANCE.replace('"src/*", ', '');

describe('a reload', () => {
  it('swaps the whole set, and is recorded with both digests', async () => {
    const before = system.policies().digest;
    folder.write('config/governance.toml', NARROW);
    expect(await outcome()).toBe('permitted');
    await system.policyHolder.reload();
    expect(await outcome()).toBe('refused');
    expect(await lastChange()).toMatchObject({
      result: 'success',
      metadata: { event: 'policy_reloaded', previous_policy_set: before, policy_set: system.policies().digest },
    });
  });

  it.each<[string, () => void]>([
    ['is no TOML', () => folder.write('config/governance.toml', '[policies')],
    ['has a misspelt key', () => folder.write('config/governance.toml', NARROW.replace('version', 'versoin'))],
    ['has an unusable pattern', () => folder.write('config/governance.toml', NARROW.replace('out/*', 'out/[a]'))],
    ['is no UTF-8', () => folder.write('config/governance.toml', Buffer.from([0x5b, 0xff, 0xfe]))],
    ['is gone', () => rmSync(join(folder.root, 'config/governance.toml'))],
  ])('keeps the old set where the file %s, says so and records it', async (_what, spoil) => {
    spoil();
    const before = system.policies();
    await expect(system.policyHolder.reload()).rejects.toMatchObject({ code: expect.stringMatching(/^CONFIG_/) });
    expect(system.policies()).toBe(before);
    expect(await outcome()).toBe('permitted');
    expect(await lastChange()).toMatchObject({ result: 'failure', metadata: { event: 'policy_rejected' } });
  });

  it('doesn’t take place where it can’t be recorded', async () => {
    folder.write('config/governance.toml', NARROW);
    const real = system.store.append;
    system.store.append = () => Promise.reject(new Error('disk full'));
    const before = system.policies();
    await expect(system.policyHolder.reload()).rejects.toThrow('disk full');
    expect(system.policies()).toBe(before);
    system.store.append = real;
  });
});

describe('an update', () => {
  it('changes one setting for this process, and the file only on request', async () => {
    const text = readFileSync(join(folder.root, 'config/governance.toml'), 'utf8');
    await system.policyHolder.update('policies.enforcement_mode', 'audit-only', false);
    expect(system.policies().mode).toBe('audit-only');
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toBe(text);
    await system.policyHolder.update('policies.enforcement_mode', 'permissive', true);
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toBe(
      text.replace('"strict"', '"permissive"'),
    );
  });

  it.each([
    ['policies.enforcement_mode', 'lax'],
    ['policies.enforcment_mode', 'strict'],
    ['policies.agents.writer.can_write', 'src'],
    ['policies.agents.writer.can_write', ['a[b]']],
    ['policies', 1],
  ])('of %s to %j is refused and changes nothing', async (path, value) => {
    const before = system.policies();
    await expect(system.policyHolder.update(path, value, true)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(system.policies()).toBe(before);
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toBe(GOVERNANCE);
  });

  it('changes a whole list of one agent', async () => {
    await system.policyHolder.update('policies.agents.writer.can_write', ['out/*'], false);
    expect(await outcome()).toBe('refused');
  });

  it('of many at once keeps every one of them', async () => {
    const settings = ['min_validation_score', 'min_test_coverage'].map((key) => `policies.quality.${key}`);
    await Promise.all(settings.map((path) => system.policyHolder.update(path, 0.5, false)));
    expect(system.loaded().config.policies.quality).toMatchObject({ minValidationScore: 0.5, minTestCoverage: 0.5 });
  });
});

describe('a setting written to its file', () => {
  const file = () => join(folder.root, 'config/governance.toml');

  it('never overwrites an edit made by hand meanwhile', async () => {
    const edited = folder.write('config/governance.toml', `# by hand\n${GOVERNANCE}`);
    await expect(system.policyHolder.update('policies.enforcement_mode', 'permissive', true)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(readFileSync(edited, 'utf8')).toContain('# by hand');
    await system.policyHolder.reload();
    await system.policyHolder.update('policies.enforcement_mode', 'permissive', true);
    expect(readFileSync(edited, 'utf8')).toContain('# by hand');
  });

  it('doesn’t take along what was changed for this process only', async () => {
    await system.policyHolder.update('policies.enforcement_mode', 'permissive', false);
    await system.policyHolder.update('policies.quality.max_iterations', 7, true);
    expect(readFileSync(file(), 'utf8')).toContain('enforcement_mode = "strict"');
    expect(readFileSync(file(), 'utf8')).toContain('max_iterations = 7');
    expect(system.policies().mode).toBe('permissive');
  });

  it('leaves the old set in force where the file can’t be written, and no half-written file', async () => {
    const before = system.policies();
    renameSync(folder.configDir, `${folder.configDir}-away`);
    await expect(system.policyHolder.update('policies.quality.max_iterations', 7, true)).rejects.toThrow(
      /governance\.toml/,
    );
    renameSync(`${folder.configDir}-away`, folder.configDir);
    expect(system.policies()).toBe(before);
    expect(readdirSync(folder.configDir)).toEqual(['governance.toml']);
  });
});

describe('the store', () => {
  it.each([
    ['audit.storage', '[audit.storage]\npath = "elsewhere.db"'],
    ['audit.durability', '[audit]\ndurability = "os"'],
  ])('stays the one that was opened: a reload that changes %s is refused', async (what, text) => {
    folder.write('config/audit.toml', text);
    await expect(system.policyHolder.reload()).rejects.toThrow(`${what} can't change while the program runs`);
    const result = await system.governor.authorize({ ...write, target: '.ggen/audit.db' });
    expect(result.outcome).toBe('refused');
  });
});

describe('the audit trail', () => {
  const { username } = userInfo();
  const me = { actorType: 'user', id: username, name: username };
  const mary = { actorType: 'user', id: 'mary', name: 'Mary' } as const;

  it('names who made a change, refused ones too; nobody named is the user who runs the process', async () => {
    await system.policyHolder.update('policies.quality.max_iterations', 7, false, mary);
    expect(await lastChange()).toMatchObject({ actor: mary, metadata: { event: 'policy_updated' } });
    await system.policyHolder.update('policies.quality.max_iterations', 8, true);
    expect(await lastChange()).toMatchObject({ actor: me, metadata: { event: 'policy_updated' } });
    folder.write('config/governance.toml', NARROW);
    await system.policyHolder.reload(mary);
    expect(await lastChange()).toMatchObject({ actor: mary, metadata: { event: 'policy_reloaded' } });
    folder.write('config/governance.toml', GOVERNANCE);
    await system.policyHolder.reload();
    expect(await lastChange()).toMatchObject({ actor: me, metadata: { event: 'policy_reloaded' } });
    folder.write('config/governance.toml', '[policies');
    await expect(system.policyHolder.reload(mary)).rejects.toThrow();
    expect(await lastChange()).toMatchObject({ actor: mary, metadata: { event: 'policy_rejected' } });
  });
});

describe('watching the files', () => {
  it('takes a changed set in by itself, and keeps the old one of a bad file', async () => {
    await system.close();
    const errors: unknown[] = [];
    system = await openSystem({
      configDir: folder.configDir,
      workspace: folder.root,
      home: homeOf(folder),
      env: {},
      watch: true,
      onReloadError: (error) => errors.push(error),
    });
    const until = async (holds: () => boolean): Promise<void> => {
      for (let i = 0; i < 400 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 25));
      expect(holds()).toBe(true);
    };
    const first = system.policies().digest;
    folder.write('config/governance.toml', NARROW);
    await until(() => system.policies().digest !== first);
    const nobody = { actorType: 'system', id: 'ggen-governance', name: 'ggen-governance' };
    expect(await lastChange()).toMatchObject({ actor: nobody, metadata: { event: 'policy_reloaded' } });
    expect(await outcome()).toBe('refused');
    const second = system.policies().digest;
    folder.write('config/governance.toml', 'broken = [');
    await until(() => errors.length > 0);
    expect(system.policies().digest).toBe(second);
    expect(await lastChange()).toMatchObject({ actor: nobody, metadata: { event: 'policy_rejected' } });
    folder.write('config/governance.toml', GOVERNANCE);
    await until(() => system.policies().digest === first);
    // the folder exchanged for another, as a deployment does
    renameSync(folder.configDir, `${folder.configDir}-old`);
    folder.write('config/governance.toml', NARROW);
    await until(() => system.policies().digest === second);
    folder.write('config/governance.toml', GOVERNANCE);
    await until(() => system.policies().digest === first);
  });

  it('sees a link that is switched to another set', async () => {
    await system.close();
    folder.write('one/governance.toml', GOVERNANCE);
    folder.write('two/governance.toml', NARROW);
    rmSync(folder.configDir, { recursive: true });
    symlinkSync('one', folder.configDir);
    system = await openSystem({
      configDir: folder.configDir,
      workspace: folder.root,
      home: homeOf(folder),
      env: {},
      watch: true,
    });
    const first = system.policies().digest;
    symlinkSync('two', join(folder.root, 'next'));
    renameSync(join(folder.root, 'next'), folder.configDir);
    for (let i = 0; i < 400 && system.policies().digest === first; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(await outcome()).toBe('refused');
  });
});

describe('what can’t be loaded is not started', () => {
  const open = () => openSystem({ configDir: folder.configDir, workspace: folder.root, home: homeOf(folder), env: {} });
  it.each<[string, string, () => void]>([
    ['no configuration', 'CONFIG_MISSING', () => rmSync(folder.configDir, { recursive: true })],
    ['a bad configuration', 'CONFIG_INVALID', () => folder.write('config/audit.toml', '[audit]\nretention = 1')],
    [
      'a bad secret pattern',
      'CONFIG_INVALID',
      () => folder.write('config/audit.toml', '[policies.security.secret_patterns]\npatterns = ["("]'),
    ],
    [
      'a store that comes later',
      'NOT_AVAILABLE',
      () => folder.write('config/audit.toml', '[audit.storage]\nbackend = "s3"'),
    ],
    [
      'a store that is no database',
      'STORE_UNAVAILABLE',
      () => {
        folder.write('other.db', 'x'.repeat(5000));
        folder.write('config/audit.toml', '[audit.storage]\npath = "other.db"');
      },
    ],
  ])('%s: %s', async (_what, code, spoil) => {
    spoil();
    await expect(open()).rejects.toMatchObject({ code });
  });

  it('an unreadable file, for whoever may not read it', async () => {
    chmodSync(join(folder.root, 'config/governance.toml'), 0);
    if (process.getuid?.() === 0) return void (await (await open()).close()); // root reads everything
    await expect(open()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
