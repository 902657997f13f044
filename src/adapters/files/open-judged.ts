import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { posix } from 'node:path';
import { GgenError } from '../../kernel/errors.ts';
import { foldPath } from '../../kernel/fold-path.ts';
import { printable } from '../../kernel/text.ts';

/** `write`: a file that is there, not emptied; `create`: one that must not be there; `list`: a folder. */
export type JudgedAccess = 'read' | 'write' | 'create' | 'list';

export interface OpenJudgedOptions {
  readonly access: JudgedAccess;
  /** absolute, links resolved: nothing outside is opened */
  readonly workspace: string;
  /** true: a file system mounted below the workspace may be entered; default false */
  readonly otherMounts?: boolean;
  /** permission bits of what `create` makes; default 0o666 less the umask */
  readonly mode?: number;
  /** how the opened file is held against the judgement; default as the machine allows */
  readonly proof?: OpenProof;
}

/**
 * `descriptor` (Linux): the kernel says which path stands behind the open file. `no-links` (macOS): the kernel refuses a
 * link anywhere in the path (O_NOFOLLOW_ANY), and the open file is compared with what stands at the path afterwards.
 */
export type OpenProof = 'descriptor' | 'no-links';

/** An open descriptor with proof that it is the file that was judged. Whoever takes it closes it with fs.closeSync. */
export interface JudgedFile {
  readonly fd: number;
  readonly path: string;
  readonly stats: Stats;
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
/** macOS 11 and later, absent from node:fs; other kernels ignore the bit. */
const O_NOFOLLOW_ANY = 0x2000_0000;
const CAREFUL = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/**
 * Opens the file that was judged, or refuses: `path` is where the judgement said the target leads (absolute, links
 * followed). Whoever exchanges folders and links between the look and the opening gets a refusal, never another file.
 * Throws a GgenError: CONFLICT where something else stands there by now, NOT_PERMITTED for a hard link, another mount or
 * no ordinary file, NOT_FOUND, INPUT_INVALID for a path outside, NOT_AVAILABLE where this machine can't prove it.
 */
export function openJudged(path: string, options: OpenJudgedOptions): JudgedFile {
  const { workspace, access } = options;
  const proof = options.proof ?? usualProof();
  if (posix.normalize(path) !== path || !isBelow(workspace, path, access === 'list')) {
    throw new GgenError('INPUT_INVALID', `${shown(path)} is no resolved path inside the workspace`);
  }
  if (access === 'create') return createJudged(path, options, proof);
  const flags = access === 'read' ? O_RDONLY : access === 'write' ? O_WRONLY : O_RDONLY | O_DIRECTORY;
  const fd = openCarefully(path, path, flags, proof);
  return orClose(fd, () => {
    verify(fd, path, proof);
    const stats = fstatSync(fd);
    const wanted = access === 'list' ? stats.isDirectory() : stats.isFile();
    if (!wanted) throw refused(path, access === 'list' ? 'is no folder' : 'is no ordinary file');
    // THREAT: a path that ends in " (deleted)" is how Linux spells a file that is gone.
    if (stats.nlink === 0) throw moved(path);
    if (access === 'write' && stats.nlink > 1) {
      throw refused(path, `has ${stats.nlink} hard links: writing it changes a file elsewhere too`);
    }
    assertSameMount(fd, path, stats, options);
    return { fd, path, stats };
  });
}

/** INVARIANT: the name is looked up in a folder whose descriptor was verified, so no exchange of folders above matters. */
function createJudged(path: string, options: OpenJudgedOptions, proof: OpenProof): JudgedFile {
  const folder = posix.dirname(path);
  const parent = openCarefully(folder, folder, O_RDONLY | O_DIRECTORY, proof);
  try {
    verify(parent, folder, proof);
    assertSameMount(parent, folder, fstatSync(parent), options);
    const at = proof === 'descriptor' ? `/proc/self/fd/${parent}/${posix.basename(path)}` : path;
    const fd = openCarefully(path, at, O_WRONLY | O_CREAT | O_EXCL, proof, options.mode);
    return orClose(fd, () => {
      try {
        verify(fd, path, proof);
      } catch (error) {
        // The folder was moved away meanwhile: what was made in it goes again, by the same descriptor.
        if (proof === 'descriptor') unlinkSync(at);
        throw error;
      }
      return { fd, path, stats: fstatSync(fd) };
    });
  } finally {
    closeSync(parent);
  }
}

function openCarefully(path: string, at: string, flags: number, proof: OpenProof, mode?: number): number {
  try {
    return openSync(at, flags | (proof === 'no-links' ? CAREFUL | O_NOFOLLOW_ANY : CAREFUL), mode ?? 0o666);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    switch (code) {
      case 'ENOENT':
        throw new GgenError('NOT_FOUND', `there is no ${shown(path)}`);
      case 'EEXIST':
        throw new GgenError('CONFLICT', `${shown(path)} is there already`);
      case 'ELOOP':
      case 'EMLINK':
        throw moved(path);
      case 'ENOTDIR':
        throw refused(path, 'is no folder, or something above it is none');
      case 'EISDIR':
      case 'ENXIO':
      case 'ENODEV':
        throw refused(path, 'is no ordinary file');
      default:
        throw new GgenError('NOT_PERMITTED', `${shown(path)} can't be opened: ${code ?? 'the file system failed'}`);
    }
  }
}

/** Throws unless `fd` is what stands at `path`, reached without a link. */
function verify(fd: number, path: string, proof: OpenProof): void {
  let same: boolean;
  try {
    same = proof === 'descriptor' ? readlinkSync(`/proc/self/fd/${fd}`) === path : standsAt(fd, path);
  } catch {
    if (proof === 'no-links') throw moved(path);
    throw new GgenError('NOT_AVAILABLE', 'what was opened can not be verified: /proc is not mounted here');
  }
  if (!same) throw moved(path);
}

function standsAt(fd: number, path: string): boolean {
  const [open, there] = [fstatSync(fd), lstatSync(path)];
  // Volumes that ignore case give the name as it was first written.
  return open.dev === there.dev && open.ino === there.ino && foldPath(realpathSync.native(path)) === foldPath(path);
}

/** Layered file systems and subvolumes have several device numbers in one mount: Linux is asked for the mount itself. */
function assertSameMount(fd: number, path: string, stats: Stats, options: OpenJudgedOptions): void {
  if (options.otherMounts || stats.dev === lstatSync(options.workspace).dev) return;
  const root = openCarefully(options.workspace, options.workspace, O_RDONLY | O_DIRECTORY, 'descriptor');
  try {
    const mount = mountOf(fd);
    if (mount !== undefined && mount === mountOf(root)) return;
  } finally {
    closeSync(root);
  }
  throw refused(path, 'lies on another file system that is mounted in the workspace');
}

function mountOf(fd: number): string | undefined {
  try {
    return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

function orClose<T>(fd: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function usualProof(): OpenProof {
  return process.platform === 'linux' ? 'descriptor' : 'no-links';
}

function isBelow(root: string, path: string, orRoot: boolean): boolean {
  if (path === root) return orRoot;
  return path.startsWith(root === '/' ? '/' : `${root}/`) && !path.endsWith('/');
}

function moved(path: string): GgenError {
  return new GgenError('CONFLICT', `${shown(path)} is not what was judged: a link or another file stands there by now`);
}

function refused(path: string, why: string): GgenError {
  return new GgenError('NOT_PERMITTED', `${shown(path)} ${why}`);
}

function shown(path: string): string {
  return `"${printable(path, 120)}"`;
}
