import { printable } from '../../kernel/text.ts';

const PROCESS = /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:root|cwd|fd|fdinfo|exe|map_files|mem|environ)(?:\/|$)/;
const HARMLESS_DEVICE = /^\/dev\/(?:null|zero|full|random|urandom|shm(?:\/.*)?)$/;

/**
 * Why an absolute path is no file of its own but a door to something else (a process, a device, the kernel), as a
 * clause; undefined for the rest. `/dev/null` and its kind, `/dev/shm` and reading the rest of `/proc` are fine.
 */
export function devicePath(path: string, writes: boolean): string | undefined {
  if (path.startsWith('/proc/')) {
    if (PROCESS.test(path)) return `"${printable(path, 120)}" reaches into a process`;
    return writes ? `"${printable(path, 120)}" changes the system` : undefined;
  }
  if (path.startsWith('/dev/')) return HARMLESS_DEVICE.test(path) ? undefined : `"${printable(path, 120)}" is a device`;
  return writes && path.startsWith('/sys/') ? `"${printable(path, 120)}" changes the system` : undefined;
}

/** A link below `/proc/<process>/` leads to whatever that process has open: it says nothing about any other process. */
export function isMagicLink(at: string): boolean {
  return /^\/proc\/[^/]+\/./.test(at);
}

const PROCESS_DOOR = /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:root|cwd|fd)(?:\/|$)|^\/dev\/fd(?:\/|$)/;

/**
 * True where an absolute path, `..` kept or not, goes through a process's root, folder or open files: what stands
 * behind depends on who asks, so nobody can say that it isn't a protected place.
 */
export function leadsIntoProcess(path: string): boolean {
  return PROCESS_DOOR.test(path.replace(/\/(?:\.?\/)+/g, '/'));
}
