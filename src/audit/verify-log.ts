import { isGgenError } from '../kernel/errors.ts';
import type { RandomBytes } from '../kernel/ports.ts';
import { ACTOR_TYPES } from '../model/actor.ts';
import { EVENT_TYPES, OPERATION_RESULTS } from '../model/audit-entry.ts';
import { canonicalEntry } from './canonical-entry.ts';
import { erasureIn, saidErasedBefore } from './erasure-said.ts';
import type { AuditStore, StoredEntry, Witness } from './ports.ts';
import {
  type Checkpoint,
  EMPTY_FRONTIER,
  entryLeaf,
  extendFrontier,
  type Frontier,
  joinHashes,
  type NoteVerifier,
  openCheckpoint,
  rootOf,
  SALT_BYTES,
  sameHash,
  TILE_WIDTH,
  tileWidth,
} from './proof/index.ts';
import { createDerivedCheck } from './verify-derived.ts';
import type { Report } from './verify-report.ts';
import { compareUpperTiles, followTree, reportMissing } from './verify-tree.ts';
import { askWitnesses } from './verify-witnesses.ts';

/** One thing that doesn't hold, in a sentence. */
export interface LogProblem {
  readonly message: string;
  /** the entry it is about, where it is about one */
  readonly seq?: number;
}

export interface LogVerification {
  readonly ok: boolean;
  readonly origin: string;
  /** entries the signed checkpoint speaks of */
  readonly size: number;
  /** entries that were read and hashed anew */
  readonly replayed: number;
  /** entries whose content retention erased; their leaves were checked */
  readonly erased: number;
  /** checkpoints of witnesses that were compared */
  readonly witnessed: number;
  /** witnesses that have seen nothing of this log: nothing shows by them */
  readonly silent: readonly string[];
  /** at most 100; `more` counts the rest */
  readonly problems: readonly LogProblem[];
  readonly more: number;
}

export interface VerifyOptions {
  /** weighs what is compared by sums, so that nobody makes two sums equal */
  readonly random: RandomBytes;
  /** the keys that are trusted to sign this log */
  readonly keys: readonly NoteVerifier[];
  readonly witnesses: readonly Witness[];
  /** a checkpoint that is trusted already, as a note: what it covers is not hashed anew */
  readonly from?: string;
  readonly onProgress?: (done: number, size: number) => void;
}

type Source = Pick<AuditStore, 'head' | 'replay' | 'tile' | 'query' | 'derived' | 'countedLength' | 'selfCheck'>;

const MAX_PROBLEMS = 100;
/** Progress is told about every so many entries. */
const PROGRESS = 65_536;

/**
 * Reads the whole log and holds it against what was signed: every entry is hashed anew and compared with its leaf, the
 * tree is built again from the entries, and compared with the tiles, with the signed checkpoint, and with every
 * checkpoint that a witness has seen. An edit, a deletion, a change of order, a cut, a rolled-back store and a log
 * that was rewritten with a tree of its own: each makes it fail and is named.
 */
export async function verifyLog(source: Source, options: VerifyOptions): Promise<LogVerification> {
  const found: LogProblem[] = [];
  let more = 0;
  const report = (message: string, seq?: number): void => {
    if (found.length < MAX_PROBLEMS) found.push(seq === undefined ? { message } : { message, seq });
    else more += 1;
  };
  const head = await source.head();
  const expected = openHead(head, options.keys, report);
  const { seen, silent } = askWitnesses(head.origin, head.size, options, report);
  const start = await trustedStart(source, head.size, options, report);

  const tree = followTree(source, head.size, start, seen, report);
  let replayed = 0;
  let erasedSaid = 0;
  let whole = await tree.takeTo(head.erasedTo);
  const erasedBefore = head.erasedTo > 0 ? await saidErasedBefore(source, report) : 0;
  let erasedHour = 0;
  const derived = createDerivedCheck(source, options.random, tree.size() + 1, erasedBefore);
  reading: for await (const entries of source.replay(tree.size())) {
    for (const entry of entries) {
      const next = tree.size() + 1;
      if (entry.seq < next) {
        report(`entry ${entry.seq} stands where it must not: erased, or there twice`, entry.seq);
        continue;
      }
      if (entry.seq > head.size) break reading;
      if (entry.seq > next) {
        reportMissing(next, entry.seq - 1, report);
        whole = await tree.takeTo(entry.seq - 1);
        if (!whole) break reading;
      }
      const erasure = erasureIn(entry);
      erasedSaid = Math.max(erasedSaid, erasure?.to ?? 0);
      erasedHour = Math.max(erasedHour, erasure?.beforeHour ?? 0);
      replayed += 1;
      derived.see(entry);
      const canonical = canonicalEntry(entry.texts);
      // THREAT: what is hashed is salt and text together: with a longer salt, another text would read as the entry.
      if (entry.salt.length !== SALT_BYTES || !isWellMade(entry.texts, canonical)) {
        report(`entry ${next} is not written as entries are: it was changed`, next);
      }
      const leaf = entryLeaf(canonical, entry.salt);
      // Only at the beginning of a tile is there something to wait for.
      if (!tree.add(leaf)) await tree.load(leaf);
      if (tree.size() % PROGRESS === 0) options.onProgress?.(tree.size(), head.size);
    }
  }
  if (whole && tree.size() < head.size) {
    reportMissing(tree.size() + 1, head.size, report);
    whole = await tree.takeTo(head.size);
  }
  if (whole && expected && !sameHash(tree.root(), expected.root)) {
    report('the tree of the log is not the one that was signed: entries were changed and their leaves with them');
  }
  if (whole && !sameHash(head.frontier, joinHashes(tree.edge().roots))) {
    report('the right edge of the tree, on which the next entries are built, is not what its entries make');
  }
  if (whole && start.size === 0) await compareUpperTiles(source, tree.tileRoots, report);
  // What a trusted checkpoint covers was checked then; what is erased beyond it is told of beyond it.
  if (head.erasedTo > Math.max(erasedSaid, start.size)) {
    report(`entries 1 to ${head.erasedTo} are erased, and no entry of the log says that retention did so`);
  }
  for (const message of await source.selfCheck()) report(message);
  // Where entries don't hold, what was worked out from them is no news.
  if (start.size === 0 && found.length === 0) {
    if (head.erasedTo > 0 && erasedHour !== erasedBefore)
      report('questions about what was erased do not find what the log has of it: they answer wrongly');
    else await derived.compare(report);
  }
  return {
    ok: found.length === 0,
    origin: head.origin,
    size: head.size,
    replayed,
    erased: head.erasedTo,
    witnessed: seen.length,
    silent,
    problems: found,
    more,
  };
}

function openHead(
  head: { readonly origin: string; readonly size: number; readonly checkpoint: string | undefined },
  keys: readonly NoteVerifier[],
  report: Report,
): Checkpoint | undefined {
  if (head.checkpoint === undefined) {
    if (head.size > 0) report('the log has entries and no signed checkpoint');
    return undefined;
  }
  try {
    const { checkpoint } = openCheckpoint(head.checkpoint, keys);
    if (checkpoint.origin !== head.origin) report(`the checkpoint is of another log, ${checkpoint.origin}`);
    if (checkpoint.size !== head.size) {
      report(`the log says that it has ${head.size} entries, its signed checkpoint ${checkpoint.size}`);
    }
    return checkpoint;
  } catch (error) {
    if (!isGgenError(error)) throw error;
    report(error.message);
    return undefined;
  }
}

/** The right edge of the tree where replaying begins: empty, or a trusted checkpoint's, checked against its root. */
async function trustedStart(source: Source, size: number, options: VerifyOptions, report: Report): Promise<Frontier> {
  if (options.from === undefined) return EMPTY_FRONTIER;
  const { checkpoint } = openCheckpoint(options.from, options.keys);
  if (checkpoint.size > size) {
    report(`the trusted checkpoint has ${checkpoint.size} entries, the log ${size}: it was cut`);
    return EMPTY_FRONTIER;
  }
  // Only whole tiles: the leaves of the last one are compared with its entries again.
  const whole = checkpoint.size - (checkpoint.size % TILE_WIDTH);
  let start: Frontier = EMPTY_FRONTIER;
  let frontier: Frontier = EMPTY_FRONTIER;
  for (let index = 0; frontier.size < checkpoint.size; index += 1) {
    const leaves = await source.tile(0, index, tileWidth(0, index, checkpoint.size));
    if (leaves.length === 0) break;
    frontier = extendFrontier(frontier, leaves);
    if (frontier.size === whole) start = frontier;
  }
  if (frontier.size === checkpoint.size && sameHash(rootOf(frontier), checkpoint.root)) return start;
  report(
    `the tree does not begin with that of the trusted checkpoint (${checkpoint.size} entries): the log was rewritten`,
  );
  return EMPTY_FRONTIER;
}

/**
 * THREAT: what is hashed is put together from texts. Where each of them is a whole of its own, no other texts give the
 * same whole: a JSON value ends where it ends.
 */
function isWellMade(
  { actorType, eventType, result, metadata, parameters }: StoredEntry['texts'],
  canonical: string,
): boolean {
  if (!ACTOR_TYPES.includes(actorType) || !EVENT_TYPES.includes(eventType) || !OPERATION_RESULTS.includes(result)) {
    return false;
  }
  // What stands between the texts stands there once: then they can't have been cut elsewhere.
  if (SEAMS.every((seam) => canonical.indexOf(seam) === canonical.lastIndexOf(seam))) return true;
  try {
    JSON.parse(metadata);
    if (parameters !== null) JSON.parse(parameters);
    return true;
  } catch {
    return false;
  }
}

const SEAMS = ['"metadata":', ',"operation":{"name":', '},"result":"'];
