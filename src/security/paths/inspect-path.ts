import { printable } from '../../kernel/text.ts';
import type { Finding } from '../../model/evidence.ts';
import type { OperationSpec } from '../../model/operation.ts';
import type { FileSystemPort } from '../ports.ts';
import { devicePath, isMagicLink, leadsIntoProcess } from './device-paths.ts';
import { hostileForm } from './hostile-forms.ts';
import { isInside, normalizeAbsolute, policyForm } from './lexical.ts';
import { type FollowedLink, resolveLinks } from './resolve-links.ts';

export const PATH_RULE = 'policies.security.path_traversal_protection';

/** No system opens a longer path in one go. */
const MAX_PATH = 4096;

/** What the resolver needs to know besides the target. */
export interface PathScene {
  readonly workspace: string;
  readonly home: string;
  readonly files: FileSystemPort;
  /** `path_traversal_protection`: off, nothing is reported as an escape, and paths are resolved all the same */
  readonly guarded: boolean;
}

/** Where relative targets start: absolute and resolved, or why it can't be known; `process`: it lies behind a process. */
export type Base =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string; readonly process?: true };

export interface PathJudgement {
  /** in the form that policy matches; absent where it can't be known */
  readonly path?: string;
  /** absolute, by the text alone; absent where not even that can be known */
  readonly lexical?: string;
  /** absolute, links followed */
  readonly resolved?: string;
  readonly findings: readonly Finding[];
}

/** Where relative targets start: `cwd` with its links followed, or the workspace. */
export function resolveBase(cwd: string | undefined, scene: PathScene): Base {
  if (cwd === undefined) return { ok: true, path: scene.workspace };
  const placed = placeTarget(cwd, { ok: true, path: scene.workspace }, scene.home);
  if (!placed.ok) return placed;
  const resolution = resolveLinks(scene.files, placed.path, scene.workspace);
  if (!resolution.ok)
    return leadsIntoProcess(normalizeAbsolute(placed.path)) ? { ...resolution, process: true } : resolution;
  if (throughProcess(placed.path, resolution.links))
    return { ok: false, reason: 'it leads into a process', process: true };
  return resolution;
}

/** A path target on its way to policy: placed, resolved through links, and looked at for what is wrong with it. */
export function inspectPath(
  target: string,
  operation: Pick<OperationSpec, 'name' | 'access'>,
  base: Base,
  scene: PathScene,
): PathJudgement {
  const placed = placeTarget(target, base, scene.home);
  if (!placed.ok) {
    const door = placed.process ? [unjudgeable(target)] : [];
    return { findings: [...door, unresolvable(target, placed.reason, scene.guarded)] };
  }
  const raw = placed.path;
  const lexical = normalizeAbsolute(raw);
  const { files, workspace } = scene;
  const writes = operation.access === 'write';

  const resolution = resolveLinks(files, raw, workspace);
  const failed = !resolution.ok
    ? resolution.reason
    : (magic(resolution.links) ?? ambiguous(raw, lexical, resolution, scene));
  const door = throughProcess(raw, resolution.ok ? resolution.links : []) ? [unjudgeable(target)] : [];
  if (!resolution.ok || failed !== undefined) {
    const reason = failed ?? 'the file system failed';
    return {
      lexical,
      findings: [...door, ...shape(target, lexical, writes, scene), unresolvable(target, reason, scene.guarded)],
    };
  }

  const resolved = resolution.path;
  const findings = [...door, ...shape(target, lexical, writes, scene)];
  if (scene.guarded) {
    const device = resolved === lexical ? undefined : devicePath(resolved, writes);
    if (device !== undefined) findings.push(block(`path ${quote(target)} is refused: ${device}`));
    const left = escapeOf({ target, raw, lexical, resolved, links: resolution.links, workspace });
    if (left !== undefined) findings.push(block(left));
    const { facts } = resolution;
    if (writes && operation.name !== 'delete_file' && facts?.kind === 'file' && facts.links > 1) {
      findings.push({
        kind: 'path',
        rule: PATH_RULE,
        severity: 'deny',
        message: `path ${quote(target)} has ${facts.links} hard links: writing it changes a file elsewhere too`,
      });
    }
  }
  return { path: policyForm(workspace, resolved).normalize('NFC'), lexical, resolved, findings };
}

/** `target` as an absolute path, `..` kept; or why it isn't one. */
export function placeTarget(target: string, base: Base, home: string): Base {
  if (target === '') return { ok: false, reason: 'it is empty' };
  if (target.length > MAX_PATH) return { ok: false, reason: `it is longer than ${MAX_PATH} characters` };
  if (target.includes('\0')) return { ok: false, reason: 'it holds a NUL character' };
  if (!target.isWellFormed()) return { ok: false, reason: 'it holds half of a surrogate pair' };
  if (/^file:/i.test(target)) return { ok: false, reason: 'a file: URL is not a path' };
  if (target.startsWith('/')) return { ok: true, path: target };
  if (target === '~' || target.startsWith('~/')) return { ok: true, path: home + target.slice(1) };
  if (target.startsWith('~')) return { ok: false, reason: '~NAME is not followed; name the folder itself' };
  if (!base.ok) {
    return { ...base, reason: `where relative paths start can't be known: context.cwd: ${base.reason}` };
  }
  return { ok: true, path: `${base.path}/${target}` };
}

function shape(target: string, lexical: string, writes: boolean, scene: PathScene): Finding[] {
  if (!scene.guarded) return [];
  const reason = hostileForm(target) ?? devicePath(lexical, writes);
  return reason === undefined ? [] : [block(`path ${quote(target)} is refused: ${reason}`)];
}

function throughProcess(path: string, links: readonly FollowedLink[]): boolean {
  if (leadsIntoProcess(path) || leadsIntoProcess(normalizeAbsolute(path))) return true;
  // A link to `/proc/self/root` gives itself away by its text, also where there is no such process.
  return links.some((link) => isMagicLink(link.at) || leadsIntoProcess(link.to));
}

function magic(links: readonly FollowedLink[]): string | undefined {
  const link = links.find((followed) => isMagicLink(followed.at));
  return link === undefined ? undefined : `${quote(link.at)} leads into a process`;
}

/**
 * THREAT: a program may take `link/..` away by text, or go up from where the link leads. Where these differ, nobody
 * can say which file is meant.
 */
function ambiguous(
  raw: string,
  lexical: string,
  resolution: { path: string; links: readonly FollowedLink[] },
  scene: PathScene,
): string | undefined {
  if (!raw.includes('..')) return undefined;
  const other = resolveLinks(scene.files, lexical, scene.workspace);
  if (!other.ok) return other.reason;
  if (other.path === resolution.path) return undefined;
  const link = resolution.links[0] ?? other.links[0];
  const where = link === undefined ? 'a symbolic link' : `the symbolic link ${spell(scene.workspace, link.at)}`;
  return `".." after ${where} means ${spell(scene.workspace, resolution.path)} to some programs and ${spell(scene.workspace, other.path)} to others`;
}

interface Journey {
  readonly target: string;
  readonly raw: string;
  readonly lexical: string;
  readonly resolved: string;
  readonly links: readonly FollowedLink[];
  readonly workspace: string;
}

/** How a path that ought to stay in the workspace got out, for a person; undefined where it didn't. */
function escapeOf(journey: Journey): string | undefined {
  const { target, raw, lexical, resolved, links, workspace } = journey;
  if (isInside(workspace, resolved)) return undefined;
  const link = links.findLast((followed) => isInside(workspace, followed.at));
  if (link !== undefined) {
    const at = policyForm(workspace, link.at);
    return `path ${quote(target)} leaves the workspace: the symbolic link ${quote(at)} leads to ${quote(resolved)}`;
  }
  if (isInside(workspace, lexical) || !isInside(workspace, raw)) return undefined;
  return `path ${quote(target)} leaves the workspace: ".." leads to ${quote(resolved)}`;
}

function unresolvable(target: string, reason: string, guarded: boolean): Finding {
  const message = `path ${quote(target)} can't be resolved: ${reason}`;
  if (guarded) return block(message);
  return { kind: 'path', rule: 'builtin.unresolved-path', severity: 'deny', message };
}

/** THREAT: rule 8 can't be judged behind a process, so such a path is refused in every mode. */
function unjudgeable(target: string): Finding {
  const message = `path ${quote(target)} leads through a process: nobody can say what stands there; name the file itself`;
  return { kind: 'path', rule: 'builtin.unresolved-path', severity: 'always', message };
}

function block(message: string): Finding {
  return { kind: 'path', rule: PATH_RULE, severity: 'block', message };
}

function spell(workspace: string, path: string): string {
  return quote(policyForm(workspace, path) || '.');
}

function quote(text: string): string {
  return `"${printable(text, 120)}"`;
}
