import { plainEnvironment, runWords } from '../../adapters/process/index.ts';
import { recordToJson } from '../../approvals/index.ts';
import type { AgentWord } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { ApproverConfig } from '../../model/configuration.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * An agent's decision by a program of its own: the request as JSON on its standard input, `{"approved", "comment"}` on
 * its output. It runs in the configuration's folder, where no agent writes. Throws where it fails or says anything else.
 */
export async function decideByCommand(
  { id, command = [] }: ApproverConfig,
  record: ApprovalRecord,
  configDir: string,
  signal: AbortSignal,
): Promise<AgentWord> {
  const { exitCode, stdout } = await runWords(command, {
    cwd: configDir,
    env: plainEnvironment(),
    input: `${JSON.stringify({ agent: id, approval: recordToJson(record) })}\n`,
    maxOutputBytes: MAX_ANSWER_BYTES,
    signal,
  });
  if (exitCode !== 0) throw new GgenError('INPUT_INVALID', `its program ended with ${exitCode ?? 'a signal'}`);
  return wordOf(stdout);
}

/** INPUT_INVALID for an answer that is no JSON. */
export function wordOf(text: string): AgentWord {
  try {
    return JSON.parse(text) as AgentWord;
  } catch {
    throw new GgenError(
      'INPUT_INVALID',
      'its answer is no JSON: {"approved": true | false, "comment": "…"} was expected',
    );
  }
}
