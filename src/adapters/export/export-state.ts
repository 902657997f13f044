import { readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { TileRuns } from '../../audit/index.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ExportFilter, ExportFormat } from './types.ts';
import { writeSynced } from './whole-file.ts';

/** Where an export stands that isn't complete: all that is needed to go on. */
export interface ExportState {
  readonly version: 1;
  readonly format: ExportFormat;
  /** what was asked for, as it was asked: `--last 24h` means other entries an hour later */
  readonly asked: Readonly<Record<string, string | number>>;
  readonly filter: ExportFilter;
  readonly origin: string;
  /** the log's end when the export began, and the checkpoint that signs it */
  readonly size: number;
  readonly checkpoint: string;
  entries: number;
  first?: number;
  last?: number;
  /** of the file that are on disk */
  bytes: number;
  runs: TileRuns;
}

/** On disk when this resolves; a reader sees the old state or this one. */
export async function saveState(path: string, state: ExportState): Promise<void> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true });
  await writeSynced(temporary, `${JSON.stringify(state)}\n`);
  await rename(temporary, path);
}

/** The state that a run left behind, if one did. INPUT_INVALID where it can't be used. */
export function readState(path: string): ExportState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parsed(text);
  if (state === undefined) throw unusable(`${path} is no state of an export`);
  return state;
}

function parsed(text: string): ExportState | undefined {
  try {
    const state = JSON.parse(text) as ExportState;
    const whole = [state.size, state.entries, state.bytes].every((value) => Number.isSafeInteger(value) && value >= 0);
    return state.version === 1 && whole && Array.isArray(state.runs) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** INPUT_INVALID where a run was asked for something else, or of another log. */
export function assertSameExport(
  state: ExportState,
  now: Pick<ExportState, 'format' | 'asked' | 'origin' | 'size'>,
): void {
  const words = ({ format, asked }: Pick<ExportState, 'format' | 'asked'>): string =>
    canonicalJson({ format, ...asked } as JsonObject);
  if (words(state) !== words(now)) throw unusable(`the export that was cut off was of ${words(state)}`);
  if (state.origin !== now.origin || state.size > now.size) {
    throw unusable(`the export that was cut off is of another log: ${state.origin} of ${state.size} entries`);
  }
}

function unusable(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `the export can't go on: ${why}`, {
    hint: 'without --resume it starts anew',
  });
}
