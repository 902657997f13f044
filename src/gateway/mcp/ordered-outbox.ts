/** A place in the order of frames to the server, held while a call is judged. */
export interface OutboxSlot {
  /** Sends these bytes in this place. */
  fill(bytes: Buffer): void;
  /** Gives the place up: the call isn't sent, or not now. */
  drop(): void;
}

export interface OrderedOutbox {
  /** Sends bytes after everything that came before them. */
  push(bytes: Buffer): void;
  reserve(): OutboxSlot;
  /** True where everything handed over has been sent or dropped. */
  isEmpty(): boolean;
}

interface Entry {
  bytes: Buffer | undefined;
  settled: boolean;
}

/**
 * Keeps frames in the order in which they arrived while some of them are still being judged, so that a notification
 * never overtakes the call it is about. A call that must wait for people gives its place up and joins again later.
 */
export function createOrderedOutbox(send: (bytes: Buffer) => void): OrderedOutbox {
  const queue: Entry[] = [];

  const flush = (): void => {
    while (queue[0]?.settled) {
      const { bytes } = queue.shift()!;
      if (bytes) send(bytes);
    }
  };

  const settle = (entry: Entry, bytes: Buffer | undefined): void => {
    if (entry.settled) return;
    entry.settled = true;
    entry.bytes = bytes;
    flush();
  };

  return {
    push: (bytes) => {
      if (queue.length === 0) send(bytes);
      else queue.push({ bytes, settled: true });
    },
    reserve: () => {
      const entry: Entry = { bytes: undefined, settled: false };
      queue.push(entry);
      return { fill: (bytes) => settle(entry, bytes), drop: () => settle(entry, undefined) };
    },
    isEmpty: () => queue.length === 0,
  };
}
