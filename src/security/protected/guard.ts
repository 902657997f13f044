import { posix } from 'node:path';
import { foldPath } from '../../kernel/fold-path.ts';
import { isInside } from '../paths/lexical.ts';
import { rememberLooks } from '../paths/remember-looks.ts';
import { resolveLinks } from '../paths/resolve-links.ts';
import type { FileSystemPort } from '../ports.ts';
import type { ProtectedPaths, ProtectedPlace } from './places.ts';

/** What is being done to a path, as far as rule 8 cares. */
export type Touch =
  | 'read'
  /** a search: everything below the path is read */
  | 'read-tree'
  /** writing, creating, deleting, moving; ancestors of a protected place count */
  | 'write'
  /** named by a command that may write it: as `write`, but folders around the program itself don't count */
  | 'name'
  /** named inside of a text: as `write`, but only the place itself and what lies in it count */
  | 'mention';

/** No file system takes longer names of files, in bytes. */
const MAX_NAME = 256;

/** Why a path is protected: which place it touches. */
export interface ProtectedHit {
  readonly place: ProtectedPlace;
  readonly relation: 'is' | 'holds';
}

/** Looks up absolute, normalised paths among the protected places. */
export interface ProtectedGuard {
  find(path: string, touch: Touch): ProtectedHit | undefined;
}

/**
 * Compiles the protected places once. Each counts under the path it was given and under the one that its links lead
 * to at the first look, and all comparisons are on folded paths.
 */
export function createGuard(paths: ProtectedPaths, files: FileSystemPort, workspace: string): ProtectedGuard {
  let forReading: ProtectedGuard | undefined;
  let forWriting: ProtectedGuard | undefined;
  return {
    find(path, touch) {
      if (touch !== 'read' && touch !== 'read-tree') {
        forWriting ??= compileGuard(paths, files, workspace);
        return forWriting.find(path, touch);
      }
      // Only keys may not be read: a reader doesn't wait for all the other places to be looked at.
      forReading ??= compileGuard({ ...paths, places: paths.places.filter((place) => place.secret) }, files, workspace);
      return forReading.find(path, touch);
    },
  };
}

function compileGuard(paths: ProtectedPaths, files: FileSystemPort, workspace: string): ProtectedGuard {
  const roots = paths.roots.map(foldPath);
  const exact = new Map<string, ProtectedPlace>();
  const trees = new Map<string, ProtectedPlace>();
  const names = new Map<string, ProtectedPlace[]>();
  const holders = new Map<string, ProtectedPlace>();
  const programHolders = new Map<string, ProtectedPlace>();
  const keyHolders = new Map<string, ProtectedPlace>();

  const add = (place: ProtectedPlace, path: string): void => {
    if (place.covers === 'tree') trees.set(path, place);
    else if (place.covers === 'file') exact.set(path, place);
    else names.set(path, [...(names.get(path) ?? []), place]);
    // With `names` the folder itself is the nearest ancestor of what is guarded.
    let above = place.covers === 'names' ? path : posix.dirname(path);
    // The innermost root that has the place; `.` of a workspace below the home must stay usable.
    const root = roots.filter((folder) => isInside(folder, path)).sort((a, b) => b.length - a.length)[0];
    for (; ; above = posix.dirname(above)) {
      // THREAT: a folder around the program, moved away, makes room for another program of its name.
      const isProgram = place.what === 'program' || place.what === 'program that decides';
      const around = isProgram ? programHolders : holders;
      if (root !== undefined && above !== root && isInside(root, above)) {
        around.set(above, around.get(above) ?? place);
      }
      if (place.secret) keyHolders.set(above, place);
      if (above === '/') break;
    }
  };

  const looked = rememberLooks(files);
  for (const place of paths.places) {
    const resolution = resolveLinks(looked, place.path, workspace);
    const forms = new Set([foldPath(place.path), ...(resolution.ok ? [foldPath(resolution.path)] : [])]);
    for (const form of forms) add(place, form);
  }

  const named = (path: string): ProtectedPlace | undefined => {
    const name = posix.basename(path);
    return names
      .get(posix.dirname(path))
      ?.find((place) => name.startsWith(place.name!.start) && name.endsWith(place.name!.end));
  };
  const longest = Math.max(0, ...[...exact.keys(), ...trees.keys(), ...names.keys()].map((path) => path.length));
  const within = (path: string): ProtectedPlace | undefined => {
    // What is deeper than every place lies in one only where its upper part does.
    const upper = path.length > longest + MAX_NAME ? path.slice(0, path.lastIndexOf('/', longest + MAX_NAME)) : path;
    // A file has nothing below it, but what takes its place could.
    for (let above = upper || '/'; ; above = posix.dirname(above)) {
      const place = exact.get(above) ?? trees.get(above) ?? named(above);
      if (place !== undefined || above === '/') return place;
    }
  };

  return {
    find(given, touch) {
      const path = foldPath(given);
      const place = within(path);
      if (touch !== 'read' && touch !== 'read-tree') {
        if (place !== undefined) return { place, relation: 'is' };
        if (touch === 'mention') return undefined;
        // Commands name these folders all the time (`ls node_modules`); what a command does with them isn't known.
        const held = holders.get(path) ?? (touch === 'write' ? programHolders.get(path) : undefined);
        return held === undefined ? undefined : { place: held, relation: 'holds' };
      }
      if (place?.secret) return { place, relation: 'is' };
      const key = touch === 'read-tree' ? keyHolders.get(path) : undefined;
      return key === undefined ? undefined : { place: key, relation: 'holds' };
    },
  };
}
