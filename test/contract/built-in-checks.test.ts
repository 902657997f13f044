import { execFile } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Action,
  BuiltInChecks,
  ByzantineValidator,
  type CheckName,
  type JsonObject,
  type ValidationVerdict,
} from '../../src/index.ts';
import { createFolder, GOVERNANCE, type TestFolder } from '../support/test-system.ts';
import { newKeyPair } from './validators-outside.ts';

const CONFIG = `${GOVERNANCE}
[policies.resource.rate_limits]
anthropic_requests_per_minute = 3

[policies.quality]
min_validation_score = 0.8
min_test_coverage = 0.7
max_iterations = 5

[policies.quality.code_standards]
max_file_lines = 500
max_function_lines = 50
max_cyclomatic_complexity = 10
`;
const NOW = Date.UTC(2026, 10, 30);
const FACTS = { budget: [], replay: { id: 'n1', used: [] } };
const write = (target: string, more: Partial<Action> = {}): Action => ({
  actionType: 'write_file',
  target,
  content: 'new',
  requester: 'writer',
  ...more,
});
const publish = (measures: Record<string, number>): Action => ({
  actionType: 'publish_template',
  target: 'rest',
  requester: 'writer',
  context: { measures },
});

let folder: TestFolder;
let checks: BuiltInChecks;
beforeEach(() => {
  folder = createFolder({ 'config/governance.toml': CONFIG, 'src/a.ts': 'old' });
  checks = open();
});
afterEach(() => folder.remove());

const open = (): BuiltInChecks =>
  BuiltInChecks.fromFile(join(folder.configDir, 'governance.toml'), { workspace: folder.root, env: {} });
/** The verdict of these checks on an action, with facts. */
const judge = (names: readonly CheckName[], action: Action, facts: JsonObject = {}, evaluatedAt = NOW) => {
  const question = checks.question(action, facts);
  return checks.every(...names)({ ...question, evaluatedAt }) as ValidationVerdict;
};

describe('the built-in checks', () => {
  it('agree to what is in order', () => {
    const question = checks.question(write('src/a.ts'), FACTS);
    expect(checks.all({ ...question, evaluatedAt: NOW })).toEqual({ verdict: 'valid', findings: [] });
  });

  it('object where any of them does, whatever the others say, with the check’s name', () => {
    const verdict = judge(['budget', 'policy', 'replay'], write('lib/b.ts'), {
      budget: [{ name: 'tokens', used: 9, adds: 2, limit: 10 }],
      replay: { id: 'n1', used: [] },
    });
    expect(verdict.verdict).toBe('invalid');
    expect(verdict.findings!.map((one) => one.split(':')[0])).toEqual(['policy', 'budget']);
  });

  it('are named, and at least one', () => {
    expect(() => checks.every('polici' as CheckName)).toThrow(/no check polici/);
    expect(() => checks.every()).toThrow(/no check is named/);
  });

  it('object to what is no question, or one about something else', () => {
    const { operation, context } = checks.question(write('src/a.ts'), FACTS);
    const say = (change: { operation?: { name: string }; context?: JsonObject | null }) =>
      checks.all({ operation, context, evaluatedAt: NOW, ...change }) as ValidationVerdict;
    const bad: [Parameters<typeof say>[0], RegExp][] = [
      [{ context: null }, /context must be an object/],
      [{ context: {} }, /context\.scene is missing/],
      [{ context: { ...context, scene: 'x' } }, /other policies, or other folders/],
      [{ context: { ...context, files: 1 } }, /context\.files must be an object/],
      [{ context: { ...context, action: { ...(context.action as JsonObject), targets: 1 } } }, /unknown key "targets"/],
      [{ operation: { name: 'delete_file' } }, /another operation than the one that is voted on/],
    ];
    for (const [change, why] of bad) {
      expect(say(change)).toMatchObject({ verdict: 'invalid', findings: [expect.stringMatching(why)] });
    }
    const named = checks.question({ ...write('src/a.ts'), parameters: { a: 1 } }, FACTS);
    const other = { name: 'write_file', parameters: { a: 2 } };
    expect(checks.all({ ...named, operation: other, evaluatedAt: NOW })).toMatchObject({ verdict: 'invalid' });
  });

  it('are no longer those of a question under other policies', () => {
    const question = checks.question(write('src/a.ts'), FACTS);
    writeFileSync(join(folder.configDir, 'governance.toml'), CONFIG.replace('"out/*"', '"out/*", "more/*"'));
    expect(open().all({ ...question, evaluatedAt: NOW })).toMatchObject({
      verdict: 'invalid',
      findings: [expect.stringMatching(/other policies/)],
    });
  });

  it('depend on the question alone: files may change after it was asked', () => {
    const inside = checks.question(write('src/a.ts'), FACTS);
    symlinkSync('/etc', join(folder.root, 'src/link'));
    const outside = checks.question(write('src/link/x'), FACTS);
    rmSync(join(folder.root, 'src'), { recursive: true });
    symlinkSync('/etc', join(folder.root, 'src'));
    for (const one of [checks, open()]) {
      const say = (question: typeof inside) =>
        (one.all({ ...JSON.parse(JSON.stringify(question)), evaluatedAt: NOW }) as ValidationVerdict).verdict;
      expect(say(inside)).toBe('valid');
      expect(say(outside)).toBe('invalid');
    }
    // What was not seen is not looked up.
    const { files: _, ...rest } = inside.context;
    const blind = { ...inside, context: { ...rest, files: {} }, evaluatedAt: NOW };
    expect(checks.all(blind)).toMatchObject({ verdict: 'invalid' });
  });

  it('say the same of the same, in every process', async () => {
    const words = fc.constantFrom(
      'src/a.ts',
      '../x',
      'src/vendor/y',
      '/etc/passwd',
      'src/../out/z',
      'out/\u0007',
      '~/.ssh/id',
    );
    const program = `import { BuiltInChecks } from ${JSON.stringify(fileURLToPath(new URL('../../src/index.ts', import.meta.url)))};
      const checks = BuiltInChecks.fromFile(${JSON.stringify(join(folder.configDir, 'governance.toml'))}, { workspace: ${JSON.stringify(folder.root)}, env: {} });
      const questions = JSON.parse(process.argv[1]);
      console.log(JSON.stringify(questions.map((question) => checks.all(question))));`;
    const questions = fc
      .sample(fc.tuple(words, fc.string({ maxLength: 5 }), fc.nat(3)), { numRuns: 40, seed: 3 })
      .map(([target, content, used]) => ({
        ...checks.question(write(target, { content }), {
          ...FACTS,
          budget: [{ name: 'n', used, adds: 1, limit: 2 }],
        }),
        evaluatedAt: NOW,
      }));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program, JSON.stringify(questions)],
      { maxBuffer: 10_000_000 },
    );
    const mine = questions.map((question) => checks.all(question));
    expect(JSON.parse(stdout)).toEqual(mine);
    expect(new Set(mine.map((one) => (one as ValidationVerdict).verdict)).size).toBe(2);
  });
});

describe('the policy check', () => {
  it('objects to what is denied, and to what requires approval unless there is one', () => {
    expect(judge(['policy'], write('src/vendor/x'))).toMatchObject({ verdict: 'invalid' });
    const remove = { actionType: 'delete_file', target: 'src/a.ts', requester: 'writer' };
    expect(judge(['policy'], remove)).toMatchObject({
      verdict: 'invalid',
      findings: expect.arrayContaining([expect.stringMatching(/^policy: requires approval: /)]),
    });
    expect(judge(['policy'], remove, { approved: true }).verdict).toBe('valid');
    expect(judge(['policy'], write('src/vendor/x'), { approved: true }).verdict).toBe('invalid');
    expect(judge(['policy'], remove, { approved: 'yes' }).findings).toEqual([
      expect.stringMatching(/must be true or false/),
    ]);
  });

  it('wants the counts that limits are held against', () => {
    const call = write('src/a.ts', { context: { provider: 'anthropic' } });
    expect(judge(['policy'], call).findings).toEqual([expect.stringMatching(/context\.state is missing/)]);
    const used = (count: unknown) =>
      judge(['policy'], call, { state: { provider_requests: { anthropic: count as number } } });
    expect(used(2).verdict).toBe('valid');
    expect(used(3)).toMatchObject({ verdict: 'invalid', findings: [expect.stringMatching(/at most 3/)] });
    expect(used('2').findings).toEqual([expect.stringMatching(/must be a number from 0/)]);
    // A misspelt count is not taken for none.
    expect(judge(['policy'], call, { state: { provider_request: { anthropic: 3 } } })).toMatchObject({
      verdict: 'invalid',
      findings: [
        expect.stringMatching(/context\.state\.provider_request is not known \(did you mean provider_requests\?\)/),
      ],
    });
    expect(judge(['policy'], call, { state: { a: 1 } }).findings).toEqual([
      expect.stringMatching(/state\.a is not known \(known are provider_requests, other_active_agents, isolated\)/),
    ]);
    expect(judge(['policy'], write('src/a.ts'), { state: { isolated: 'it lied' } }).findings).toEqual([
      expect.stringMatching(/it lied/),
    ]);
  });
});

describe('the checks of secrets, paths and commands', () => {
  it('object to a secret, and never repeat it', () => {
    const secret = 'ghp_0123456789abcdefABCDEF0123456789abcd';
    const verdict = judge(['secrets'], write('src/a.ts', { content: `token = "${secret}"` }));
    expect(verdict.verdict).toBe('invalid');
    expect(JSON.stringify(verdict)).not.toContain(secret);
    const named = judge(['policy', 'paths_and_commands'], write(`../${secret}`));
    expect(named.verdict).toBe('invalid');
    expect(JSON.stringify(named)).not.toContain(secret);
    expect(judge(['paths_and_commands'], write('src/a.ts', { content: secret })).verdict).toBe('valid');
  });

  it('object to paths that leave the workspace and commands that can’t be known', () => {
    const run = (target: string): Action => ({ actionType: 'execute_shell', target, requester: 'writer' });
    expect(judge(['paths_and_commands'], write('../../etc/passwd')).verdict).toBe('invalid');
    expect(judge(['paths_and_commands'], write('config/governance.toml')).verdict).toBe('invalid');
    expect(judge(['paths_and_commands'], run('eval "$X"')).verdict).toBe('invalid');
    expect(judge(['paths_and_commands'], run('ls src')).verdict).toBe('valid');
    expect(judge(['secrets'], run('eval "$X"')).verdict).toBe('valid');
  });
});

describe('the check of quality', () => {
  const good = { validation_score: 0.8, test_coverage: 0.7, tests: 1 };

  it('gates publishing', () => {
    expect(judge(['quality'], publish(good))).toEqual({ verdict: 'valid', findings: [] });
    for (const [name, key] of [
      ['validation_score', 'min_validation_score'],
      ['test_coverage', 'min_test_coverage'],
      ['tests', 'require_tests'],
    ] as const) {
      const { [name]: _, ...rest } = good;
      expect(judge(['quality'], publish(rest)).findings).toEqual([
        `quality: ${name} is not measured [policies.quality.${key}]`,
      ]);
      expect(judge(['quality'], publish({ ...good, [name]: 0.5 })).findings).toEqual([
        expect.stringMatching(new RegExp(`${name} is 0\\.5; at least`)),
      ]);
    }
    expect(judge(['quality'], write('src/a.ts', { context: { measures: {} } })).verdict).toBe('valid');
  });

  it.each([
    ['file_lines', 500],
    ['function_lines', 50],
    ['cyclomatic_complexity', 10],
    ['undocumented', 0],
    ['iterations', 5],
  ])('objects to a larger %s, unless it is no worse than before', (name, most) => {
    const verdict = (value: number, before?: number) =>
      judge(
        ['quality'],
        write('src/a.ts', {
          context: { measures: { [name]: value, ...(before === undefined ? {} : { [`${name}_before`]: before }) } },
        }),
      ).verdict;
    expect(verdict(most)).toBe('valid');
    expect(verdict(most + 1)).toBe('invalid');
    expect(verdict(most + 1, most + 2)).toBe('valid');
    expect(verdict(most + 2, most + 1)).toBe('invalid');
  });

  it('is off where the configuration says so', () => {
    writeFileSync(
      join(folder.configDir, 'governance.toml'),
      CONFIG.replace('[policies.quality]', '[policies.quality]\nenabled = false'),
    );
    checks = open();
    expect(judge(['quality'], publish({})).verdict).toBe('valid');
  });
});

describe('the checks of budget and replay', () => {
  it('hold every budget to its limit', () => {
    const verdict = (entry: JsonObject) => judge(['budget'], write('src/a.ts'), { budget: [entry] });
    expect(verdict({ name: 'n', used: 8, adds: 2, limit: 10 }).verdict).toBe('valid');
    expect(verdict({ name: 'n', used: 8, adds: 3, limit: 10 }).findings).toEqual([
      'budget: n: 8 are used and this adds 3; at most 10',
    ]);
    for (const bad of [
      { name: 'n', used: 1, adds: 1 },
      { name: '', used: 1, adds: 1, limit: 3 },
      { name: 'n', used: -1, adds: 1, limit: 3 },
    ]) {
      expect(verdict(bad).verdict).toBe('invalid');
    }
    expect(judge(['budget'], write('src/a.ts')).findings).toEqual(['budget: context.budget is missing']);
    expect(judge(['budget'], write('src/a.ts'), { budget: {} }).verdict).toBe('invalid');
  });

  it('let an id pass once, and not for longer than it lasts', () => {
    const verdict = (replay: JsonObject) => judge(['replay'], write('src/a.ts'), { replay });
    expect(verdict({ id: 'a', used: ['b'] }).verdict).toBe('valid');
    expect(verdict({ id: 'a', used: ['b', 'a'] }).findings).toEqual(['replay: it was used already']);
    const aged = (issued_at: number) => verdict({ id: 'a', used: [], issued_at, max_age_seconds: 60 });
    expect(aged(NOW - 60_000).verdict).toBe('valid');
    expect(aged(NOW - 60_001).findings).toEqual(['replay: it was issued 60 s ago; at most 60']);
    expect(aged(NOW + 1).findings).toEqual(['replay: it was issued in the future']);
    for (const bad of [{ used: [] }, { id: 'a' }, { id: 'a', used: [1] }, { id: 'a', used: [], issued_at: 1 }]) {
      expect(verdict(bad).verdict).toBe('invalid');
    }
    expect(judge(['replay'], write('src/a.ts')).findings).toEqual(['replay: context.replay is missing']);
  });
});

describe('validators with built-in checks', () => {
  const setOf = (...validates: BuiltInChecks['all'][]) =>
    new ByzantineValidator({
      validators: validates.map((validate, i) => ({ id: `v${i}`, validate })),
      f: 1,
      mode: 'deterministic',
    });

  it('all run the same ones: what a single one looks for, the others would outvote', () => {
    expect(() => setOf(checks.all, checks.all, checks.every('secrets'))).toThrow(
      /what only one looks for, the others outvote/,
    );
    expect(() =>
      setOf(checks.every('policy', 'secrets'), open().every('secrets', 'policy'), checks.every('policy', 'secrets')),
    ).not.toThrow();
  });

  it('find together what each finds, and a program finds it too', async () => {
    const { publicKey, privateKey } = newKeyPair();
    const keyFile = folder.write('key.pem', privateKey);
    const file = folder.write(
      'validator.mjs',
      `import { readFileSync } from 'node:fs';
       import { answerValidation, BuiltInChecks } from ${JSON.stringify(fileURLToPath(new URL('../../src/index.ts', import.meta.url)))};
       const checks = BuiltInChecks.fromFile(${JSON.stringify(join(folder.configDir, 'governance.toml'))}, { workspace: ${JSON.stringify(folder.root)}, env: {} });
       await answerValidation(checks.all, { privateKey: readFileSync(${JSON.stringify(keyFile)}, 'utf8') });`,
    );
    const validator = new ByzantineValidator({
      validators: [
        { id: 'program', command: [process.execPath, file], publicKey },
        { id: 'here', validate: checks.all },
        { id: 'lies', validate: () => ({ verdict: 'valid' }) },
      ],
      f: 1,
      mode: 'deterministic',
      timeoutMs: 120_000,
    });
    const { operation, context } = checks.question(write('lib/b.ts'), FACTS);
    const result = await validator.validateOperation(operation, context);
    expect(result.verdict).toBe('invalid');
    expect(result.certificate!.votes.map((vote) => vote.validator).sort()).toEqual(['here', 'program']);
    const subject = { epoch: 1, operation, context };
    const { validatorSet, threshold } = validator;
    const holds = (about: object) =>
      ByzantineValidator.isCertificate(result.certificate!, validatorSet, threshold, about);
    expect(holds(subject)).toBe(true);
    for (const other of [{ epoch: 2 }, { operation: { name: 'read_file' } }, { context: null }]) {
      expect(holds({ ...subject, ...other })).toBe(false);
    }
  });
});
