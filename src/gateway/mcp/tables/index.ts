import { FETCH } from './fetch.ts';
import { FILESYSTEM } from './filesystem.ts';
import { GIT } from './git.ts';
import { MEMORY } from './memory.ts';
import type { ServerTable } from './types.ts';

export type { AlsoTouched, PathReading, ServerTable, ToolRow } from './types.ts';

/** The ready-made tables. A server without one is judged tool by tool, by name. */
export const READY_MADE_TABLES: readonly ServerTable[] = [FILESYSTEM, GIT, MEMORY, FETCH];
