import { postJson } from '../../adapters/notify/index.ts';
import { recordToJson } from '../../approvals/index.ts';
import type { AgentWord } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { ApproverConfig } from '../../model/configuration.ts';
import { wordOf } from './decide-by-command.ts';

/** An agent's decision behind HTTP: the request is posted as JSON, `{"approved", "comment"}` is the answer. */
export async function decideOverHttp(
  { id, url = '', authToken, allowPrivate = false, timeoutSeconds = 30 }: ApproverConfig,
  record: ApprovalRecord,
  signal: AbortSignal,
): Promise<AgentWord> {
  const body = JSON.stringify({ agent: id, approval: recordToJson(record) });
  const target = { url, headers: {}, allowPrivate, ...(authToken === undefined ? {} : { authToken }) };
  const answer = await postJson(target, body, {}, { timeoutMs: timeoutSeconds * 1000, signal });
  if ('fault' in answer) throw new GgenError('NOT_AVAILABLE', answer.fault);
  if (answer.status !== 200) throw new GgenError('NOT_AVAILABLE', `${URL.parse(url)?.host} answered ${answer.status}`);
  return wordOf(answer.body, answer.cut);
}
