import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { ReadStream, WriteStream } from 'node:tty';
import { GgenError } from '../kernel/errors.ts';

/**
 * Asks the person at the terminal itself (/dev/tty), whatever standard input and output are connected to, and
 * returns the line typed. THREAT: an agent that pipes "yes" into the command must not decide; without a terminal
 * this throws NOT_PERMITTED.
 */
export function askAtTerminal(question: string): Promise<string> {
  return atTerminal(async (reader, writer) => {
    const lines = createInterface({ input: reader, output: writer });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  });
}

/** As askAtTerminal, but nothing that is typed shows. Ctrl-C and Ctrl-D answer with nothing. */
export function askSecretAtTerminal(question: string): Promise<string> {
  return atTerminal(async (reader, writer) => {
    reader.setRawMode(true);
    writer.write(question);
    let typed = '';
    try {
      for await (const chunk of reader) {
        for (const sign of String(chunk)) {
          if (sign === '\r' || sign === '\n') return typed;
          if (sign === '\u0003' || sign === '\u0004') return '';
          if (sign === '\u007f' || sign === '\b') typed = [...typed].slice(0, -1).join('');
          else if (sign === '\u0015') typed = '';
          else if (sign >= ' ') typed += sign;
        }
      }
      return '';
    } finally {
      reader.setRawMode(false);
      writer.write('\n');
    }
  });
}

async function atTerminal<T>(work: (reader: ReadStream, writer: WriteStream) => Promise<T>): Promise<T> {
  let input: number;
  try {
    input = openSync('/dev/tty', 'r+');
  } catch {
    throw new GgenError('NOT_PERMITTED', 'this needs a person at a terminal, and there is none', {
      hint: 'run it in a terminal window',
    });
  }
  const output = openSync('/dev/tty', 'w');
  const reader = new ReadStream(input);
  const writer = new WriteStream(output);
  reader.setEncoding('utf8');
  try {
    return await work(reader, writer);
  } finally {
    reader.destroy();
    writer.destroy();
    for (const fd of [input, output]) {
      try {
        closeSync(fd);
      } catch {
        // closed by its stream already
      }
    }
  }
}

/** Resolves when somebody ends this process: Ctrl-C, or a signal of the system; keeps it alive until then. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 0x7fffffff);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  });
}
