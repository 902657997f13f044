import { isGgenError } from '../kernel/errors.ts';
import type { RandomBytes } from '../kernel/ports.ts';
import { ACTOR_TYPES } from '../model/actor.ts';
import { EVENT_TYPES, OPERATION_RESULTS } from '../model/audit-entry.ts';
import { canonicalEntry, entryTexts } from './canonical-entry.ts';
import type { AuditStore, StoredEntry, Witness } from './ports.ts';
import {
  addSubtree,
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
  subtreeRoot,
  TILE_WIDTH,
  type TreeHash,
  tileWidth,
} from './proof/index.ts';
import { createDerivedCheck } from './verify-derived.ts';

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
/** What retention writes before it erases (see retention.ts), and what erasing is called. */
export const ERASE_EVENT = 'audit_erased';
export const ERASE_OPERATION = 'erase_audit_entries';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NO_SALT = new Uint8Array();

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

type Report = (message: string, seq?: number) => void;

/** The tree as it grows leaf by leaf, from the leaves that are kept, each held against its entry where there is one. */
function followTree(source: Source, size: number, start: Frontier, seen: readonly Seen[], report: Report) {
  let base = start;
  /** leaves since the last full tile */
  let tile: TreeHash[] = [];
  let kept: readonly TreeHash[] | undefined;
  const tileRoots: TreeHash[] = [];
  let nextSeen = seen.findIndex(({ checkpoint }) => checkpoint.size >= start.size);

  const edge = (): Frontier => extendFrontier(base, tile);
  const meetWitnesses = (): void => {
    for (
      let one = seen[nextSeen];
      nextSeen >= 0 && one?.checkpoint.size === base.size + tile.length;
      one = seen[nextSeen]
    ) {
      if (!sameHash(rootOf(edge()), one.checkpoint.root)) {
        report(
          `the first ${one.checkpoint.size} entries are not those that ${one.witness} has seen: the log was rewritten`,
        );
      }
      nextSeen += 1;
    }
  };
  /** False where the tile that this leaf stands in must be loaded first. */
  const add = (leaf: TreeHash | undefined): boolean => {
    if (kept === undefined) return false;
    const stored = kept[tile.length];
    const seq = base.size + tile.length + 1;
    if (stored === undefined) report(`the leaf of entry ${seq} is missing from the tree`, seq);
    else if (leaf !== undefined && !sameHash(stored, leaf))
      report(`entry ${seq} is not what was recorded: it was changed`, seq);
    const taken = stored ?? leaf;
    if (taken === undefined) return false;
    tile.push(taken);
    if (nextSeen >= 0 && seen[nextSeen]?.checkpoint.size === base.size + tile.length) meetWitnesses();
    if (tile.length === TILE_WIDTH) {
      const root = subtreeRoot(tile);
      tileRoots.push(root);
      base = addSubtree(base, root, TILE_WIDTH);
      tile = [];
      kept = undefined;
    }
    return true;
  };
  const load = async (leaf: TreeHash | undefined): Promise<boolean> => {
    const index = base.size / TILE_WIDTH;
    kept ??= await source.tile(0, index, tileWidth(0, index, size));
    return add(leaf);
  };

  meetWitnesses();
  return {
    add,
    load,
    edge,
    size: () => base.size + tile.length,
    root: () => rootOf(edge()),
    tileRoots,
    /** Takes leaves whose entries are not there; false where a leaf is missing too. */
    takeTo: async (upTo: number): Promise<boolean> => {
      while (base.size + tile.length < upTo) if (!add(undefined) && !(await load(undefined))) return false;
      return true;
    },
  };
}

function reportMissing(first: number, last: number, report: Report): void {
  report(first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`, first);
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

interface Seen {
  readonly checkpoint: Checkpoint;
  readonly witness: string;
}

/** What witnesses have seen of this log, smallest first, as far as it lies within the log; and which have seen nothing. */
function askWitnesses(
  origin: string,
  size: number,
  options: VerifyOptions,
  report: Report,
): { readonly seen: readonly Seen[]; readonly silent: readonly string[] } {
  const seen: Seen[] = [];
  const silent: string[] = [];
  for (const witness of options.witnesses) {
    const { name } = witness;
    const said = readWitness(witness, origin, report);
    if (said === undefined) continue;
    for (const other of said.others) {
      report(`${name} has seen another log in this place, ${other}: this one was put there instead`);
    }
    if (said.notes.length === 0 && size > 0) silent.push(name);
    let largest = 0;
    for (const note of said.notes) {
      try {
        const { checkpoint } = openCheckpoint(note, options.keys);
        largest = Math.max(largest, checkpoint.size);
        if (checkpoint.size <= size) seen.push({ checkpoint, witness: name });
      } catch (error) {
        if (!isGgenError(error)) throw error;
        report(`${name}: ${error.message}`);
      }
    }
    if (largest > size) {
      report(
        `${name} has seen ${largest} entries, the log has ${size}: it was cut, or an older copy was put in its place`,
      );
    }
  }
  return { seen: seen.sort((a, b) => a.checkpoint.size - b.checkpoint.size), silent };
}

/** Its notes of this log, and the other logs that it has seen in this place; undefined where it can't be read. */
function readWitness(
  witness: Witness,
  origin: string,
  report: Report,
): { readonly notes: readonly string[]; readonly others: readonly string[] } | undefined {
  try {
    const others = (witness.onlyOf?.() ?? []).filter((other) => other !== origin);
    return { notes: witness.seen(origin), others };
  } catch (error) {
    report(`${witness.name} can't be read: ${error instanceof Error ? error.message : String(error)}`);
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

async function compareUpperTiles(source: Source, roots: readonly TreeHash[], report: Report): Promise<void> {
  let hashes = roots;
  for (let level = 1; hashes.length > 0; level += 1) {
    const above: TreeHash[] = [];
    for (let index = 0; index * TILE_WIDTH < hashes.length; index += 1) {
      const wanted = hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      const stored = await source.tile(level, index, wanted.length);
      if (stored.length !== wanted.length || wanted.some((hash, i) => !sameHash(hash, stored[i]!))) {
        report(`tile ${index} of level ${level} of the tree is not what its entries make: it was changed`);
      }
      if (wanted.length === TILE_WIDTH) above.push(subtreeRoot(wanted));
    }
    hashes = above;
  }
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

interface Erasure {
  /** up to which entry */
  readonly to: number;
  /** everything that went is of an hour before this one (since 1970) */
  readonly beforeHour: number;
}

/** What an entry says that retention has erased. */
function erasureIn({ texts }: StoredEntry): Erasure | undefined {
  if (texts.eventType !== 'system_event' || texts.actorType !== 'system' || !texts.metadata.includes(ERASE_EVENT))
    return undefined;
  const metadata = JSON.parse(texts.metadata) as { event?: unknown; erased_to?: unknown; retention_days?: unknown };
  const { event, erased_to: to, retention_days: days } = metadata;
  if (event !== ERASE_EVENT || typeof to !== 'number') return undefined;
  return { to, beforeHour: Math.floor((texts.timestamp - (typeof days === 'number' ? days : 0) * DAY_MS) / HOUR_MS) };
}

/** The hour before which entries were erased, as questions tell it; replaying shows whether that is all. */
async function saidErasedBefore(source: Source, report: Report): Promise<number> {
  let hour = 0;
  for (let beforeSeq: number | undefined; ; ) {
    const page = { eventType: 'system_event', limit: 1000, ...(beforeSeq === undefined ? {} : { beforeSeq }) } as const;
    let entries: Awaited<ReturnType<Source['query']>>;
    try {
      entries = await source.query(page);
    } catch (error) {
      if (!isGgenError(error)) throw error;
      report(error.message);
      return 0;
    }
    for (const entry of entries) {
      const erasure = erasureIn({ seq: entry.seq, texts: entryTexts(entry), salt: NO_SALT });
      hour = Math.max(hour, erasure?.beforeHour ?? 0);
    }
    if (entries.length < page.limit) return hour;
    beforeSeq = entries.at(-1)!.seq;
  }
}
