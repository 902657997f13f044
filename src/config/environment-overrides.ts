import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';
import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';
import type { ConfigFile, Environment } from './types.ts';

export interface EnvironmentOverride {
  readonly variable: string;
  /** `policies.enforcement_mode` */
  readonly path: string;
  readonly value: Json;
}

const PREFIX = /^GGEN_(POLICIES|APPROVALS|AUDIT)__/;

/**
 * Single settings from variables such as GGEN_POLICIES__ENFORCEMENT_MODE=strict: two underscores stand for a dot.
 * CONFIG_INVALID for a variable of that form that names no setting: a misspelt one must not be passed over.
 */
export function environmentOverrides(env: Environment): EnvironmentOverride[] {
  const known = scalarPaths();
  return Object.entries(env)
    .filter(([name, value]) => PREFIX.test(name) && value !== undefined)
    .map(([variable, value]) => {
      const path = known.get(variable);
      if (path === undefined) {
        const near = nearest(variable, known.keys());
        throw new GgenError(
          'CONFIG_INVALID',
          `${variable} names no setting`,
          near ? { hint: `did you mean ${near}?` } : {},
        );
      }
      return { variable, path, value: typedValue(value!) };
    });
}

function typedValue(text: string): Json {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Every single-valued setting by the name of its variable. */
function scalarPaths(): Map<string, string> {
  const paths = new Map<string, string>();
  const walk = (spec: Spec<unknown>, path: readonly string[]): void => {
    if (spec.members) for (const [key, member] of spec.members) walk(member, [...path, key]);
    else if (['boolean', 'integer', 'number', 'string'].includes(String(spec.schema().type))) {
      paths.set(`GGEN_${path.map((key) => key.toUpperCase().replaceAll('-', '_')).join('__')}`, path.join('.'));
    }
  };
  walk(ROOT as Spec<unknown>, []);
  return paths;
}

/** The files with the single settings on top: as a further file, so that a bad value is an error like any other. */
export function withOverrides(files: readonly ConfigFile[], overrides: readonly EnvironmentOverride[]): ConfigFile[] {
  const text = overrides.map(({ path, value }) => `${path} = ${JSON.stringify(value)}`).join('\n');
  return overrides.length ? [...files, { name: '(environment)', text, overrides: true }] : [...files];
}
