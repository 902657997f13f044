import type { ActionPart } from '../../model/action.ts';
import type { PartEvidence } from '../../model/evidence.ts';
import { type Base, type PathScene, placeTarget } from '../paths/inspect-path.ts';
import { isInside } from '../paths/lexical.ts';
import { rememberLooks } from '../paths/remember-looks.ts';
import { resolveLinks } from '../paths/resolve-links.ts';
import { builtinProgram, type Program, parseEntry, withEntries } from '../programs/index.ts';
import type { InspectorInput } from '../types.ts';
import type { CommandAnalysis, CommandScene, TouchKind } from './analysis.ts';

/** What a file that a command touches would be as an action of its own. */
export const OPERATION_OF: Readonly<Record<TouchKind, string>> = {
  read: 'read_file',
  tree: 'search_files',
  write: 'write_file',
  delete: 'delete_file',
};

/** The world as one command line sees it; a fresh one for each action, since it remembers what it saw. */
export function createCommandScene(input: InspectorInput, scene: PathScene, base: Base): CommandScene {
  const { workspace, home } = scene;
  const files = rememberLooks(scene.files);
  const { programs, harmlessVariables } = input.security;
  const own = compileOwn(programs);
  const resolved = (path: string): string | undefined => {
    const resolution = resolveLinks(files, path, workspace);
    return resolution.ok && resolution.facts !== undefined ? resolution.path : undefined;
  };
  const kind = (path: string): string | undefined => {
    const at = resolved(path);
    try {
      return at === undefined ? undefined : at === '/' ? 'directory' : files.lstat(at)?.kind;
    } catch {
      return undefined;
    }
  };
  return {
    workspace,
    home,
    base,
    harmless: new Set(harmlessVariables),
    program: (name): Program | undefined => own.get(name) ?? builtinProgram(name),
    list: (folder) => files.list(folder),
    isFolder: (path) => kind(path) === 'directory',
    exists: (path) => kind(path) !== undefined,
    planted(name) {
      for (const folder of input.searchPath ?? []) {
        // THREAT: an empty or relative folder is the one that the command runs in.
        const inside = !folder.startsWith('/') || isInside(workspace, folder);
        const file = folder.startsWith('/') ? `${folder}/${name}` : `${workspace}/${folder}/${name}`;
        if (kind(file) !== undefined) return inside ? file : undefined;
      }
      return undefined;
    },
    enter(cwd, target) {
      const placed = placeTarget(target, { ok: true, path: cwd }, home);
      if (!placed.ok) return undefined;
      const resolution = resolveLinks(files, placed.path, workspace);
      return resolution.ok ? resolution.path : undefined;
    },
  };
}

const compiled = new WeakMap<object, ReadonlyMap<string, Program>>();

/** The user's own lines, read once for each configuration. */
function compileOwn(programs: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, Program> {
  let own = compiled.get(programs);
  if (own === undefined) {
    own = new Map(
      Object.entries(programs).map(([name, lines]) => {
        const entries = lines.flatMap((line) => parseEntry(line.split(/\s+/).filter(Boolean), () => undefined) ?? []);
        return [name, withEntries(name, builtinProgram(name), entries)];
      }),
    );
    compiled.set(programs, own);
  }
  return own;
}

/** The programs of a line as parts: the first is the action's own. */
export function commandParts(part: ActionPart, { parts }: CommandAnalysis, guarded: boolean): PartEvidence[] {
  const found = parts.map(
    ({ argv, text, builtin, asks }, index): PartEvidence => ({
      actionType: part.actionType,
      target: index === 0 ? part.target : text,
      argv,
      ...(builtin ? { builtin: true as const } : {}),
      ...(guarded && asks.length > 0 ? { asks } : {}),
    }),
  );
  // A line of assignments and redirections alone starts nothing.
  return found.length > 0 ? found : [{ ...part, argv: [':'], builtin: true }];
}
