import type { Ballot, ValidationInput, VoteRound } from '../../consensus/index.ts';
import { renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { Hear, Member } from './types.ts';

/**
 * Asks all at once. Resolves as soon as enough agree, or none can, or the time is over; what is still at it then is
 * ended, and nobody waits for that.
 */
export function runRound(
  members: readonly Member[],
  input: ValidationInput,
  ballot: Ballot,
  round: VoteRound,
  timeoutMs: number,
): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  return new Promise((resolve) => {
    const end = (): void => {
      if (signal.aborted) return;
      clearTimeout(timer);
      resolve();
      ended.abort();
    };
    const timer = setTimeout(end, timeoutMs);
    const hear: Hear = (votes) => {
      if (signal.aborted) return votes.length;
      // All that came together are heard before anything is decided: so a contradiction among them is seen.
      const counted = votes.filter((vote) => round.hear(vote)).length;
      if (round.isOver()) end();
      return counted;
    };
    for (const member of members) {
      const question = { ...input, validator: member.id, ballot };
      member
        .ask(question, hear, { signal, timeoutMs })
        .then(
          () => 'it gave no vote',
          (error: unknown) => printable(renderError(error), 300),
        )
        .then((why) => {
          if (signal.aborted) return;
          round.gone(member.id, why);
          if (round.isOver()) end();
        });
    }
  });
}
