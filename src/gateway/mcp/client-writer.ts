/** Writes to the client: the server's bytes as they are, and lines of our own between its lines. */
export interface ClientWriter {
  forward(chunk: Buffer): void;
  /** Writes a whole line as soon as no line of the server is under way. */
  inject(line: Buffer): void;
  /** Ends a line that the server left unfinished, and writes what waited for its end. */
  finish(): void;
}

export function createClientWriter(write: (bytes: Buffer) => void): ClientWriter {
  let atLineStart = true;
  let waiting: Buffer[] = [];

  const release = (): void => {
    const lines = waiting;
    waiting = [];
    for (const line of lines) write(line);
  };

  return {
    forward: (chunk) => {
      if (chunk.length === 0) return;
      if (waiting.length > 0) {
        const newline = chunk.indexOf(0x0a);
        if (newline !== -1) {
          write(chunk.subarray(0, newline + 1));
          release();
          const rest = chunk.subarray(newline + 1);
          atLineStart = rest.length === 0 || rest[rest.length - 1] === 0x0a;
          if (rest.length > 0) write(rest);
          return;
        }
      }
      write(chunk);
      atLineStart = chunk[chunk.length - 1] === 0x0a;
    },
    inject: (line) => {
      if (atLineStart) write(line);
      else waiting.push(line);
    },
    finish: () => {
      if (!atLineStart) write(Buffer.from('\n'));
      atLineStart = true;
      release();
    },
  };
}
