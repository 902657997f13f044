import { plainEnvironment, runWords } from '../../adapters/process/index.ts';
import { questionToJson } from '../../consensus/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { MAX_ANSWER_BYTES, notCounted, readVotes } from './read-votes.ts';
import type { CommandValidator, Member } from './types.ts';

/**
 * Asks a program of its own: the question as one line of JSON on its standard input, a vote on each line that it
 * prints. A vote counts as soon as its line is whole, however the program ends; it and what it started end with the
 * round. Rejects where it failed, printed too much or said what is no vote that counts.
 */
export function commandAsker({ command, cwd, env }: CommandValidator): Member['ask'] {
  return async (question, hear, { signal }) => {
    const tooMuch = new AbortController();
    let problem: unknown;
    const listen = (lines: readonly string[]): void => {
      const votes = lines.flatMap((line) => {
        if (line.trim() === '') return [];
        try {
          return readVotes(line);
        } catch (error) {
          problem ??= error;
          return [];
        }
      });
      // All of them at once, since the first may end the round, and the second prove a contradiction.
      if (hear(votes) < votes.length) problem ??= notCounted();
    };
    const reader = lineReader(listen, () => tooMuch.abort());
    const { exitCode } = await runWords(command, {
      cwd: cwd ?? process.cwd(),
      env: { ...plainEnvironment(), ...env },
      input: `${JSON.stringify(questionToJson(question))}\n`,
      maxOutputBytes: MAX_ANSWER_BYTES,
      withChildren: true,
      signal: AbortSignal.any([signal, tooMuch.signal]),
      onStdout: reader.take,
    });
    if (signal.aborted) return;
    if (tooMuch.signal.aborted) {
      throw new GgenError('INPUT_INVALID', `it printed ${MAX_ANSWER_BYTES / 1024} KiB, which no votes are`);
    }
    reader.end();
    if (problem !== undefined) throw problem;
    if (exitCode !== 0) throw new GgenError('INPUT_INVALID', `its program ended with ${exitCode ?? 'a signal'}`);
  };
}

/** Hands on whole lines, those of one chunk together. `full` is called once no more is taken. */
function lineReader(listen: (lines: readonly string[]) => void, full: () => void) {
  let kept = Buffer.alloc(0);
  let size = 0;
  return {
    take: (chunk: Buffer): void => {
      size += chunk.length;
      kept = Buffer.concat([kept, chunk]);
      const end = kept.lastIndexOf('\n');
      if (end >= 0) {
        const whole = kept.subarray(0, end).toString('utf8');
        kept = kept.subarray(end + 1);
        listen(whole.split('\n'));
      }
      if (size >= MAX_ANSWER_BYTES) full();
    },
    /** the last line needs no end */
    end: (): void => listen([kept.toString('utf8')]),
  };
}
