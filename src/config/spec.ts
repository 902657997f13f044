import type { Json, JsonObject } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';

/** Collects what is wrong while a document is read against its specification; paths are those of the TOML. */
export interface Report {
  error(path: string, message: string, hint?: string): void;
  /** a key that is set, whose machinery comes later */
  notYet(path: string, message: string): void;
}

/**
 * What one key of the configuration may hold: reads a parsed TOML value into its typed form, knows its default, and
 * describes itself. One declaration serves validation, defaults, editors' JSON Schema and the reference page.
 */
export interface Spec<T> {
  readonly doc: string;
  /** set where the key is accepted but its machinery comes with a later version */
  readonly later?: string;
  read(value: unknown, path: string, report: Report): T;
  /** the value of a key that no file sets */
  absent(): T;
  schema(): JsonObject;
  /** for a person: `0.0 to 1.0` */
  readonly accepts: string;
  /** keys of a table */
  readonly members?: ReadonlyMap<string, Spec<unknown>>;
  /** what each member of a list, or of a table with names of the user's own, holds */
  readonly item?: Spec<unknown>;
  readonly kind?: 'list' | 'record';
}

type Options<T> = { readonly default: T; readonly later?: string };

function scalar<T>(
  doc: string,
  options: Options<T>,
  accepts: string,
  schema: JsonObject,
  check: (value: unknown) => string | undefined,
): Spec<T> {
  return {
    doc,
    accepts,
    ...(options.later === undefined ? {} : { later: options.later }),
    absent: () => options.default,
    schema: () => ({
      description: doc,
      ...schema,
      ...(options.default === undefined ? {} : { default: options.default as Json }),
    }),
    read(value, path, report) {
      const wrong = check(value);
      if (wrong === undefined) return value as T;
      report.error(path, `expected ${accepts}, found ${wrong}`);
      return options.default;
    },
  };
}

/** What was found instead, for a message: kind and value, bounded. */
export function found(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return 'a table';
}

export function boolean(doc: string, options: Options<boolean>): Spec<boolean> {
  return scalar(doc, options, 'true or false', { type: 'boolean' }, (v) =>
    typeof v === 'boolean' ? undefined : found(v),
  );
}

export function integer(doc: string, options: Options<number> & { min: number; max: number }): Spec<number> {
  const { min, max } = options;
  return scalar(
    doc,
    options,
    `a whole number from ${min} to ${max}`,
    { type: 'integer', minimum: min, maximum: max },
    (v) => (typeof v === 'number' && Number.isInteger(v) && v >= min && v <= max ? undefined : found(v)),
  );
}

export function number(doc: string, options: Options<number> & { min: number; max: number }): Spec<number> {
  const { min, max } = options;
  return scalar(doc, options, `a number from ${min} to ${max}`, { type: 'number', minimum: min, maximum: max }, (v) =>
    typeof v === 'number' && v >= min && v <= max ? undefined : found(v),
  );
}

export function text(doc: string, options: Options<string> & { nonEmpty?: boolean }): Spec<string> {
  const accepts = options.nonEmpty ? 'a text that is not empty' : 'a text';
  return scalar(doc, options, accepts, { type: 'string' }, (v) =>
    typeof v === 'string' && !(options.nonEmpty && v === '') ? undefined : found(v),
  );
}

/** A text that may be left out; `${NAME}` in it stands for an environment variable. */
export function optionalText(doc: string, options: { later?: string } = {}): Spec<string | undefined> {
  return scalar<string | undefined>(doc, { default: undefined, ...options }, 'a text', { type: 'string' }, (v) =>
    typeof v === 'string' ? undefined : found(v),
  );
}

export function oneOf<const T extends string>(doc: string, values: readonly T[], options: Options<T>): Spec<T> {
  const accepts = `one of ${values.map((v) => JSON.stringify(v)).join(', ')}`;
  const base = scalar(doc, options, accepts, { type: 'string', enum: [...values] }, (v) =>
    (values as readonly unknown[]).includes(v) ? undefined : found(v),
  );
  return {
    ...base,
    read(value, path, report) {
      const near =
        typeof value === 'string' && !(values as readonly string[]).includes(value)
          ? nearest(value, values)
          : undefined;
      if (near === undefined) return base.read(value, path, report);
      report.error(path, `expected ${accepts}, found ${found(value)}`, `did you mean ${JSON.stringify(near)}?`);
      return options.default;
    },
  };
}

/** A list; `absent` tells an absent list from an empty one where that matters. */
export function list<T, A = readonly T[]>(
  doc: string,
  item: Spec<T>,
  options: { absent: () => A; later?: string },
): Spec<readonly T[] | A> {
  return {
    doc,
    accepts: `a list, each ${item.accepts}`,
    item: item as Spec<unknown>,
    kind: 'list',
    ...(options.later === undefined ? {} : { later: options.later }),
    absent: options.absent,
    schema: () => ({ description: doc, type: 'array', items: item.schema() }),
    read(value, path, report) {
      if (!Array.isArray(value)) {
        report.error(path, `expected a list, found ${found(value)}`);
        return options.absent();
      }
      return value.map((one, index) => item.read(one, `${path}[${index}]`, report));
    },
  };
}

/** A table whose keys the user chooses. */
export function record<T>(
  doc: string,
  member: Spec<T>,
  options: { later?: string; keys?: RegExp; keysAre?: string } = {},
): Spec<Readonly<Record<string, T>>> {
  return {
    doc,
    accepts: `a table, each value ${member.accepts}`,
    item: member as Spec<unknown>,
    kind: 'record',
    ...(options.later === undefined ? {} : { later: options.later }),
    absent: () => ({}),
    schema: () => ({ description: doc, type: 'object', additionalProperties: member.schema() }),
    read(value, path, report) {
      if (!isTable(value)) {
        report.error(path, `expected a table, found ${found(value)}`);
        return {};
      }
      const result: Record<string, T> = Object.create(null) as Record<string, T>;
      for (const [key, one] of Object.entries(value)) {
        const here = join(path, key);
        if (options.keys && !options.keys.test(key))
          report.error(here, `${JSON.stringify(key)} is no ${options.keysAre ?? 'name'}`);
        if (member.later) report.notYet(here, member.later);
        result[key] = member.read(one, here, report);
      }
      return result;
    },
  };
}

type Members<T> = { readonly [K in keyof T]: Spec<T[K]> };

/** A table of known keys; `camelCase` properties are `snake_case` keys unless `names` says otherwise. */
export function table<T extends object>(
  doc: string,
  members: Members<T>,
  names: Partial<Record<keyof T, string>> = {},
  later?: string,
): Spec<T> {
  const byKey = new Map<string, { property: keyof T & string; spec: Spec<unknown> }>();
  for (const property of Object.keys(members) as (keyof T & string)[]) {
    byKey.set(names[property] ?? snakeCase(property), { property, spec: members[property] as Spec<unknown> });
  }
  const absent = (): T => {
    const result: Partial<T> = {};
    for (const { property, spec } of byKey.values()) result[property] = spec.absent() as T[typeof property];
    return result as T;
  };
  return {
    doc,
    accepts: 'a table',
    ...(later === undefined ? {} : { later }),
    absent,
    members: new Map([...byKey].map(([key, { spec }]) => [key, spec])),
    schema: () => ({
      description: doc,
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries([...byKey].map(([key, { spec }]) => [key, spec.schema()])),
    }),
    read(value, path, report) {
      if (!isTable(value)) {
        report.error(path, `expected a table, found ${found(value)}`);
        return absent();
      }
      const result = absent();
      for (const [key, one] of Object.entries(value)) {
        const member = byKey.get(key);
        const here = join(path, key);
        if (!member) {
          const near = nearest(key, byKey.keys());
          report.error(
            here,
            `unknown key ${JSON.stringify(key)}`,
            near ? `did you mean ${near}?` : `known here: ${[...byKey.keys()].join(', ')}`,
          );
          continue;
        }
        const before = member.spec.later;
        if (before) report.notYet(here, before);
        result[member.property] = member.spec.read(one, here, report) as T[typeof member.property];
      }
      return result;
    },
  };
}

/** A table that may be left out: `undefined` then, rather than its defaults. */
export function optionalTable<T extends object>(spec: Spec<T>): Spec<T | undefined> {
  return { ...spec, absent: () => undefined, read: (value, path, report) => spec.read(value, path, report) };
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Path of a member: bare where TOML allows it bare, quoted otherwise. */
export function join(path: string, key: string): string {
  const shown = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? shown : `${path}.${shown}`;
}
