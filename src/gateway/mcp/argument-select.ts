import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';

/** The values that a selector (`path`, `options.url`, `edits[].newText`) names; undefined for each that is missing. */
export function selectValues(args: JsonObject, selector: string): (Json | undefined)[] {
  let values: (Json | undefined)[] = [args];
  for (const step of selector.split('.')) {
    const each = step.endsWith('[]');
    const name = each ? step.slice(0, -2) : step;
    values = values.map((value) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined));
    if (each) values = values.flatMap((value) => (Array.isArray(value) ? (value as Json[]) : [undefined]));
  }
  return values;
}

/** Every string that the selector names, lists opened; undefined where one is missing, is no string, or none is there. */
export function selectStrings(args: JsonObject, selector: string): string[] | undefined {
  const found: string[] = [];
  for (const value of selectValues(args, selector)) {
    for (const item of Array.isArray(value) ? (value as Json[]) : [value]) {
      if (typeof item !== 'string') return undefined;
      found.push(item);
    }
  }
  return found.length > 0 ? found : undefined;
}

/**
 * What the selector names as one text to search and to show: strings as they are, one a line, so that a pattern
 * meets them unescaped; where it isn't made of strings, its canonical JSON. Undefined where the argument is absent.
 */
export function selectContent(args: JsonObject, selector: string): string | undefined {
  const whole = selectValues(args, selector.split(/[.[]/, 1)[0] ?? '')[0];
  if (whole === undefined) return undefined;
  const values = selectValues(args, selector);
  if (values.includes(undefined)) return canonicalJson(whole);
  const strings: string[] = [];
  for (const value of values) collectStrings(value, strings);
  return strings.length > 0 ? strings.join('\n') : canonicalJson(whole);
}

function collectStrings(value: Json | undefined, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const item of value as Json[]) collectStrings(item, into);
  else if (isObject(value)) for (const item of Object.values(value)) collectStrings(item, into);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
