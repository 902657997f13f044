import type { Json, JsonObject } from '../kernel/json.ts';
import { nearest, printable } from '../kernel/text.ts';

/** Collects what is wrong while a document is read against its specification; paths are those of the TOML. */
export interface Report {
  error(path: string, message: string, hint?: string): void;
  warning(path: string, message: string, hint?: string): void;
  /** a key that is set, whose machinery comes later */
  notYet(path: string, message: string): void;
  unknownKey(path: string, key: string, known: readonly string[]): void;
  /** an environment variable that `${NAME}` stands for; undefined where it is unset or empty */
  variable(name: string): string | undefined;
  /** a value is off, since the variable it names is not set */
  unset(path: string, name: string): void;
}

/**
 * What one key of the configuration may hold: reads a parsed TOML value into its typed form, knows its default, and
 * describes itself. One declaration serves validation, defaults, editors' JSON Schema, the reference page, updates of
 * single settings and the variables that stand for them.
 */
export interface Spec<T> {
  /** one sentence: what the key does */
  readonly doc: string;
  /** for a person: `a number from 0 to 1` */
  readonly accepts: string;
  readonly kind: 'text' | 'boolean' | 'integer' | 'number' | 'rule' | 'list' | 'record' | 'table';
  /** set where the key is accepted but its machinery comes with a later version: what doesn't happen yet */
  readonly later?: string;
  /** the table around it can't do without */
  readonly required?: boolean;
  /** `${NAME}` in it stands for an environment variable */
  readonly takesVariables?: boolean;
  /** keys of a table */
  readonly members?: ReadonlyMap<string, Spec<unknown>>;
  /** what each member of a list, or of a table with names of the user's own, holds */
  readonly item?: Spec<unknown>;
  /** names that a table of the user's own names takes */
  readonly keys?: RegExp;
  read(value: unknown, path: string, report: Report): T;
  /** the value of a key that no file sets */
  absent(): T;
  schema(): JsonObject;
}

export interface Options<T> {
  readonly default: T;
  readonly later?: string;
  readonly required?: boolean;
}

function scalar<T>(
  kind: Spec<T>['kind'],
  doc: string,
  options: Options<T>,
  accepts: string,
  schema: JsonObject,
  fits: (value: unknown) => boolean,
): Spec<T> {
  return {
    doc,
    accepts,
    kind,
    ...(options.later === undefined ? {} : { later: options.later }),
    ...(options.required ? { required: true } : {}),
    absent: () => options.default,
    schema: () => ({
      description: doc,
      ...schema,
      ...(options.default === undefined || options.required ? {} : { default: options.default as Json }),
    }),
    read(value, path, report) {
      if (fits(value)) return value as T;
      report.error(path, `expected ${accepts}, found ${found(value)}`);
      return options.default;
    },
  };
}

/** What was found instead, for a message: kind and value, bounded. */
export function found(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(printable(value, 60))}`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return 'a table';
}

export function boolean(doc: string, options: Options<boolean>): Spec<boolean> {
  return scalar('boolean', doc, options, 'true or false', { type: 'boolean' }, (v) => typeof v === 'boolean');
}

export function integer(doc: string, options: Options<number> & { min: number; max: number }): Spec<number> {
  const { min, max } = options;
  const schema = { type: 'integer', minimum: min, maximum: max };
  return scalar('integer', doc, options, `a whole number from ${min} to ${max}`, schema, (v) => {
    return typeof v === 'number' && Number.isInteger(v) && v >= min && v <= max;
  });
}

export function number(doc: string, options: Options<number> & { min: number; max: number }): Spec<number> {
  const { min, max } = options;
  const schema = { type: 'number', minimum: min, maximum: max };
  return scalar('number', doc, options, `a number from ${min} to ${max}`, schema, (v) => {
    return typeof v === 'number' && v >= min && v <= max;
  });
}

/** The same where no file need set it. */
export function optional<T>(spec: Spec<T>): Spec<T | undefined> {
  const schema = (): JsonObject => {
    const { default: _, ...rest } = spec.schema();
    return rest;
  };
  return { ...(spec as Spec<T | undefined>), absent: () => undefined, schema };
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export function text(doc: string, options: Options<string> & { nonEmpty?: boolean }): Spec<string> {
  const accepts = options.nonEmpty ? 'a text that is not empty' : 'a text';
  const schema = { type: 'string', ...(options.nonEmpty ? { minLength: 1 } : {}) };
  const base = scalar('text', doc, options, accepts, schema, (v) => {
    return typeof v === 'string' && !(options.nonEmpty && v === '');
  });
  return {
    ...base,
    read(value, path, report) {
      const variable = typeof value === 'string' && value.includes('${') ? value.match(VARIABLE) : null;
      if (variable) report.warning(path, `${variable[0]} is taken as it stands: no variables are filled in here`);
      return base.read(value, path, report);
    },
  };
}

/** A text that may be left out. */
export function optionalText(doc: string, options: { later?: string } = {}): Spec<string | undefined> {
  return scalar<string | undefined>(
    'text',
    doc,
    { default: undefined, ...options },
    'a text',
    { type: 'string' },
    (v) => {
      return typeof v === 'string';
    },
  );
}

/**
 * The same with `${NAME}` filled in from the environment: as if absent where that is unset, after saying so. What comes
 * from there is likely a secret, so no message may repeat it: `check` returns a message about it that doesn't.
 */
export function withVariables<T>(spec: Spec<T>, check?: (value: string) => string | undefined): Spec<T> {
  return {
    ...spec,
    takesVariables: true,
    read(value, path, report) {
      if (typeof value !== 'string') return spec.read(value, path, report);
      const missing: string[] = [];
      const filled = value.replace(VARIABLE, (whole, name: string) => {
        const given = report.variable(name);
        if (given === undefined) missing.push(name);
        return given ?? whole;
      });
      for (const name of new Set(missing)) report.unset(path, name);
      if (missing.length > 0) return spec.absent();
      const wrong = check?.(filled);
      if (wrong === undefined) return filled as T;
      report.error(path, wrong);
      return spec.absent();
    },
  };
}

/** One of the named values. `laterFor` has those that are accepted but whose machinery comes with a later version. */
export function oneOf<const T extends string>(
  doc: string,
  values: readonly T[],
  options: Options<T> & { laterFor?: Partial<Record<T, string>> },
): Spec<T> {
  const accepts = `one of ${values.map((v) => JSON.stringify(v)).join(', ')}`;
  const isOne = (value: unknown): value is T => (values as readonly unknown[]).includes(value);
  return {
    ...scalar('text', doc, options, accepts, { type: 'string', enum: [...values] }, isOne),
    read(value, path, report) {
      if (isOne(value)) {
        const later = options.laterFor?.[value];
        if (later !== undefined) report.notYet(path, later);
        return value;
      }
      const near = typeof value === 'string' ? nearest(value, values) : undefined;
      const hint = near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`;
      report.error(path, `expected ${accepts}, found ${found(value)}`, hint);
      return options.default;
    },
  };
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
