import { startGit } from './git-process.ts';

/** Contents by their names in git, read one after another. */
export interface BlobReader {
  /**
   * The pieces of one content; the first holds 8 KiB or all there is. undefined where git doesn't have it. What wasn't
   * read of the one before is skipped.
   */
  open(name: string): Promise<AsyncIterable<Buffer> | undefined>;
  close(): void;
}

const FIRST_PIECE = 8192;

/** Starts a git that answers with contents; memory is bounded by what a pipe gives at once. */
export function openBlobs(folder: string): BlobReader {
  const process = startGit(folder, ['cat-file', '--batch']);
  const chunks = process.out[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  /** bytes of the content that is open and weren't read, with the line end behind it */
  let left = 0;
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (done) return false;
    held = held.length === 0 ? (value as Buffer) : Buffer.concat([held, value as Buffer]);
    return true;
  };
  const skip = async (): Promise<boolean> => {
    while (left > 0) {
      if (held.length === 0 && !(await more())) return false;
      const part = Math.min(left, held.length);
      held = held.subarray(part);
      left -= part;
    }
    return true;
  };
  async function* pieces(): AsyncGenerator<Buffer> {
    while (held.length < Math.min(FIRST_PIECE, left) && (await more()));
    while (left > 1) {
      if (held.length === 0 && !(await more())) throw new Error('git stopped before the end');
      const piece = held.subarray(0, left - 1);
      held = held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
  return {
    async open(name) {
      if (!(await skip())) return undefined;
      process.in.write(`${name}\n`);
      let end = held.indexOf(10);
      while (end < 0) {
        if (!(await more())) return undefined;
        end = held.indexOf(10);
      }
      const [, kind, size] = held.toString('latin1', 0, end).split(' ');
      held = held.subarray(end + 1);
      if (kind === 'missing' || size === undefined) return undefined;
      left = Number(size) + 1;
      return kind === 'blob' ? pieces() : undefined;
    },
    close: () => process.stop(),
  };
}
