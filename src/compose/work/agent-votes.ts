import { createAgentKeyFiles, type OpenKey } from '../../adapters/keys/index.ts';
import { agentVoteJob, isLive, requestDigest, statusAt } from '../../approvals/index.ts';
import { type AgentWord, securityWord } from '../../governor/index.ts';
import type { JobEnd, JobHandler } from '../../jobs/index.ts';
import { GgenError, isGgenError, renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import { isSecurityAgent } from '../../model/approver-scope.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { ApproverConfig } from '../../model/configuration.ts';
import type { LeasedJob } from '../../model/job.ts';
import { newId } from '../new-id.ts';
import { decideByCommand } from './decide-by-command.ts';
import { decideOverHttp } from './decide-over-http.ts';
import type { AgentDecider, WorkParts } from './parts.ts';

/** How often a decider that fails is asked again; one that is late is not. */
const TRIES = 3;
const RETRY_MS = 250;

/** The agents whose keys are here, and that something decides for. */
export function agentHandlers(parts: WorkParts): JobHandler[] {
  const keys = createAgentKeyFiles(parts.places.keysDir).list();
  const { approvers } = parts.snapshot().loaded.config.approvals;
  const own = approvers.agent.filter(({ id, autoApprove }) => autoApprove && keys.some((key) => key.approver === id));
  return own.map((agent) => ({
    kind: agentVoteJob(agent.id),
    width: 4,
    leaseMs: timeoutOf(agent) + 10_000,
    run: (job, signal) => vote(parts, agent.id, keys, job, signal),
  }));
}

async function vote(
  parts: WorkParts,
  id: string,
  keys: readonly OpenKey[],
  job: LeasedJob,
  signal: AbortSignal,
): Promise<JobEnd> {
  const { loaded, keys: enrolled } = parts.snapshot();
  const agent = loaded.config.approvals.approvers.agent.find((one) => one.id === id);
  const record = await parts.store.getRequest(job.subject);
  if (!agent?.autoApprove || !record || statusAt(record, Date.now()) !== 'pending') return { end: 'done' };
  const signer = keys.findLast((key) => {
    const line = enrolled.find(id, key.key.fingerprint);
    return key.approver === id && line !== undefined && isLive(line, Date.now());
  });
  if (signer === undefined) return failed(record, id, 'its key that is here does not count');
  // What is not on record as it stands is shown to nobody, and no key of ours signs for it.
  const asked = await parts.desk.present(record.id).catch((error: unknown) => refusalOf(error));
  if (typeof asked === 'string') return failed(record, id, asked);
  let word: AgentWord;
  try {
    word = await inTime(deciderOf(parts, agent), agent, asked, signal);
  } catch (error) {
    // Stopped in the middle: whoever goes on asks it at once, as if it had not been asked.
    if (signal.aborted) return { end: 'later', dueAt: Date.now(), error: 'interrupted', uncounted: true };
    // An error of somebody else's program may quote what it was given.
    const why = printable(parts.snapshot().inspector.maskSecrets(renderError(error)), 300);
    const late = isGgenError(error) && error.code === 'TIMEOUT';
    if (late || job.attempts >= TRIES) return failed(record, id, why);
    return { end: 'later', dueAt: Date.now() + RETRY_MS * 2 ** job.attempts, error: why };
  }
  try {
    await parts.desk.decide({
      approvalId: record.id,
      approved: word.approved,
      signer,
      via: id,
      comment: word.comment,
      requestDigest: requestDigest(asked),
    });
    return { end: 'done' };
  } catch (error) {
    // Decided meanwhile, or this agent may not: nothing that another try would change.
    if (isGgenError(error) && error.code === 'CONFLICT') return { end: 'done' };
    if (isGgenError(error) && error.code === 'NOT_PERMITTED') return failed(record, id, printable(error.message, 300));
    throw error;
  }
}

/** Why a request is not shown to anybody; throws on what is no refusal. */
function refusalOf(error: unknown): string {
  if (isGgenError(error) && error.code === 'NOT_PERMITTED') return printable(error.message, 300);
  throw error;
}

function deciderOf(parts: WorkParts, agent: ApproverConfig): AgentDecider {
  const registered = Object.hasOwn(parts.deciders, agent.id) ? parts.deciders[agent.id] : undefined;
  if (registered) return registered;
  if (agent.command?.length) return (record, signal) => decideByCommand(agent, record, parts.places, signal);
  if (agent.url !== undefined) return (record, signal) => decideOverHttp(agent, record, signal);
  if (isSecurityAgent(agent)) return (record) => securityWord(record, parts.snapshot().inspector);
  throw new GgenError('NOT_AVAILABLE', `nothing decides for ${agent.id}`);
}

function timeoutOf({ timeoutSeconds = 30 }: ApproverConfig): number {
  return timeoutSeconds * 1000;
}

/**
 * INPUT_INVALID for a word that is none; TIMEOUT where none comes in time, NOT_AVAILABLE where this process ends first,
 * whatever the decider goes on doing.
 */
async function inTime(
  decide: AgentDecider,
  agent: ApproverConfig,
  record: ApprovalRecord,
  stopped: AbortSignal,
): Promise<AgentWord> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, stopped]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new GgenError('TIMEOUT', `no decision within ${agent.timeoutSeconds ?? 30} s`));
      over.abort();
    }, timeoutOf(agent));
  });
  const ends = Promise.withResolvers<never>();
  const stop = (): void => ends.reject(new GgenError('NOT_AVAILABLE', 'interrupted'));
  stopped.addEventListener('abort', stop);
  try {
    // In a function of its own: what it throws at once loses the race like what it throws later.
    const asked = async (): Promise<unknown> => decide(record, signal);
    const word = await Promise.race([asked(), late, ends.promise]);
    const { approved, comment } = (word ?? {}) as Partial<AgentWord>;
    if (typeof approved !== 'boolean') throw new GgenError('INPUT_INVALID', 'a decision is {"approved": true | false}');
    return { approved, comment: printable(typeof comment === 'string' ? comment : '', 2000) };
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', stop);
  }
}

function failed(record: ApprovalRecord, agent: string, why: string): JobEnd {
  const entry: AuditEntry = {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: { actorType: 'agent', id: agent, name: agent },
    operation: record.operation,
    target: record.target,
    result: 'failure',
    metadata: { event: 'approval_agent_failed', approval_id: record.id, error: why },
    correlationId: record.correlationId,
  };
  return { end: 'dead', error: why, entry };
}
