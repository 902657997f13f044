import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeExport } from '../adapters/export/index.ts';
import type { AuditStore } from '../audit/index.ts';
import { GgenError, isGgenError } from '../kernel/errors.ts';
import type { AuditConfig } from '../model/configuration.ts';
import { writeFileAtomic } from './config-files.ts';
import type { Places } from './places.ts';

const HOUR_MS = 3_600_000;
/** A file that grew within this time is taken for one that another process writes. */
const GROWING_MS = 10 * 60_000;
/** Says how far the newest export went, and when it was written. */
const NOTED = '.exported';
const NAME = /^audit-([1-9]\d{0,15})-([1-9]\d{0,15})\.(json|csv|parquet)(\.partial)?$/;

export interface ScheduledExport {
  readonly output: string;
  readonly entries: number;
  /** sequence numbers of the log that it covers */
  readonly first: number;
  readonly last: number;
}

interface Exported {
  readonly last: number;
  /** when it was written, milliseconds */
  readonly changed: number;
}

interface Found extends Exported {
  readonly path: string;
  readonly first: number;
  readonly format: string;
  readonly partial: boolean;
}

/**
 * Exports what was recorded since the last scheduled export into `[audit.export] destination`, as
 * `audit-FIRST-LAST.FORMAT` with its checksum and proof, where `interval_hours` have passed since that one; undefined
 * where nothing is due or new, or another process is at it. The files that are there say what is exported, and `.exported`
 * beside them, so that they can be moved away. Goes on with one that was cut off. Throws what writeExport throws. `now` in milliseconds.
 */
export async function exportIfDue(
  store: Pick<AuditStore, 'head' | 'tile' | 'read'>,
  config: Pick<AuditConfig, 'export'>,
  places: Pick<Places, 'storePath'>,
  now: number,
): Promise<ScheduledExport | undefined> {
  const { enabled, format, intervalHours, destination } = config.export;
  if (!enabled) return undefined;
  const folder = places.storePath(destination);
  const head = await store.head();
  const found = filesIn(folder);
  const done: Exported[] = found.filter(({ path, partial }) => !partial && isOf(path, head.origin));
  const before = [...done, ...noted(folder, head.origin)]
    .filter(({ last }) => last <= head.size)
    .reduce<Exported | undefined>((newest, one) => (newest && newest.last >= one.last ? newest : one), undefined);
  // A time that has not come yet is none to wait from: the clock was wrong.
  if (before && before.changed <= now && now - before.changed < intervalHours * HOUR_MS) return undefined;
  const first = Math.max(before?.last ?? 0, head.erasedTo) + 1;
  if (first > head.size) return undefined;

  const begun = found.filter((one) => one.partial);
  if (begun.some(({ changed }) => Math.abs(now - changed) < GROWING_MS)) return undefined;
  const goOn = begun.find(
    (one) => one.first === first && one.last <= head.size && one.format === format && existsSync(`${one.path}.state`),
  );
  for (const { path } of begun) if (path !== goOn?.path) forget(path);
  const last = goOn?.last ?? head.size;
  const output = join(folder, `audit-${first}-${last}.${format}`);
  try {
    const { entries } = await writeExport({
      // INVARIANT: the log ends where the file's name says, whatever is recorded meanwhile.
      store: { head: async () => head, tile: (...tile) => store.tile(...tile), read: (filter) => store.read(filter) },
      filter: { afterSeq: first - 1 },
      format,
      output,
      replace: true,
      resume: goOn !== undefined,
    });
    note(folder, { origin: head.origin, last, changed: now });
    return { output, entries, first, last };
  } catch (error) {
    if (goOn === undefined || !isGgenError(error) || error.code !== 'INPUT_INVALID') throw error;
    forget(goOn.path);
    return exportIfDue(store, config, places, now);
  }
}

function filesIn(folder: string): Found[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return [];
    throw new GgenError('STORE_UNAVAILABLE', `audit.export.destination: ${folder} can't be read: ${code}`, {
      hint: 'it must name a folder that this user may write',
    });
  }
  return names.flatMap((name) => {
    const [, first, last, format = '', partial] = NAME.exec(name) ?? [];
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (first === undefined || !stat?.isFile()) return [];
    return [
      { path, first: Number(first), last: Number(last), format, partial: partial !== undefined, changed: stat.mtimeMs },
    ];
  });
}

function noted(folder: string, origin: string): Exported[] {
  try {
    const state: unknown = JSON.parse(readFileSync(join(folder, NOTED), 'utf8'));
    const { origin: of, last, changed } = state as Record<string, unknown>;
    return of === origin && Number.isSafeInteger(last) && Number.isSafeInteger(changed)
      ? [{ last: last as number, changed: changed as number }]
      : [];
  } catch {
    // The files are the measure; without the note, what was moved away is exported again.
    return [];
  }
}

function note(folder: string, state: Exported & { readonly origin: string }): void {
  writeFileAtomic(join(folder, NOTED), `${JSON.stringify(state)}\n`, 0o600);
}

/** Is it an export of this log? A log that was begun anew counts from 1 again. */
function isOf(path: string, origin: string): boolean {
  try {
    return readFileSync(join(`${path}.proof`, 'checkpoint'), 'utf8').startsWith(`${origin}\n`);
  } catch {
    return false;
  }
}

/** Removes what an export left that nobody goes on with. */
function forget(partial: string): void {
  for (const end of ['', '.state', '.state.tmp', '.sha256', '.proof', '.tmp']) {
    rmSync(`${partial}${end}`, { recursive: true, force: true });
  }
}
