import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';
import { ROOT } from './root.ts';
import { found, type Spec } from './spec.ts';
import type { ConfigFile, Environment } from './types.ts';

export interface EnvironmentOverride {
  readonly variable: string;
  /** `policies.enforcement_mode` */
  readonly path: string;
  readonly value: Json;
}

/** Any table, also one that doesn't exist: a misspelt variable must not be passed over. */
const FORM = /^GGEN_[A-Z0-9]+__/;

/**
 * Single settings from variables such as GGEN_POLICIES__ENFORCEMENT_MODE=strict: two underscores stand for a dot, commas
 * part the members of a list. CONFIG_INVALID for a variable of that form that names no setting, or whose value can't be one.
 */
export function environmentOverrides(env: Environment): EnvironmentOverride[] {
  const settings = settingsByVariable();
  return Object.entries(env)
    .filter(([name, value]) => FORM.test(name) && value !== undefined)
    .map(([variable, value]) => {
      const setting = settings.get(variable) ?? chosenName(variable, settings);
      if (setting !== undefined && setting.spec.kind !== 'record')
        return { variable, path: setting.path, value: typedValue(variable, value!, setting.spec) };
      const near = nearest(variable, settings.keys());
      const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
      throw new GgenError('CONFIG_INVALID', `${variable} names no setting`, hint);
    });
}

/**
 * The files with the single settings on top, each as a file called after its variable, so that a bad value is an error
 * like any other.
 */
export function withOverrides(files: readonly ConfigFile[], overrides: readonly EnvironmentOverride[]): ConfigFile[] {
  return [
    ...files,
    ...overrides.map(({ variable, path, value }) => ({
      name: variable,
      text: `${path} = ${tomlValue(value)}`,
      overrides: true,
    })),
  ];
}

interface Setting {
  readonly path: string;
  readonly spec: Spec<unknown>;
}

/** Every setting by the name of its variable, and the tables of names that the user chooses. */
function settingsByVariable(): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const walk = (spec: Spec<unknown>, path: readonly string[]): void => {
    if (spec.members) for (const [key, member] of spec.members) walk(member, [...path, key]);
    // Lists of tables and tables of tables belong into files.
    else if (spec.item?.members === undefined) settings.set(variableOf(path), { path: path.join('.'), spec });
  };
  walk(ROOT as Spec<unknown>, []);
  return settings;
}

function variableOf(path: readonly string[]): string {
  return `GGEN_${path.map((key) => key.toUpperCase().replaceAll('-', '_')).join('__')}`;
}

/** `GGEN_POLICIES__RESOURCE__RATE_LIMITS__OPENAI_REQUESTS_PER_MINUTE`: a name in lower case under a table that takes such. */
function chosenName(variable: string, settings: ReadonlyMap<string, Setting>): Setting | undefined {
  const cut = variable.lastIndexOf('__');
  const table = settings.get(variable.slice(0, cut));
  const key = variable.slice(cut + 2).toLowerCase();
  if (table?.spec.keys?.test(key) !== true || table.spec.item === undefined) return undefined;
  return { path: `${table.path}.${key}`, spec: table.spec.item };
}

function typedValue(variable: string, text: string, spec: Spec<unknown>): Json {
  if (!text.isWellFormed()) throw new GgenError('CONFIG_INVALID', `${variable} is not well-formed Unicode`);
  // The value may be a secret: the digest names the variable instead.
  if (spec.takesVariables) return `\${${variable}}`;
  const wrong = (): never => {
    throw new GgenError('CONFIG_INVALID', `${variable}: expected ${spec.accepts}, found ${found(text)}`);
  };
  switch (spec.kind) {
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : wrong();
    case 'integer':
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : wrong();
    case 'list':
      return text.trim() === '' ? [] : text.split(',').map((one) => one.trim());
    default:
      return text;
  }
}

/** JSON's strings are TOML's, but for DEL, which TOML wants escaped. */
function tomlValue(value: Json): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
