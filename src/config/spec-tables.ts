import type { JsonObject } from '../kernel/json.ts';
import { join } from './key-path.ts';
import { found, isTable, type Report, type Spec } from './spec.ts';

/** A list; `absent` tells an absent list from an empty one where that matters. */
export function list<T, A = readonly T[]>(
  doc: string,
  item: Spec<T>,
  options: { absent: () => A; later?: string },
): Spec<readonly T[] | A> {
  return {
    doc,
    accepts: `a list, each ${item.accepts}`,
    kind: 'list',
    item: item as Spec<unknown>,
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

/** The same list without the members that name an environment variable which is not set: those are off. */
export function withoutUnset<T>(spec: Spec<readonly T[]>): Spec<readonly T[]> {
  const item = spec.item as Spec<T>;
  return {
    ...spec,
    read(value, path, report) {
      if (!Array.isArray(value)) return spec.read(value, path, report);
      return value.flatMap((one, index) => {
        let off = false;
        const unset = (at: string, name: string): void => {
          off = true;
          report.unset(at, name);
        };
        const member = item.read(one, `${path}[${index}]`, { ...report, unset });
        return off ? [] : [member];
      });
    },
  };
}

/** A table whose keys the user chooses; `keys` says which names will do, `known` that there are only these. */
export function record<T>(
  doc: string,
  member: Spec<T>,
  options: { later?: string; keys?: RegExp; keysAre?: string; known?: readonly string[] } = {},
): Spec<Readonly<Record<string, T>>> {
  const { keys, known } = options;
  return {
    doc,
    accepts: `a table, each value ${member.accepts}`,
    kind: 'record',
    item: member as Spec<unknown>,
    ...(options.later === undefined ? {} : { later: options.later }),
    ...(keys === undefined ? {} : { keys }),
    absent: () => ({}),
    schema: () => ({
      description: doc,
      type: 'object',
      ...(known ? { properties: Object.fromEntries(known.map((key) => [key, member.schema()])) } : {}),
      ...(keys ? { patternProperties: { [keys.source]: member.schema() } } : {}),
      additionalProperties: known || keys ? false : member.schema(),
    }),
    read(value, path, report) {
      if (!isTable(value)) {
        report.error(path, `expected a table, found ${found(value)}`);
        return {};
      }
      // THREAT: a table may be called `__proto__`, so the result has no prototype.
      const result: Record<string, T> = Object.create(null) as Record<string, T>;
      for (const [key, one] of Object.entries(value)) {
        const here = join(path, key);
        if (known && !known.includes(key)) report.unknownKey(here, key, known);
        else if (keys && !keys.test(key)) report.error(here, `${JSON.stringify(key)} is no ${options.keysAre}`);
        else {
          if (member.later) report.notYet(here, member.later);
          result[key] = member.read(one, here, report);
        }
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
    kind: 'table',
    absent,
    members: new Map([...byKey].map(([key, { spec }]) => [key, spec])),
    schema: () => tableSchema(doc, byKey),
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
          report.unknownKey(here, key, [...byKey.keys()]);
          continue;
        }
        if (member.spec.later) report.notYet(here, member.spec.later);
        result[member.property] = member.spec.read(one, here, report) as T[typeof member.property];
      }
      for (const [key, { spec }] of byKey) {
        if (spec.required && value[key] === undefined) report.error(path, `${key} is missing`, `it is ${spec.accepts}`);
      }
      return result;
    },
  };
}

function tableSchema(doc: string, byKey: ReadonlyMap<string, { readonly spec: Spec<unknown> }>): JsonObject {
  const required = [...byKey].filter(([, { spec }]) => spec.required).map(([key]) => key);
  return {
    description: doc,
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries([...byKey].map(([key, { spec }]) => [key, spec.schema()])),
  };
}

/** A table that may be left out: `undefined` then, rather than its defaults. */
export function optionalTable<T extends object>(spec: Spec<T>): Spec<T | undefined> {
  return { ...spec, absent: () => undefined, read: (value, path, report: Report) => spec.read(value, path, report) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
