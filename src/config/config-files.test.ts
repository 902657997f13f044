import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import {
  applyUpdate,
  environmentOverrides,
  initFiles,
  jsonSchema,
  PROFILES,
  parseConfig,
  referencePage,
  renderProblems,
  requiredApprovals,
  withOverrides,
} from './index.ts';
import { ROOT } from './root.ts';
import { isTable, type Spec } from './spec.ts';

const tomlFiles = (profile: (typeof PROFILES)[number]) =>
  initFiles(profile).filter((file) => file.name.endsWith('.toml'));

/** Paths of the values in a document; members of tables with names of the user's own stand under `*`. */
function collect(value: unknown, path: string, see: (path: string) => void): void {
  if (Array.isArray(value) && value.length > 0 && value.every(isTable)) {
    for (const one of value) collect(one, path, see);
  } else if (isTable(value)) {
    const own = /^(policies.agents|operations|approvals.operations)$/.test(path);
    for (const [key, one] of Object.entries(value)) collect(one, path === '' ? key : `${path}.${own ? '*' : key}`, see);
  } else see(path.replace(/^approvers/, 'approvals.approvers'));
}

describe('what init writes', () => {
  it.each(PROFILES)('%s has no error, and is JSON Schema complete', (profile) => {
    const result = parseConfig(tomlFiles(profile), {
      APPROVAL_WEBHOOK_TOKEN: 'x',
      SECURITY_SLACK_WEBHOOK: 'https://hooks.example.com/x',
      PAGERDUTY_KEY: 'x',
    });
    expect(renderProblems(result.ok ? [] : result.problems)).toBe('');
    const found = result.ok ? result.loaded.problems.filter((problem) => problem.severity === 'warning') : [];
    expect(renderProblems(found)).toBe('');
  });

  it('for a coding agent sets nothing that isn’t enforced', () => {
    const result = parseConfig(tomlFiles('coding-agent'), {});
    expect(result.ok && renderProblems(result.loaded.problems)).toBe('');
  });

  it('together sets every key there is', () => {
    const set = new Set<string>();
    for (const file of PROFILES.flatMap(tomlFiles)) {
      collect(parse(file.text.replace(/^# ([a-z_]+ = .*)$/gm, '$1')), '', (path) => set.add(path));
    }
    const missing: string[] = [];
    const walk = (spec: Spec<unknown>, path: string): void => {
      for (const [key, member] of spec.members ?? []) walk(member, path === '' ? key : `${path}.${key}`);
      if (spec.members) return;
      if (spec.item?.members) walk(spec.item, spec.kind === 'record' ? `${path}.*` : path);
      else if (spec.kind === 'record' ? ![...set].some((one) => one.startsWith(`${path}.`)) : !set.has(path))
        missing.push(path);
    };
    walk(ROOT as Spec<unknown>, '');
    // The other spelling of secret_patterns.action: a file has one of the two.
    expect(missing).toEqual(['policies.security.action']);
  });

  it('for a coding agent runs nothing unasked that runs code or takes files away, and no command is forbidden as such', () => {
    const result = parseConfig(tomlFiles('coding-agent'), {});
    if (!result.ok) throw new Error(renderProblems(result.problems));
    const { security, operational } = result.loaded.config.policies;
    const risky =
      /^(node|python3?|perl|ruby|npx|npm|pnpm|yarn|cargo|make|go|tar|rm|mv|chmod|curl|wget|ssh|rsync|env|xargs|sudo|sh|bash|eval|docker|kubectl)$/;
    const unasked = security.allowedCommands.commands.map((rule) => rule.pattern);
    expect(unasked.filter((pattern) => risky.test(pattern))).toEqual([]);
    expect(operational.requireApproval.operations.map((rule) => rule.pattern)).not.toContain('execute_shell');
    expect(security.allowedCommands.requireApproval.map((rule) => rule.pattern)).toContain('rm');
  });

  it('has a schema for each file that describes its own root tables and names the others', () => {
    for (const kind of ['governance', 'approvals', 'audit'] as const) {
      const tables = jsonSchema(kind).properties as Record<string, { properties?: object }>;
      expect(Object.keys(tables).sort()).toEqual([...ROOT.members!.keys(), 'approvers'].sort());
    }
    const described = (['governance', 'approvals', 'audit'] as const).flatMap((kind) =>
      Object.entries(jsonSchema(kind).properties as Record<string, object>)
        .filter(([, table]) => 'properties' in table || 'patternProperties' in table)
        .map(([name]) => name),
    );
    expect(described.sort()).toEqual([...ROOT.members!.keys(), 'approvers'].sort());
  });
});

describe('one setting changed', () => {
  const files = [
    {
      name: 'g.toml',
      text: '# head\n[policies.quality] # q\nmin_validation_score = 0.80 # keep\n\n[audit]\nenabled = true\n',
    },
  ];

  it('keeps every comment and everything else', async () => {
    const { changed } = await applyUpdate(files, 'policies.quality.min_validation_score', 0.85);
    expect(changed.text).toBe(files[0]!.text.replace('0.80', '0.85'));
  });

  it('is added where no file has it', async () => {
    const { files: next } = await applyUpdate(files, 'approvals.default_timeout_seconds', 60);
    const result = parseConfig(next, {});
    expect(result.ok && result.loaded.config.approvals.defaultTimeoutSeconds).toBe(60);
  });

  it.each([
    ['policies.quality.min_validation_scor', /unknown key "min_validation_scor"/],
    ['policies.quality', /is a table, not a setting/],
    ['nothing', /unknown key "nothing"/],
    ['__proto__.x', /unknown key "__proto__"/],
  ])('is refused for %s', async (path, message) => {
    await expect(applyUpdate(files, path, 1)).rejects.toThrow(message);
  });
});

describe('settings from the environment', () => {
  it('win over files, and are checked like them', () => {
    const env = {
      GGEN_POLICIES__ENFORCEMENT_MODE: 'permissive',
      GGEN_APPROVALS__MULTI_APPROVAL__MIN_APPROVERS: '4',
      OTHER: 'x',
    };
    const files = withOverrides(
      [{ name: 'g.toml', text: '[policies]\nenforcement_mode = "strict"' }],
      environmentOverrides(env),
    );
    const result = parseConfig(files, env);
    expect(result.ok && result.loaded.config).toMatchObject({
      policies: { enforcementMode: 'permissive' },
      approvals: { multiApproval: { minApprovers: 4 } },
    });
    const bad = parseConfig(withOverrides([], environmentOverrides({ GGEN_POLICIES__ENFORCEMENT_MODE: 'lax' })), {});
    expect(renderProblems(bad.ok ? [] : bad.problems)).toMatch(
      /^GGEN_POLICIES__ENFORCEMENT_MODE:1:10: error: policies\.enforcement_mode/,
    );
  });

  it('that name no setting are an error', () => {
    expect(() => environmentOverrides({ GGEN_POLICIES__ENFORCMENT_MODE: 'strict' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: 'did you mean GGEN_POLICIES__ENFORCEMENT_MODE?' }),
    );
  });
});

describe('the quorum', () => {
  it('is exact where floating point is not', () => {
    const rule = (quorumPercentage: number) => ({ minApprovers: 1, quorumPercentage, byzantineTolerance: false });
    expect(requiredApprovals(rule(0.55), 100)).toBe(55); // Math.ceil(0.55 * 100) is 56
    expect(requiredApprovals(rule(0.67), 3)).toBe(3);
    expect(requiredApprovals(rule(0.67), 4)).toBe(3);
    expect(requiredApprovals({ ...rule(0.5), byzantineTolerance: true }, 7)).toBe(5);
    expect(requiredApprovals({ ...rule(0.5), byzantineTolerance: true }, 10)).toBe(7);
  });

  it('with Byzantine tolerance is more than half of what honest approvers could split into', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (n) => {
        const f = Math.floor((n - 1) / 3);
        const t = requiredApprovals({ minApprovers: 1, quorumPercentage: 0, byzantineTolerance: true }, n);
        expect(2 * t).toBeGreaterThan(n + f); // two quorums share an honest approver
        expect(t).toBeLessThanOrEqual(n - f); // reachable with f silent
      }),
    );
  });
});

describe('the reference page', () => {
  it('says what the specification says', () => {
    expect(readFileSync(new URL('../../docs/reference/configuration.md', import.meta.url), 'utf8')).toBe(
      referencePage(),
    );
  });
});
