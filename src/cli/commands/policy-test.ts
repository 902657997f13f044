import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { displayPath, readConfigFile } from '../../compose/index.ts';
import { parseTomlTable } from '../../config/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type PolicyTest, parsePolicyTests, runPolicyTests } from '../../policy/index.ts';
import { type Command, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp policy test`: the `[[test]]` cases kept beside the policy, and which rules no case touches. */
export const policyTest: Command = {
  name: 'policy test',
  usage: 'policy test [FILE…] [--coverage] [--json]',
  summary: 'run the [[test]] cases beside the policy, with coverage of rules',
  details: 'Without FILE: every *.test.toml in the configuration folder.',
  options: {
    coverage: { type: 'boolean', about: 'name the rules that no test touches' },
    json: { type: 'boolean', about: 'results and coverage as JSON' },
  },
  exits: '0 all pass, 1 one fails, 2 the tests or the configuration can not be used',
  positionals: ['file…'],
  async run(context) {
    const { set, inspector } = loadPolicies(context);
    const tests = findFiles(context.positionals, context.configDir).flatMap((path) => {
      const toml = parseTomlTable(readConfigFile(path));
      return parsePolicyTests(toml.value, toml.locate);
    });
    const { results, coverage } = runPolicyTests(set, tests, (action) => inspector.inspect(action));
    const failed = results.filter((result) => !result.passed);
    const hit = coverage.filter((rule) => rule.hit).length;
    if (context.values.json) {
      const rows = results.map(({ test, passed, outcome, rules }) => ({
        name: test.name,
        passed,
        outcome,
        rules,
        ...test.position,
      }));
      context.print(
        JSON.stringify({ passed: results.length - failed.length, failed: failed.length, results: rows, coverage }),
      );
      return failed.length ? EXIT.no : EXIT.ok;
    }
    for (const { test, outcome, rules } of failed)
      context.print(`FAILED ${where(test)}: ${explain(test, outcome, rules)}`);
    context.print(
      `${results.length - failed.length} passed, ${failed.length} failed; ${hit} of ${coverage.length} rules covered`,
    );
    if (context.values.coverage)
      for (const { rule } of coverage.filter((one) => !one.hit)) context.print(`  no test touches ${rule}`);
    return failed.length ? EXIT.no : EXIT.ok;
  },
};

function where({ position, name }: PolicyTest): string {
  return `${position.file}:${position.line}: ${name}`;
}

function explain(test: PolicyTest, outcome: string, rules: readonly string[]): string {
  if (outcome !== test.expect) return `expected ${test.expect}, decided ${outcome} by ${rules.join(', ') || 'no rule'}`;
  return `${outcome} as expected, but by ${rules.join(', ') || 'no rule'} instead of ${test.rule}`;
}

function findFiles(named: readonly string[], configDir: string): string[] {
  const files = named.length ? named.map((file) => resolve(file)) : testFilesIn(configDir);
  for (const file of files) {
    if (!existsSync(file)) throw new GgenError('NOT_FOUND', `no file ${displayPath(file)}`);
    if (!statSync(file).isFile())
      throw new GgenError('USAGE', `${displayPath(file)} is no file`, {
        hint: 'name the *.test.toml files themselves',
      });
  }
  if (files.length) return files;
  throw new GgenError('NOT_FOUND', `no *.test.toml in ${displayPath(configDir)}`, {
    hint: 'write [[test]] tables there, or name a file',
  });
}

function testFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.toml'))
    .sort()
    .map((name) => join(folder, name));
}
