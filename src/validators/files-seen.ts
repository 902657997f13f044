import { GgenError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { FileFacts, FileSystemPort } from '../security/index.ts';
import { objectOf } from './check-input.ts';

/** What was seen of one path, by the question that was asked of the file system. */
type Seen = { readonly value: Json } | { readonly error: string };

/**
 * The file system, with everything that is seen of it kept: so that all validators look at the same, and at nothing
 * that changes meanwhile.
 */
export function rememberSeen(files: FileSystemPort): { readonly port: FileSystemPort; seen(): JsonObject } {
  const kept: Record<string, Record<string, Seen>> = {};
  const look = <T>(question: keyof FileSystemPort, path: string, answer: () => T | undefined): T | undefined => {
    kept[path] ??= {};
    const known = kept[path];
    try {
      const value = answer();
      known[question] ??= { value: (value ?? null) as Json };
      return value;
    } catch (error) {
      known[question] ??= { error: String((error as { code?: unknown }).code) };
      throw error;
    }
  };
  return {
    port: {
      lstat: (path) => look('lstat', path, () => files.lstat(path)),
      readlink: (path) => look('readlink', path, () => files.readlink(path)),
      list: (path) => look('list', path, () => files.list(path)),
    },
    seen: () => kept,
  };
}

/** The file system as it was seen; what nobody looked at is an error, and so an objection. */
export function replaySeen(seen: JsonObject): FileSystemPort {
  const answer = (question: keyof FileSystemPort, path: string): Json | undefined => {
    const known = Object.hasOwn(seen, path) ? objectOf(seen[path], 'what was seen of a file') : {};
    const { value, error } = objectOf(known[question] ?? { error: 'NOT_SEEN' }, 'what was seen of a file');
    if (error !== undefined) throw Object.assign(new GgenError('INPUT_INVALID', 'not seen'), { code: String(error) });
    return value ?? undefined;
  };
  return {
    lstat: (path) => answer('lstat', path) as FileFacts | undefined,
    readlink: (path) => answer('readlink', path) as string | undefined,
    list: (path) => answer('list', path) as readonly string[] | undefined,
  };
}
