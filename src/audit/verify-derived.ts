import type { AuditStore, StatGroup, StoredEntry } from './ports.ts';

const HOUR_MS = 3_600_000;
/** Longer values may be cut where they are counted. */
const MAX_VALUE = 500;
const GROUPS = ['event_type', 'operation', 'actor', 'hour'] as const satisfies readonly StatGroup[];
type Group = (typeof GROUPS)[number];

/** From this number on, until the next run, all entries are of this hour (since 1970). */
export interface TimeRun {
  readonly firstSeq: number;
  readonly hour: number;
}

type Source = Pick<AuditStore, 'head' | 'stats' | 'timeRuns'>;

/**
 * What a store works out beside the entries, worked out again: the counts by hour, and the index by time. Whoever
 * changes only these hides entries from a question, and leaves the tree as it is.
 */
export function createDerivedCheck(firstSeq: number): {
  see(entry: StoredEntry): void;
  compare(source: Source, size: number, erasedTo: number, report: (message: string) => void): Promise<void>;
} {
  /** by value and then result: no text is put together for each entry */
  const counts: Record<Group, Map<string | number, Map<string, number>>> = {
    event_type: new Map(),
    operation: new Map(),
    actor: new Map(),
    hour: new Map(),
  };
  const runs: TimeRun[] = [];
  let ofHour: Map<string, number> = new Map();
  const resultsOf = (group: Group, value: string | number): Map<string, number> => {
    let results = counts[group].get(value);
    if (results === undefined) {
      results = new Map();
      counts[group].set(value, results);
    }
    return results;
  };
  const count = (results: Map<string, number>, result: string): void => {
    results.set(result, (results.get(result) ?? 0) + 1);
  };

  return {
    see: ({ seq, texts }) => {
      const hour = Math.floor(texts.timestamp / HOUR_MS);
      if (runs.at(-1)?.hour !== hour) {
        runs.push({ firstSeq: seq, hour });
        ofHour = resultsOf('hour', hour);
      }
      count(ofHour, texts.result);
      count(resultsOf('event_type', texts.eventType), texts.result);
      count(resultsOf('operation', texts.operation), texts.result);
      count(resultsOf('actor', texts.actorId), texts.result);
    },
    compare: async (source, size, erasedTo, report) => {
      const stored = (await source.timeRuns()).filter((run) => run.firstSeq <= size);
      // A run may have begun before the first entry that is left.
      const kept = stored.filter((_, i) => (stored[i + 1]?.firstSeq ?? size + 1) > firstSeq);
      const same =
        kept.length === runs.length &&
        runs.every(
          (run, i) =>
            run.hour === kept[i]!.hour &&
            (run.firstSeq === kept[i]!.firstSeq || (i === 0 && kept[i]!.firstSeq < firstSeq)),
        );
      if (!same)
        report(
          'the index by time is not what the entries make: it was changed, and questions about a time answer wrongly',
        );
      const answers = await Promise.all(GROUPS.map((groupBy) => source.stats({ groupBy })));
      // Whatever was recorded meanwhile is counted, and was not read.
      if ((await source.head()).size !== size) return;
      GROUPS.forEach((group, i) => {
        const told = new Map<string, number>();
        for (const { key, results } of answers[i]!) {
          const value = group === 'hour' ? Date.parse(`${key}:00:00.000Z`) / HOUR_MS : key;
          for (const [result, number] of Object.entries(results)) told.set(`${value}\0${result}`, number);
        }
        const counted = new Map<string, number>();
        for (const [value, results] of counts[group]) {
          for (const [result, number] of results) counted.set(`${value}\0${result}`, number);
        }
        const differs = [...new Set([...told.keys(), ...counted.keys()])].filter((key) => {
          if (key.indexOf('\0') >= MAX_VALUE) return false;
          const [is, must] = [told.get(key) ?? 0, counted.get(key) ?? 0];
          // What was erased is still counted.
          return erasedTo > 0 ? is < must : is !== must;
        });
        if (differs.length > 0) report(`the counts by ${group} are not what the entries make: they were changed`);
      });
    },
  };
}
