import { describe, expect, it } from 'vitest';
import type { Json } from '../kernel/json.ts';
import { applyUpdate, environmentOverrides, initFiles, parseConfig, renderProblems, withOverrides } from './index.ts';
import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';

const files = (...texts: string[]) => texts.map((text, index) => ({ name: `${index}`, text }));

describe('an update of one setting', () => {
  it('works for every key there is, in a full set of files, and leaves every comment', async () => {
    const set = initFiles('platform').filter((file) => file.name.endsWith('.toml'));
    const comments = (all: readonly { text: string }[]): number =>
      all.flatMap(({ text }) => text.match(/#/g) ?? []).length;
    const paths: [string, Json][] = [];
    const walk = (spec: Spec<unknown>, path: string): void => {
      for (const [key, member] of spec.members ?? []) walk(member, path === '' ? key : `${path}.${key}`);
      if (spec.members || spec.item?.members || spec.kind === 'record') return;
      const address = path.endsWith('smtp_url') ? 'smtps://x.example.com' : 'https://x.example.com';
      const sample = { list: ['a'], integer: 5, text: address }[spec.kind as string];
      paths.push([path, (spec.absent() ?? sample) as Json]);
    };
    walk(ROOT as Spec<unknown>, '');
    expect(paths.length).toBeGreaterThan(70);
    for (const [path, value] of paths) {
      const plain = Array.isArray(value) ? value.map((one) => (one as { pattern?: string }).pattern ?? one) : value;
      const updated = await applyUpdate(set, path, plain as Json);
      const result = parseConfig(updated.files, { APPROVAL_WEBHOOK_TOKEN: 'x' });
      const errors = result.ok ? [] : result.problems.filter(({ severity }) => severity === 'error');
      expect(renderProblems(errors), path).toBe('');
      expect(comments(updated.files), path).toBe(comments(set));
    }
  }, 60_000);

  it('goes into the file that has most of the path', async () => {
    const set = files('[policies]\n', '[audit.storage]\nbackend = "sqlite"\n');
    expect((await applyUpdate(set, 'audit.storage.path', 'x.db')).changed).toEqual({
      name: '1',
      text: '[audit.storage]\nbackend = "sqlite"\npath = "x.db"\n',
    });
    expect((await applyUpdate(set, 'approvals.enabled', true)).changed.name).toBe('0');
  });

  it('adds new tables as sections, in TOML that every reader knows', async () => {
    const { changed } = await applyUpdate(
      files('# head\n[policies]\nversion = "1.0"\n'),
      'policies.agents.writer.can_write',
      ['src/*'],
    );
    expect(changed.text).toContain('[policies.agents.writer]\ncan_write = [ "src/*" ]\n');
    expect(changed.text).toMatch(/^# head\n\[policies\]\nversion = "1\.0"\n/);
  });

  it('writes no comma that TOML 1.0 doesn’t know, though the file’s lists end in one', async () => {
    const text = '[policies.agents.a]\ncan_read = [\n  "x",\n  "y",\n]\n';
    const value = [{ pattern: 'z', match: ['z'] }];
    const { changed } = await applyUpdate(files(text), 'policies.agents.a.can_write', value);
    expect(changed.text).toContain('can_write = [ { pattern = "z", match = [ "z" ] } ]');
  });

  it('keeps line ends and a byte order mark', async () => {
    const { changed } = await applyUpdate(files('\ufeff[audit]\r\nenabled = true # c\r\n'), 'audit.enabled', true);
    expect(changed.text).toBe('\ufeff[audit]\r\nenabled = true # c\r\n');
    const other = await applyUpdate(files('[audit]\r\nretention_days = 1 # c\r\n'), 'audit.retention_days', 2);
    expect(other.changed.text).toBe('[audit]\r\nretention_days = 2 # c\r\n');
  });

  it('reaches agents of any name', async () => {
    const { changed } = await applyUpdate(
      files('[policies.agents."a.b c"]\ncan_read = ["x"] # x'),
      'policies.agents."a.b c".can_read',
      ['y'],
    );
    expect(changed.text).toBe('[policies.agents."a.b c"]\ncan_read = ["y"] # x');
  });

  it.each<[string, Json, RegExp]>([
    ['', 1, /is no path of a setting/],
    ['policies..version', '1.0', /is no path of a setting/],
    ['policies.version.x', 1, /unknown key "x"/],
    ['policies.agents.a.can_raed', [], /unknown key "can_raed"/],
    ['policies.agents.a', {}, /is a table, not a setting/],
    ['approvals.approvers.user[0].role', 'x', /is a member of a list/],
    ['policies.version', null, /TOML has no null/],
    ['policies.security.allowed_commands.commands', ['a', null], /TOML has no null/],
    ['audit.storage.path', '\ud800', /not well-formed Unicode/],
  ])('is refused: %j', async (path, value, message) => {
    const refused = applyUpdate(files('[policies]\n'), path, value);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('is refused where a variable holds the setting: the file would have no say', async () => {
    const set = withOverrides(
      files('[policies]\nenforcement_mode = "strict"'),
      environmentOverrides({ GGEN_POLICIES__ENFORCEMENT_MODE: 'permissive' }),
    );
    await expect(applyUpdate(set, 'policies.enforcement_mode', 'strict')).rejects.toThrow(
      /is set by the environment variable GGEN_POLICIES__ENFORCEMENT_MODE/,
    );
    expect((await applyUpdate(set, 'policies.version', '1.0')).changed.name).toBe('0');
  });

  it('is refused where a value stands in the place of a table, where no file is, and where one is broken', async () => {
    await expect(applyUpdate(files('policies = 3'), 'policies.version', '1.0')).rejects.toThrow(
      /policies is not a table/,
    );
    await expect(applyUpdate([], 'policies.version', '1.0')).rejects.toThrow(/no configuration file to change/);
    await expect(applyUpdate(files('['), 'policies.version', '1.0')).rejects.toThrow(/not TOML/);
  });
});
