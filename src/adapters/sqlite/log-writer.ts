import {
  addSubtree,
  canonicalEntry,
  entryLeaf,
  extendFrontier,
  type Frontier,
  frontierFromBytes,
  isSignedTree,
  joinHashes,
  type LogKeys,
  type NoteSigner,
  type NoteVerifier,
  rootOf,
  SALT_BYTES,
  signatureLines,
  signCheckpoint,
  splitHashes,
  subtreeRoot,
  TILE_WIDTH,
  type TreeHash,
} from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/ports.ts';
import type { Database, Row } from './database.ts';
import type { PreparedEntry } from './entry-row.ts';
import { insertEntry } from './entry-row.ts';
import { readHead } from './head-table.ts';
import { type Counted, rollUp } from './rollup-table.ts';
import { tilePlace } from './tile-table.ts';

/** Appends entries as leaves of the tree. One transaction is: begin, any number of appends, seal, COMMIT. */
export interface LogWriter {
  /** Reads where the log stands, now that nobody else can write. */
  begin(): void;
  /** Its sequence number. */
  append(entry: PreparedEntry): number;
  /** How many were appended since `begin`; what came after such a mark can be taken back. */
  mark(): number;
  takeBackTo(mark: number): void;
  /** Writes the tree's new edge and tiles, and signs; nothing where nothing was appended. */
  seal(): void;
  /** From the next seal on the log is signed by this key; that seal by the one before too, where it is there. */
  changeKey(next: NoteSigner): void;
  /** The checkpoint of the last seal, once. */
  takeSealed(): string | undefined;
}

export interface LogWriterParts {
  readonly db: Database;
  readonly keys: LogKeys;
  readonly random: RandomBytes;
}

/** The entries of a tile that isn't full yet. */
const EARLIER =
  'SELECT leaf, timestamp, event_type, operation, actor_id, result FROM audit_entries WHERE seq > ? AND seq <= ? ORDER BY seq';
const UPDATE_HEAD = 'UPDATE audit_head SET size = ?, frontier = ?, checkpoint = ? WHERE one = 1';

export function createLogWriter({ db, keys, random }: LogWriterParts): LogWriter {
  let frontier: Frontier = { size: 0, roots: [] };
  let origin = '';
  let vkey = '';
  let leaves: TreeHash[] = [];
  /** what these leaves are of */
  let added: Counted[] = [];
  let signer: NoteSigner | undefined;
  let checkpoint: string | undefined;
  let changing: NoteSigner | undefined;
  /** checkpoint and edge as they stand, and the last ones that were found to belong together */
  let standing: Edge = { checkpoint: undefined, roots: Buffer.alloc(0) };
  let trusted: Edge | undefined;
  let before: NoteSigner | undefined;

  /** THREAT: after a rotation in another process, the old key must not go on signing. */
  const currentSigner = (): NoteSigner => {
    if (signer?.verifier.vkey === vkey) return signer;
    signer = keys.find(origin, vkey);
    if (signer?.verifier.vkey === vkey) return signer;
    throw new GgenError('STORE_UNAVAILABLE', `the key that signs the audit log ${origin} is not there`, {
      hint: 'restore it to the keys folder of this user, or begin with a new key: ggen-mcp audit rotate-key --lost',
    });
  };

  /**
   * THREAT: whoever may write the file, and has no key, changes entries with their leaves and the edge of the tree, and
   * waits until the next entry is signed on top. What another process left is held against its signature first.
   */
  const assertSigned = (verifier: NoteVerifier): void => {
    if (trusted !== undefined && standing.checkpoint === trusted.checkpoint && trusted.roots.equals(standing.roots))
      return;
    if (!isSignedTree(standing.checkpoint, frontier, verifier)) {
      throw damaged(db);
    }
    trusted = standing;
  };

  return {
    begin: () => {
      const head = readHead(db);
      frontier = frontierFromBytes(head.size, head.frontier);
      ({ origin, vkey } = head);
      standing = { checkpoint: head.checkpoint, roots: Buffer.from(head.frontier) };
      changing = undefined;
      before = undefined;
      leaves = [];
      added = [];
    },
    append: (entry) => {
      // Without the key nothing could be signed: told before anything is written.
      if (leaves.length === 0) {
        const { verifier } = currentSigner();
        if (changing === undefined) assertSigned(verifier);
      }
      const salt = random(SALT_BYTES);
      const leaf = entryLeaf(canonicalEntry(entry.texts), salt);
      const seq = frontier.size + leaves.length + 1;
      insertEntry(db, seq, entry, salt, leaf);
      leaves.push(leaf);
      added.push(entry.texts);
      return seq;
    },
    mark: () => leaves.length,
    takeBackTo: (mark) => {
      leaves.length = mark;
      added.length = mark;
    },
    seal: () => {
      if (leaves.length === 0) return;
      const sizeBefore = frontier.size;
      const firstTile = Math.floor(sizeBefore / TILE_WIDTH);
      const endTile = Math.floor((sizeBefore + leaves.length) / TILE_WIDTH);
      if (firstTile < endTile) {
        const signed = frontier;
        frontier = withoutPartial(frontier);
        const start = frontier.size;
        const earlier = start < sizeBefore ? db.all(EARLIER, start, sizeBefore) : [];
        const kept = earlier.map((row) => row.leaf as Uint8Array);
        // THREAT: leaves that were changed since they were signed must not be signed again as part of their tile.
        if (!isSameEdge(extendFrontier(frontier, kept), signed)) throw damaged(db);
        const hashes = [...kept, ...leaves];
        for (let tile = firstTile; tile < endTile; tile += 1) {
          const root = writeTile(db, 0, tile, hashes.slice(frontier.size - start, frontier.size - start + TILE_WIDTH));
          frontier = addSubtree(frontier, root, TILE_WIDTH);
        }
        rollUp(db, [...earlier.map(countedOf), ...added.slice(0, frontier.size - sizeBefore)]);
      }
      frontier = extendFrontier(frontier, leaves.slice(frontier.size - sizeBefore));
      const state = { origin, size: frontier.size, root: rootOf(frontier) };
      checkpoint = signCheckpoint(state, currentSigner());
      if (changing) {
        // The handing over stays on record: whoever trusts the old key learns of the new one.
        if (before) checkpoint += signatureLines(signCheckpoint(state, before));
        db.run('INSERT INTO audit_checkpoints VALUES (?, ?)', state.size, checkpoint);
      }
      const roots = Buffer.from(joinHashes(frontier.roots));
      db.run(UPDATE_HEAD, frontier.size, roots, checkpoint);
      trusted = { checkpoint, roots };
    },
    changeKey: (next) => {
      changing = next;
      before = keys.find(origin, vkey);
      signer = next;
      vkey = next.verifier.vkey;
      db.run('UPDATE audit_head SET vkey = ?', vkey);
    },
    takeSealed: () => {
      const taken = checkpoint;
      checkpoint = undefined;
      return taken;
    },
  };
}

interface Edge {
  readonly checkpoint: string | undefined;
  readonly roots: Buffer;
}

function damaged({ path }: Database): GgenError {
  return new GgenError(
    'STORE_UNAVAILABLE',
    `the governance database ${path} is damaged: its tree is not the one that was signed`,
    { hint: '`ggen-mcp audit verify` says what was changed; nothing is recorded on top of it' },
  );
}

function isSameEdge(a: Frontier, b: Frontier): boolean {
  return a.size === b.size && Buffer.compare(joinHashes(a.roots), joinHashes(b.roots)) === 0;
}

function countedOf(row: Row): Counted {
  return {
    timestamp: Number(row.timestamp),
    eventType: row.event_type as Counted['eventType'],
    operation: row.operation as string,
    actorId: row.actor_id as string,
    result: row.result as Counted['result'],
  };
}

/** The edge as it was when the last tile was full. */
function withoutPartial({ size, roots }: Frontier): Frontier {
  let partial = 0;
  for (let rest = size % TILE_WIDTH; rest > 0; rest = Math.floor(rest / 2)) partial += rest % 2;
  return { size: size - (size % TILE_WIDTH), roots: roots.slice(0, roots.length - partial) };
}

/** Writes a full tile, and the tiles above that it fills; the root of the first. */
function writeTile(db: Database, level: number, index: number, hashes: readonly TreeHash[]): TreeHash {
  if (hashes.length !== TILE_WIDTH || hashes.some((hash) => hash === null)) {
    throw new GgenError(
      'STORE_UNAVAILABLE',
      `the governance database ${db.path} is damaged: entries of its log are missing`,
      {
        hint: '`ggen-mcp audit verify` says which',
      },
    );
  }
  const root = subtreeRoot(hashes);
  db.run('INSERT INTO audit_tiles VALUES (?, ?, ?)', tilePlace(level, index), root, joinHashes(hashes));
  if ((index + 1) % TILE_WIDTH !== 0) return root;
  const above = (index + 1) / TILE_WIDTH - 1;
  const roots = db
    .all(
      'SELECT root FROM audit_tiles WHERE place BETWEEN ? AND ? ORDER BY place',
      tilePlace(level, above * TILE_WIDTH),
      tilePlace(level, index),
    )
    .map((row) => row.root as Uint8Array);
  writeTile(db, level + 1, above, splitHashes(joinHashes(roots)));
  return root;
}
