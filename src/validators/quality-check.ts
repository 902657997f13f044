import type { QualityConfig } from '../model/configuration.ts';
import type { Check } from './check-input.ts';

/** What is published must have these measures; elsewhere they don't count. */
const PUBLISHING = /^publish(?:_|$)/;

/**
 * The measures in `action.context.measures` against `[policies.quality]`. Publishing takes `validation_score`, and with
 * them asked for `test_coverage` and `tests`. Sizes (`function_lines`, `file_lines`, `cyclomatic_complexity`,
 * `undocumented`) count wherever they are given, and object to what makes a thing worse, not to what improves it:
 * `file_lines_before` is what it was.
 */
export function qualityCheck({ enabled, codeStandards, ...config }: QualityConfig): Check {
  return ({ action }) => {
    const objections: string[] = [];
    if (!enabled) return { objections };
    const measures = new Map(Object.entries(action.context?.measures ?? {}));

    const atLeast = (name: string, least: number, key: string): void => {
      const value = measures.get(name);
      if (value === undefined) objections.push(`${name} is not measured [policies.quality.${key}]`);
      else if (!(value >= least)) objections.push(`${name} is ${value}; at least ${least} [policies.quality.${key}]`);
    };
    if (PUBLISHING.test(action.actionType)) {
      atLeast('validation_score', config.minValidationScore, 'min_validation_score');
      if (config.requireTests) atLeast('tests', 1, 'require_tests');
      if (config.minTestCoverage > 0) atLeast('test_coverage', config.minTestCoverage, 'min_test_coverage');
    }

    const atMost = (name: string, most: number, key: string): void => {
      const value = measures.get(name);
      const before = measures.get(`${name}_before`);
      if (value === undefined || value <= most || (before !== undefined && value <= before)) return;
      objections.push(`${name} is ${value}; at most ${most} [policies.quality.${key}]`);
    };
    atMost('iterations', config.maxIterations, 'max_iterations');
    atMost('function_lines', codeStandards.maxFunctionLines, 'code_standards.max_function_lines');
    atMost('file_lines', codeStandards.maxFileLines, 'code_standards.max_file_lines');
    atMost('cyclomatic_complexity', codeStandards.maxCyclomaticComplexity, 'code_standards.max_cyclomatic_complexity');
    if (codeStandards.requireDocumentation) atMost('undocumented', 0, 'code_standards.require_documentation');
    return { objections };
  };
}
