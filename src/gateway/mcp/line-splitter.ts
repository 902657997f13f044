const NEWLINE = 0x0a;

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands over what stands after the last newline, if anything does. */
  end(): void;
}

/**
 * Cuts a stream of bytes into lines, newline included. A line beyond `maxBytes` is dropped up to its end and reported
 * once, so that no line can make memory grow without bound.
 */
export function createLineSplitter(parts: {
  readonly maxBytes: number;
  readonly onLine: (line: Buffer) => void;
  readonly onOversize: () => void;
}): LineSplitter {
  const { maxBytes, onLine, onOversize } = parts;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let dropping = false;

  const hold = (rest: Buffer): void => {
    if (dropping || rest.length === 0) return;
    if (heldBytes + rest.length > maxBytes) {
      held = [];
      heldBytes = 0;
      dropping = true;
      onOversize();
      return;
    }
    held.push(rest);
    heldBytes += rest.length;
  };

  const take = (): Buffer => {
    const line = held.length === 1 ? held[0]! : Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return line;
  };

  const push = (chunk: Buffer): void => {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline === -1) break;
      const piece = chunk.subarray(start, newline + 1);
      start = newline + 1;
      if (dropping) dropping = false;
      else if (heldBytes === 0 && piece.length <= maxBytes) onLine(piece);
      else {
        hold(piece);
        if (dropping) dropping = false;
        else onLine(take());
      }
    }
    hold(start === 0 ? chunk : chunk.subarray(start));
  };

  const end = (): void => {
    if (heldBytes > 0) onLine(take());
  };

  return { push, end };
}
