import { plainEnvironment, runWords } from '../../adapters/process/index.ts';
import { recordToJson } from '../../approvals/index.ts';
import type { AgentWord } from '../../governor/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { ApproverConfig } from '../../model/configuration.ts';
import { pathOutside } from '../decider-programs.ts';
import type { Places } from '../places.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * An agent's decision by a program of its own: the request as JSON on its standard input, `{"approved", "comment"}` on
 * its output. It runs in the configuration's folder, where no agent writes. Throws where it fails or says anything else.
 */
export async function decideByCommand(
  { id, command = [] }: ApproverConfig,
  record: ApprovalRecord,
  places: Pick<Places, 'configDir' | 'workspace'>,
  signal: AbortSignal,
): Promise<AgentWord> {
  const { exitCode, stdout, stdoutTruncated } = await runWords(command, {
    cwd: places.configDir,
    env: { ...plainEnvironment(), PATH: pathOutside(process.env.PATH, places) },
    input: `${JSON.stringify({ agent: id, approval: recordToJson(record) })}\n`,
    maxOutputBytes: MAX_ANSWER_BYTES,
    signal,
    withChildren: true,
  });
  if (exitCode !== 0) throw new GgenError('INPUT_INVALID', `its program ended with ${exitCode ?? 'a signal'}`);
  return wordOf(stdout, stdoutTruncated);
}

/** INPUT_INVALID for an answer that is no JSON, that could be read in two ways, or that was cut. */
export function wordOf(text: string, cut: boolean): AgentWord {
  if (cut) throw new GgenError('INPUT_INVALID', `its answer has no end within ${MAX_ANSWER_BYTES} bytes`);
  try {
    return parseJson(text) as unknown as AgentWord;
  } catch (error) {
    const why = isGgenError(error) ? error.message.replace(/^not usable as JSON: /, '') : 'not readable';
    const expected = '{"approved": true | false, "comment": "…"} was expected';
    throw new GgenError('INPUT_INVALID', `its answer is no JSON (${why}): ${expected}`);
  }
}
