import { type JudgedAccess, type JudgedFile, nodeFileSystem, openJudged } from '../adapters/files/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import { type ActionInspector, inspectPath } from '../security/index.ts';
import type { Places } from './places.ts';

const OPERATIONS = {
  read: { name: 'read_file', access: 'read' },
  write: { name: 'write_file', access: 'write' },
  create: { name: 'write_file', access: 'write' },
  list: { name: 'list_files', access: 'read' },
} as const;

/**
 * Opens a target that an agent named, where nothing is found against it and it lies in the workspace. What is opened is
 * what was judged, whoever exchanges links meanwhile. Throws NOT_PERMITTED with the reasons, or as openJudged does.
 */
export function openInside(
  target: string,
  access: JudgedAccess,
  { workspace, home }: Pick<Places, 'workspace' | 'home'>,
  inspector: Pick<ActionInspector, 'inspect'>,
): JudgedFile {
  const operation = OPERATIONS[access];
  const { parts, findings } = inspector.inspect({ actionType: operation.name, target, requester: 'open' });
  const bad = findings.filter(({ severity }) => severity !== 'warn').map(({ message }) => message);
  if (bad.length > 0) throw new GgenError('NOT_PERMITTED', bad.join('; '));
  const scene = { workspace, home, files: nodeFileSystem(), guarded: true };
  const { path, resolved } = inspectPath(target, operation, { ok: true, path: workspace }, scene);
  const shown = `"${printable(target, 120)}"`;
  if (path === undefined || resolved === undefined || path !== parts[0]?.path) {
    throw new GgenError('CONFLICT', `${shown} changed while it was looked at`);
  }
  if (path.startsWith('/')) throw new GgenError('NOT_PERMITTED', `${shown} lies outside the workspace`);
  return openJudged(resolved, { access, workspace });
}
