import type { Validate, ValidationInput, ValidationVerdict } from '../consensus/index.ts';
import { digestOf } from '../kernel/digest.ts';
import { GgenError, renderError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import { actionToJson } from '../model/action-json.ts';
import type { QualityConfig } from '../model/configuration.ts';
import type { Operation } from '../model/operation.ts';
import type { PolicySet } from '../policy/index.ts';
import { createInspector, type FileSystemPort, type InspectorInput } from '../security/index.ts';
import { actionOf, type Check, type CheckInput, factsOf, given, objectOf, textOf, wrong } from './check-input.ts';
import { budgetCheck, replayCheck } from './fact-checks.ts';
import { rememberSeen, replaySeen } from './files-seen.ts';
import { pathsAndCommandsCheck, secretsCheck } from './finding-checks.ts';
import { policyCheck } from './policy-check.ts';
import { qualityCheck } from './quality-check.ts';
import { nameChecks } from './same-checks.ts';

export const CHECK_NAMES = ['policy', 'secrets', 'paths_and_commands', 'quality', 'budget', 'replay'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export interface CheckParts {
  readonly set: PolicySet;
  readonly quality: QualityConfig;
  /** what the inspector is made of, but for the file system */
  readonly inspection: Omit<InspectorInput, 'files'>;
}

export interface BuiltInChecks {
  /** One validator that runs these checks and objects where any of them does: a pure function of its input. */
  every(names: readonly CheckName[]): Validate;
  /** What validators are asked about an action, with what is seen of the files that it touches. */
  question(action: Action, facts: JsonObject, files: FileSystemPort): { operation: Operation; context: JsonObject };
}

/** The built-in checks under one configuration. */
export function createChecks({ set, quality, inspection }: CheckParts): BuiltInChecks {
  const { workspace, home, protectedPaths, searchPath = [] } = inspection;
  const scene = digestOf('ggen-validation-scene-v1', {
    policy_set: set.digest,
    workspace,
    home,
    protected: { ...protectedPaths } as unknown as Json,
    search_path: searchPath,
  });
  const checks: Readonly<Record<CheckName, Check>> = {
    policy: policyCheck(set),
    secrets: secretsCheck,
    paths_and_commands: pathsAndCommandsCheck,
    quality: qualityCheck(quality),
    budget: budgetCheck,
    replay: replayCheck,
  };
  // Masks only: it looks at no file.
  const { maskSecrets } = createInspector({ ...inspection, files: replaySeen({}) });
  const inputOf = (input: ValidationInput): CheckInput => {
    const facts = factsOf(input);
    if (textOf(given(facts, 'scene'), 'context.scene') !== scene) {
      throw wrong('this validator has other policies, or other folders, than those that were asked about');
    }
    const action = actionOf(input, facts);
    // The inspector keeps what it saw of files: each question gets its own.
    const files = replaySeen(objectOf(given(facts, 'files'), 'context.files'));
    const evidence = createInspector({ ...inspection, files }).inspect(action);
    return { action, evidence, facts, evaluatedAt: input.evaluatedAt };
  };

  const judge = (input: ValidationInput, names: readonly CheckName[]): ValidationVerdict => {
    let taken: CheckInput;
    try {
      taken = inputOf(input);
    } catch (error) {
      return { verdict: 'invalid', findings: [maskSecrets(renderError(error))] };
    }
    const results = names.map((name) => ({ name, ...resultOf(checks[name], taken) }));
    const told = (name: string, texts: readonly string[] = []): string[] =>
      texts.map((text) => maskSecrets(`${name}: ${text}`));
    return {
      verdict: results.every(({ objections }) => objections.length === 0) ? 'valid' : 'invalid',
      findings: [
        ...results.flatMap(({ name, objections }) => told(name, objections)),
        ...results.flatMap(({ name, remarks }) => told(name, remarks)),
      ],
    };
  };

  return {
    every: (names) => {
      const wanted = CHECK_NAMES.filter((name) => names.includes(name));
      const unknown = names.find((name) => !CHECK_NAMES.includes(name));
      if (unknown !== undefined || wanted.length === 0) {
        throw new GgenError('INPUT_INVALID', unknown === undefined ? 'no check is named' : `no check ${unknown}`, {
          hint: `there are ${CHECK_NAMES.join(', ')}`,
        });
      }
      return nameChecks((input) => judge(input, wanted), wanted);
    },
    question: (action, facts, files) => {
      const { port, seen } = rememberSeen(files);
      createInspector({ ...inspection, files: port }).inspect(action);
      const { actionType, parameters } = action;
      return {
        operation: { name: actionType, ...(parameters === undefined ? {} : { parameters }) },
        context: { ...facts, action: actionToJson(action), scene, files: seen() },
      };
    },
  };
}

/** A check that can't decide objects. */
function resultOf(check: Check, input: CheckInput): ReturnType<Check> {
  try {
    return check(input);
  } catch (error) {
    return { objections: [renderError(error)] };
  }
}
