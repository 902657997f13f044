import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ActionType,
  AuditLogger,
  AuditQuery,
  PolicyEngine,
  type PolicyResult,
  type PolicyUpdate,
} from '../../src/index.ts';
import { createFolder } from '../support/test-system.ts';
import { type Folder, openFolder } from './folder.ts';

let folder: Folder;
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => folder.remove());

const open = async () => PolicyEngine.fromFile(folder.path('config/governance.toml'), { workspace: folder.workspace });

/** What the guide's `match` prints. */
function say(result: PolicyResult): string {
  switch (result.outcome) {
    case 'allowed':
      return 'Action allowed';
    case 'requires_approval':
      return `Approval required: ${result.reason}`;
    case 'denied':
      return `Action denied: ${result.reason}`;
  }
}

describe('Loading Policies', () => {
  it('PolicyEngine.fromFile loads a file', async () => {
    const engine = await open();
    expect(engine.get('policies.enforcement_mode')).toBe('strict');
    await engine.close();
  });

  it('PolicyEngine.fromFile refuses a file that is not there, naming it', async () => {
    const load = async () => PolicyEngine.fromFile(folder.path('config/missing.toml'), { workspace: folder.workspace });
    await expect(load()).rejects.toThrow(expect.objectContaining({ code: 'CONFIG_MISSING' }));
    await expect(load()).rejects.toThrow(/missing\.toml/);
  });

  it('PolicyEngine.fromEnv takes the folder and the workspace from GGEN_CONFIG_DIR and GGEN_WORKSPACE', async () => {
    const engine = await PolicyEngine.fromEnv({ GGEN_CONFIG_DIR: folder.configDir, GGEN_WORKSPACE: folder.workspace });
    expect(engine.get('policies.quality.min_validation_score')).toBe(0.8);
    await engine.close();
  });

  it('PolicyEngine.fromEnv takes single settings from GGEN_POLICIES__ variables, and refuses a misspelt one', async () => {
    const places = { GGEN_CONFIG_DIR: folder.configDir, GGEN_WORKSPACE: folder.workspace };
    const engine = await PolicyEngine.fromEnv({ ...places, GGEN_POLICIES__ENFORCEMENT_MODE: 'permissive' });
    expect(engine.get('policies.enforcement_mode')).toBe('permissive');
    await engine.close();
    const misspelt = async () => PolicyEngine.fromEnv({ ...places, GGEN_POLICIES__ENFORCEMENT_MODES: 'strict' });
    await expect(misspelt()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('GGEN_POLICIES__ENFORCEMENT_MODES'),
    });
  });

  it('PolicyEngine.fromEnv refuses a folder without a configuration, naming it', async () => {
    const missing = folder.path('elsewhere');
    const load = async () => PolicyEngine.fromEnv({ GGEN_CONFIG_DIR: missing, GGEN_WORKSPACE: folder.workspace });
    await expect(load()).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
    await expect(load()).rejects.toThrow(missing);
  });

  it('PolicyEngine.default has the secure defaults of the guide', async () => {
    const engine = await PolicyEngine.default();
    const expected: Record<string, unknown> = {
      'policies.enforcement_mode': 'strict',
      'policies.security.enabled': true,
      'policies.security.input_validation': true,
      'policies.security.secret_scanning': true,
      'policies.security.path_traversal_protection': true,
      'policies.security.command_injection_protection': true,
      'policies.operational.require_approval_for_destructive': true,
      'policies.operational.auto_approve_read_only': true,
      'policies.network.require_tls': true,
    };
    for (const [path, value] of Object.entries(expected)) expect([path, engine.get(path)]).toEqual([path, value]);
    await engine.close();
  });
});

describe('Policy Validation', () => {
  it('PolicyEngine.evaluate denies the write of the sample, with the rule, its file and line', async () => {
    const engine = await open();
    const result = await engine.evaluate({
      actionType: ActionType.WriteFile,
      target: '/important/file.rs',
      content: '// code',
      requester: 'template_executor',
    });
    expect(say(result)).toMatch(/^Action denied: .*can_write.*governance\.toml:\d+/);
    await engine.close();
  });

  it('PolicyEngine.evaluate allows a read inside the bounds of the agent', async () => {
    const engine = await open();
    folder.write('templates/api.rs', '// code');
    const action = { actionType: ActionType.ReadFile, target: 'templates/api.rs', requester: 'template_executor' };
    expect(say(await engine.evaluate(action))).toBe('Action allowed');
    await engine.close();
  });

  it('PolicyEngine.evaluate asks for approval of a delete', async () => {
    const engine = await open();
    folder.write('templates/api.rs', '// code');
    const action = { actionType: ActionType.DeleteFile, target: 'templates/api.rs', requester: 'template_executor' };
    expect(say(await engine.evaluate(action))).toMatch(/^Approval required: .*delete_file/);
    await engine.close();
  });
});

describe('Dynamic Policy Updates', () => {
  const path = 'policies.quality.min_validation_score';

  it('PolicyEngine.update changes one setting and leaves the file alone', async () => {
    const engine = await open();
    const before = folder.read('config/governance.toml');
    const update: PolicyUpdate = { path, value: 0.85 };
    await engine.update(update);
    expect(engine.get(path)).toBe(0.85);
    expect(folder.read('config/governance.toml')).toBe(before);
    await engine.close();
  });

  it('PolicyEngine.update writes the file on request, comments kept', async () => {
    const engine = await open();
    await engine.update({ path, value: 0.85 }, { persist: true });
    expect(folder.read('config/governance.toml')).toContain('0.85 # what the update sample changes');
    await engine.close();
  });

  it('PolicyEngine.update refuses what a file could not say, and changes nothing', async () => {
    const engine = await open();
    for (const value of [1.5, 'high', -1]) {
      await expect(engine.update({ path, value })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
    const misspelt = engine.update({ path: 'policies.quality.min_validation_scor', value: 0.9 });
    await expect(misspelt).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringMatching(/min_validation_score/),
    });
    expect(engine.get(path)).toBe(0.8);
    await engine.close();
  });

  it('PolicyEngine.update and reload record who changed the policy: the one named, else the user of this process', async () => {
    const engine = await open();
    const mary = { actorType: 'user', id: 'mary', name: 'Mary\nM.', ipAddress: '192.0.2.7' } as const;
    await engine.update({ path, value: 0.85 }, { actor: mary });
    await engine.update({ path, value: 0.86 });
    folder.write('config/governance.toml', folder.read('config/governance.toml').replace('0.80', '"high"'));
    await expect(engine.reload({ actor: mary })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(engine.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await engine.close();
    folder.write('config/governance.toml', folder.read('config/governance.toml').replace('"high"', '0.80'));
    const logger = await AuditLogger.fromConfig(folder.path('config/audit.toml'), { workspace: folder.workspace });
    const entries = await logger.query(new AuditQuery().eventType('system_event'));
    await logger.close();
    const { username } = userInfo();
    const me = { actorType: 'user', id: username, name: username };
    const named = { actorType: 'user', id: 'mary', name: expect.not.stringContaining('\n'), ipAddress: '192.0.2.7' };
    expect(entries.map((entry) => [entry.metadata.event, entry.actor]).reverse()).toEqual([
      ['policy_updated', named],
      ['policy_updated', me],
      ['policy_rejected', named],
      ['policy_rejected', me],
    ]);
  });

  it('PolicyEngine.reload takes in the changed file', async () => {
    const engine = await open();
    folder.write('config/governance.toml', folder.read('config/governance.toml').replace('0.80', '0.90'));
    await engine.reload();
    expect(engine.get(path)).toBe(0.9);
    await engine.close();
  });

  it('PolicyEngine.reload keeps the old set where the file is bad, and says where', async () => {
    const engine = await open();
    folder.write('config/governance.toml', folder.read('config/governance.toml').replace('0.80', '"high"'));
    await expect(engine.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID', position: { line: 7 } });
    expect(engine.get(path)).toBe(0.8);
    await engine.close();
  });
});

describe('PolicyEngine.get', () => {
  it('tells agents apart whose names differ only in how they are spelt, and takes quoted names', async () => {
    const folder = createFolder({
      'config/governance.toml':
        '[policies.agents.my_agent]\ncan_read = ["a"]\n[policies.agents.myAgent]\ncan_read = ["b"]\n[policies.agents."x.y"]\ncan_read = ["c"]\n',
    });
    const engine = PolicyEngine.fromFile(join(folder.configDir, 'governance.toml'));
    const first = (path: string) => (engine.get(path) as { pattern: string }[] | undefined)?.[0]?.pattern;
    expect(first('policies.agents.my_agent.can_read')).toBe('a');
    expect(first('policies.agents.myAgent.can_read')).toBe('b');
    expect(first('policies.agents."x.y".can_read')).toBe('c');
    expect(engine.get('policies.agents.nobody')).toBeUndefined();
    await engine.close();
    folder.remove();
  });
});
