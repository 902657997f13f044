import type { Ballot, ValidatorSet, ValidatorVote } from './validator-vote.ts';
import { countVotes, type VoteCount } from './vote-count.ts';

/** A validator without a vote that counts, and why it has none. */
export interface MissingVote {
  readonly validator: string;
  readonly why: string;
}

/** One question to all validators of a set, from the first vote to the end. It reads no clock: who asks ends it. */
export interface VoteRound extends Pick<VoteCount, 'certificate' | 'dissent' | 'equivocations'> {
  /** False where it is not a vote of this set on this ballot. It counts whoever brings it, and none counts twice. */
  hear(vote: ValidatorVote): boolean;
  /** Nothing more comes from this validator. */
  gone(validator: string, why: string): void;
  /** true once enough agree, or none can any more: those who are silent delay nothing that is certain */
  isOver(): boolean;
  /** those who gave no vote; `late` is why where the validator may still be at it */
  missing(late: string): readonly MissingVote[];
}

export function startRound(set: ValidatorSet, threshold: number, ballot: Ballot): VoteRound {
  const count = countVotes(set, threshold, ballot);
  const open = new Set(Object.keys(set));
  const silent = new Map<string, string>();
  return {
    hear: (vote) => {
      if (!count.add(vote)) return false;
      open.delete(vote.validator);
      silent.delete(vote.validator);
      return true;
    },
    gone: (validator, why) => {
      if (open.delete(validator)) silent.set(validator, why);
    },
    isOver: () => count.certificate() !== undefined || count.isHopeless(open.size),
    missing: (late) =>
      Object.keys(set).flatMap((validator) => {
        const why = open.has(validator) ? late : silent.get(validator);
        return why === undefined ? [] : [{ validator, why }];
      }),
    certificate: count.certificate,
    dissent: count.dissent,
    equivocations: count.equivocations,
  };
}
