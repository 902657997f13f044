import { postJson } from '../../adapters/notify/index.ts';
import { questionToJson } from '../../consensus/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { notCounted, readVotes } from './read-votes.ts';
import type { HttpValidator, Member } from './types.ts';

/**
 * Asks a validator behind HTTP: the question is posted, the answer is 200 with its vote, or a list of votes. Rejects
 * where there is no such answer: redirects are not followed, nor private addresses asked unless it may be one.
 */
export function httpAsker({ url, authToken, allowPrivate = false }: HttpValidator): Member['ask'] {
  const target = { url, headers: {}, allowPrivate, ...(authToken === undefined ? {} : { authToken }) };
  return async (question, hear, limits) => {
    const answer = await postJson(target, JSON.stringify(questionToJson(question)), {}, limits);
    if ('fault' in answer) throw new GgenError('NOT_AVAILABLE', answer.fault);
    const { status, body } = answer;
    if (status !== 200) throw new GgenError('NOT_AVAILABLE', `${new URL(url).host} answered ${status}`);
    const votes = readVotes(body);
    if (hear(votes) < votes.length) throw notCounted();
  };
}
