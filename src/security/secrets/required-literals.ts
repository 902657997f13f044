import type { PatternNode } from '../../kernel/re2-syntax.ts';

const MAX_STRINGS = 32;
const MIN_LENGTH = 2;

/** What is known of the texts that a part of a pattern matches, in lower case. */
interface Knowledge {
  /** every text it can match, where these are few */
  readonly exact?: readonly string[];
  /** each match has at least one of these in it */
  readonly required?: readonly string[];
}

/**
 * Literals of which every match of the pattern has at least one, compared on `foldText` of both; undefined where there
 * are none of two characters or more.
 *
 * INVARIANT: a text without any of them has no match. Losing this loses secrets, so every unknown gives up.
 */
export function requiredLiterals(pattern: PatternNode): readonly string[] | undefined {
  const best = strongest(know(pattern));
  return best !== undefined && shortest(best) >= MIN_LENGTH ? best : undefined;
}

/** Text as `requiredLiterals` compares it: without case, the two letters that only fold to ASCII ones included. */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('\u017f') ? lower.replaceAll('\u017f', 's') : lower;
}

function know(node: PatternNode): Knowledge {
  switch (node.kind) {
    case 'assertion':
      return { exact: [''] };
    case 'character':
      return fewCharacters(node.set);
    case 'choice':
      return knowChoice(node.items.map(know));
    case 'sequence':
      return knowSequence(node.items.map(know));
    case 'repeat':
      return knowRepeat(know(node.item), node.min, node.max);
  }
}

function fewCharacters(set: { ranges: readonly (readonly [number, number])[]; negated: boolean }): Knowledge {
  if (set.negated) return {};
  const characters = new Set<string>();
  for (const [low, high] of set.ranges) {
    if (high - low >= 8) return {};
    for (let code = low; code <= high; code += 1) characters.add(String.fromCharCode(code).toLowerCase());
  }
  return characters.size > 0 && characters.size <= 8 ? { exact: [...characters] } : {};
}

function knowChoice(items: readonly Knowledge[]): Knowledge {
  const exact = items.flatMap((item) => item.exact ?? []);
  if (items.every((item) => item.exact !== undefined) && exact.length <= MAX_STRINGS) return { exact: unique(exact) };
  const each = items.map(strongest);
  const required = each.flatMap((strings) => strings ?? []);
  return each.every((strings) => strings !== undefined) && required.length <= MAX_STRINGS * 4
    ? { required: unique(required) }
    : {};
}

function knowSequence(items: readonly Knowledge[]): Knowledge {
  const found: (readonly string[])[] = [];
  let run: readonly string[] = [''];
  let whole = true;
  const close = (): void => {
    if (shortest(run) > 0) found.push(run);
    run = [''];
    whole = false;
  };
  for (const item of items) {
    if (item.exact !== undefined && run.length * item.exact.length <= MAX_STRINGS) {
      const { exact } = item;
      run = unique(run.flatMap((head) => exact.map((tail) => head + tail)));
      continue;
    }
    close();
    if (item.exact !== undefined) run = item.exact;
    else if (item.required !== undefined) found.push(item.required);
  }
  if (whole) return { exact: run };
  close();
  const required = found.reduce<readonly string[] | undefined>(
    (best, next) => (best === undefined || shortest(next) > shortest(best) ? next : best),
    undefined,
  );
  return required === undefined ? {} : { required };
}

function knowRepeat(item: Knowledge, min: number, max: number): Knowledge {
  if (min === 1 && max === 1) return item;
  if (min === 0) {
    return max === 1 && item.exact !== undefined && item.exact.length < MAX_STRINGS
      ? { exact: unique(['', ...item.exact]) }
      : {};
  }
  const required = strongest(item);
  return required === undefined ? {} : { required };
}

function strongest(known: Knowledge): readonly string[] | undefined {
  const { exact, required } = known;
  return exact !== undefined ? (shortest(exact) > 0 ? exact : undefined) : required;
}

function shortest(strings: readonly string[]): number {
  return strings.reduce((least, text) => Math.min(least, text.length), Number.POSITIVE_INFINITY);
}

function unique(strings: readonly string[]): string[] {
  return [...new Set(strings)];
}
