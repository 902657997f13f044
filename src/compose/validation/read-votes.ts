import { type ValidatorVote, voteFromJson } from '../../consensus/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';

/** More of what a validator says is not read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** The votes in what a validator said: one, or a list of them. INPUT_INVALID for anything else. */
export function readVotes(text: string): ValidatorVote[] {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new GgenError('INPUT_INVALID', 'what it said is no JSON');
  }
  return (Array.isArray(json) ? (json as readonly Json[]) : [json]).map(voteFromJson);
}

/** Why a vote that is one in form doesn't count. */
export function notCounted(): GgenError {
  return new GgenError('INPUT_INVALID', 'its vote is not on this ballot, or not signed with the key enrolled for it');
}
