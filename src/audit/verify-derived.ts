import { hash } from 'node:crypto';
import type { RandomBytes } from '../kernel/ports.ts';
import type { AuditStore, CountCell, StoredEntry } from './ports.ts';
import { TILE_WIDTH } from './proof/index.ts';

const HOUR_MS = 3_600_000;
const DIMENSIONS = ['event_type', 'operation', 'actor'] as const;
type Dimension = (typeof DIMENSIONS)[number];

/** From this number on, until the next run, all entries are of this hour (since 1970). */
export interface TimeRun {
  readonly firstSeq: number;
  readonly hour: number;
}

type Source = Pick<AuditStore, 'derived' | 'replay' | 'countedLength'>;
type Report = (message: string) => void;

/**
 * What a store works out beside the entries, worked out again: the counts by hour, and the index by time. Whoever
 * changes only these hides entries from a question, and leaves the tree as it is. Counts are compared by sums that are
 * weighted with a key which nobody else knows, so that memory doesn't grow with what is counted.
 * `erasedBefore`: the hour before which entries may have been erased, whose counts stay; there, counts may be higher.
 */
export function createDerivedCheck(source: Source, random: RandomBytes, firstSeq: number, erasedBefore: number) {
  const key = Buffer.from(random(32)).toString('base64');
  const weigh = (cell: Omit<CountCell, 'recorded'>): bigint => {
    const text = `${key} ${cell.dimension} ${cell.hour} ${cell.result.length} ${cell.result} ${cell.value}`;
    return hash('sha256', text, 'buffer').readBigUInt64LE();
  };
  const sums: Record<Dimension, bigint> = { event_type: 0n, operation: 0n, actor: 0n };
  /** counts of the hours from which something may be erased, and those since the last whole tile */
  const least = new Map<string, number>();
  let leastSince: (readonly [string, number])[] = [];
  const runs: TimeRun[] = [];
  /** of the entries since the last whole tile, by dimension, value and result; all of one hour */
  let fresh = emptyCells();
  /** by the same, weights of cells of this hour */
  let weights = new Map<string, bigint>();
  let hour = Number.NaN;
  let lastSeq = firstSeq - 1;
  let summedTo = firstSeq - 1;
  /** sums up to the last whole tile */
  let whole = { ...sums };

  const fold = (): void => {
    for (const dimension of DIMENSIONS) {
      for (const [value, results] of fresh[dimension]) {
        for (const [result, count] of results) add(dimension, value, result, count);
      }
    }
    fresh = emptyCells();
  };
  const add = (dimension: Dimension, value: string, result: string, count: number): void => {
    const name = `${dimension}\0${value}\0${result}`;
    if (hour < erasedBefore) {
      leastSince.push([`${hour}\0${name}`, count]);
      return;
    }
    let weight = weights.get(name);
    if (weight === undefined) {
      weight = weigh({ dimension, hour, value, result });
      weights.set(name, weight);
    }
    sums[dimension] = sums[dimension] + weight * BigInt(count);
  };

  const shorten = (value: string): string =>
    value.length <= source.countedLength ? value : value.slice(0, source.countedLength).toWellFormed();

  const see = ({ seq, texts }: StoredEntry): void => {
    const its = Math.floor(texts.timestamp / HOUR_MS);
    if (its !== hour) {
      fold();
      hour = its;
      weights = new Map();
      runs.push({ firstSeq: seq, hour });
    }
    count(fresh.event_type, shorten(texts.eventType), texts.result);
    count(fresh.operation, shorten(texts.operation), texts.result);
    count(fresh.actor, shorten(texts.actorId), texts.result);
    lastSeq = seq;
    if (seq % TILE_WIDTH === 0) sumUp();
  };

  /** All that was seen counts from here on. */
  const sumUp = (): void => {
    fold();
    whole = { ...sums };
    for (const [name, count] of leastSince) least.set(name, (least.get(name) ?? 0) + count);
    leastSince = [];
    summedTo = lastSeq;
  };

  const compare = async (report: Report): Promise<void> => {
    const told: Record<string, bigint> = { event_type: 0n, operation: 0n, actor: 0n };
    const old = new Map<string, number>();
    const state = await source.derived((cell) => {
      const { dimension, recorded } = cell;
      if (recorded === 0) return;
      if (cell.hour < erasedBefore) {
        const name = `${cell.hour}\0${dimension}\0${cell.value}\0${cell.result}`;
        old.set(name, recorded);
        return;
      }
      told[dimension] = (told[dimension] ?? 0n) + weigh(cell) * BigInt(recorded);
    });
    // Whatever was recorded meanwhile is read too: nobody who keeps recording keeps this from being compared.
    for await (const entries of source.replay(lastSeq)) {
      for (const entry of entries) if (entry.seq <= state.countedTo) see(entry);
      if ((entries.at(-1)?.seq ?? 0) >= state.countedTo) break;
    }
    if (state.countedTo > summedTo) sumUp();
    for (const dimension of DIMENSIONS) {
      const lower = [...least].some(([name, n]) => name.includes(`\0${dimension}\0`) && (old.get(name) ?? 0) < n);
      if (told[dimension] !== whole[dimension] || lower)
        report(`the counts by ${dimension} are not what the entries make: they were changed`);
    }
    if (Object.keys(told).length > DIMENSIONS.length) report('there are counts of something that is not counted');
    compareRuns(state, report);
  };

  const compareRuns = (state: { readonly size: number; readonly runs: readonly TimeRun[] }, report: Report): void => {
    const stored = state.runs.filter((run) => run.firstSeq <= lastSeq);
    // A run may have begun before the first entry that is left.
    const kept = stored.filter((_, i) => (stored[i + 1]?.firstSeq ?? lastSeq + 1) > firstSeq);
    const same =
      kept.length === runs.length &&
      runs.every(
        (run, i) =>
          run.hour === kept[i]!.hour &&
          (run.firstSeq === kept[i]!.firstSeq || (i === 0 && kept[i]!.firstSeq < firstSeq)),
      );
    if (same && state.runs.every((run) => run.firstSeq <= state.size)) return;
    report('the index by time is not what the entries make: it was changed, and questions about a time answer wrongly');
  };

  return { see, compare };
}

type Cells = Record<Dimension, Map<string, Map<string, number>>>;

function emptyCells(): Cells {
  return { event_type: new Map(), operation: new Map(), actor: new Map() };
}

/** By value and then result: no text is put together for each entry. */
function count(cells: Map<string, Map<string, number>>, value: string, result: string): void {
  let results = cells.get(value);
  if (results === undefined) {
    results = new Map();
    cells.set(value, results);
  }
  results.set(result, (results.get(result) ?? 0) + 1);
}
