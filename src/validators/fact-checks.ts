import { type Check, countOf, given, objectOf, textOf, wrong } from './check-input.ts';

/** `context.budget`: `[{name, used, adds, limit}]`. What is used with what this adds stays within every limit. */
export const budgetCheck: Check = ({ facts }) => {
  const objections: string[] = [];
  for (const [i, item] of listOf(facts, 'budget').entries()) {
    const at = `context.budget[${i}]`;
    const entry = objectOf(item, at);
    const name = textOf(entry.name, `${at}.name`);
    const [used, adds, limit] = (['used', 'adds', 'limit'] as const).map((key) => countOf(entry[key], `${at}.${key}`));
    if (!(used! + adds! <= limit!))
      objections.push(`${name}: ${used} are used and this adds ${adds}; at most ${limit}`);
  }
  return { objections };
};

/**
 * `context.replay`: `{id, used, issued_at?, max_age_seconds?}`. The id is none of those used; with a time of issue, it
 * is not older than that, so that used ones can be forgotten, nor from the future.
 */
export const replayCheck: Check = ({ facts, evaluatedAt }) => {
  const replay = objectOf(given(facts, 'replay'), 'context.replay');
  const id = textOf(replay.id, 'context.replay.id');
  const { used } = replay;
  if (!Array.isArray(used) || !used.every((one) => typeof one === 'string')) {
    throw wrong('context.replay.used must be a list of strings');
  }
  const objections = used.includes(id) ? ['it was used already'] : [];
  const { issued_at: issued, max_age_seconds: age } = replay;
  if ((issued === undefined) !== (age === undefined)) {
    throw wrong('context.replay has issued_at and max_age_seconds together, or neither');
  }
  if (issued !== undefined) {
    const since = evaluatedAt - countOf(issued, 'context.replay.issued_at');
    const most = countOf(age, 'context.replay.max_age_seconds');
    if (since > most * 1000) objections.push(`it was issued ${Math.floor(since / 1000)} s ago; at most ${most}`);
    if (since < 0) objections.push('it was issued in the future');
  }
  return { objections };
};

function listOf(facts: Parameters<typeof given>[0], key: string) {
  const list = given(facts, key);
  if (!Array.isArray(list)) throw wrong(`context.${key} must be a list`);
  return list;
}
