import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { ReadStream, WriteStream } from 'node:tty';
import { GgenError } from '../kernel/errors.ts';

/**
 * Asks the person at the terminal itself (/dev/tty), whatever standard input and output are connected to, and
 * returns the line typed. THREAT: an agent that pipes "yes" into the command must not decide; without a terminal
 * this throws NOT_PERMITTED.
 */
export async function askAtTerminal(question: string): Promise<string> {
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
  const lines = createInterface({ input: reader, output: writer });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
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
