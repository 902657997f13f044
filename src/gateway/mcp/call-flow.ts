import type { Governor, Permit, Refusal } from '../../governor/index.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Action } from '../../model/action.ts';
import type { ServerAnswer } from './answer-watch.ts';
import { waitForApproval } from './approval-wait.ts';
import type { ToolCall } from './client-frame.ts';
import { createContinuations } from './continuations.ts';
import type { OrderedOutbox, OutboxSlot } from './ordered-outbox.ts';
import { errorAnswer, INVALID_REQUEST, progressNote, REFUSED, refusalAnswer, SERVER_GONE } from './rpc.ts';

export interface CallFlowParts {
  readonly governor: Governor;
  readonly clock: Clock;
  readonly outbox: OrderedOutbox;
  /** writes a line of our own to the client */
  readonly toClient: (line: Buffer) => void;
  /** true where the client does not keep up: then progress is left out */
  readonly clientIsBehind: () => boolean;
  readonly waitMs: () => number;
  readonly useWithinMs: () => number;
  /** one line for the person who runs the proxy */
  readonly report: (line: string) => void;
  /** called when a call was decided, so that reading can go on */
  readonly onDecided: () => void;
}

/** Tool calls on their way: judged, waiting for people, at the server, answered. */
export interface CallFlow {
  /** Judges the call and forwards `line`, or answers it. */
  start(call: ToolCall, action: Action, line: Buffer): void;
  /** The client takes the call back: true where the server never heard of it, and must not hear of this either. */
  cancel(key: string): boolean;
  /** True while a call with this id is under way. */
  has(key: string): boolean;
  answered(answer: ServerAnswer): void;
  /** calls that the server is working on */
  atServer(): number;
  /** calls that are being judged */
  deciding(): number;
  /** Ends every wait for people with what the agent must know to come back. */
  stopWaiting(): void;
  /** Answers everything that is under way with an error: no server is there any more. */
  serverGone(why: string): void;
  /** Resolves when nothing is being judged and every outcome is recorded. */
  settled(): Promise<void>;
}

interface LiveCall {
  readonly call: ToolCall;
  cancelled: boolean;
  phase: 'deciding' | 'waiting' | 'at_server';
  abort?: AbortController;
  /** what to say when the wait is ended from outside */
  waitMessage?: string;
  permit?: Permit;
}

const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Takes each tool call through the governor. It translates and keeps order; it never decides. */
export function createCallFlow(parts: CallFlowParts): CallFlow {
  const { governor, outbox, toClient } = parts;
  const continuations = createContinuations(parts);
  const live = new Map<string, LiveCall>();
  const work = new Set<Promise<unknown>>();
  let deciding = 0;
  let atServer = 0;
  let waiting = 0;
  let waitingBytes = 0;
  let gone: string | undefined;
  let mayWait = true;

  const track = (promise: Promise<unknown>): void => {
    work.add(promise);
    promise.finally(() => work.delete(promise)).catch(() => undefined);
  };

  const complete = (permit: Permit, result: 'success' | 'failure', error?: string): void => {
    const recorded = permit
      .complete(error === undefined ? { result } : { result, error })
      .catch(() => parts.report('an outcome could not be recorded: its attempt reads "unknown"'));
    track(recorded);
  };

  const answer = (call: ToolCall, line: (id: string) => Buffer): void => {
    if (call.id) toClient(line(call.id.raw));
  };

  const refuse = (call: ToolCall, message: string): void =>
    answer(call, (id) =>
      call.asTask ? errorAnswer(id, REFUSED, message) : refusalAnswer(id, message, call.stateless),
    );

  const forget = (entry: LiveCall): void => {
    const key = entry.call.id?.key;
    if (key !== undefined && live.get(key) === entry) live.delete(key);
  };

  const judge = async (call: ToolCall, action: Action): Promise<Permit | Refusal> =>
    (await continuations.take(call, action)) ?? (await governor.authorize(action));

  /** Sends a permitted call to the server, in `slot` or at the end. */
  const forward = (entry: LiveCall, permit: Permit, line: Buffer, slot?: OutboxSlot): void => {
    if (gone !== undefined || entry.cancelled) {
      complete(permit, 'failure', gone ?? 'cancelled before it was forwarded');
      slot?.drop();
      forget(entry);
      if (gone !== undefined && !entry.cancelled) answer(entry.call, (id) => errorAnswer(id, SERVER_GONE, gone!));
      return;
    }
    if (entry.call.id) {
      entry.phase = 'at_server';
      entry.permit = permit;
      atServer += 1;
    } else complete(permit, 'failure', 'sent as a notification: no answer says what happened');
    if (slot) slot.fill(line);
    else outbox.push(line);
  };

  const wait = async (entry: LiveCall, action: Action, refusal: Refusal, line: Buffer): Promise<void> => {
    const { call } = entry;
    const waitMs = parts.waitMs();
    const full = waiting >= MAX_WAITING || waitingBytes + line.length > MAX_WAITING_BYTES;
    if (waitMs <= 0 || full || !mayWait || !call.id || entry.cancelled) {
      forget(entry);
      if (!entry.cancelled) refuse(call, refusal.message);
      return;
    }
    const held = Buffer.from(line); // lets go of the larger chunk that it was read with
    const abort = new AbortController();
    entry.phase = 'waiting';
    entry.abort = abort;
    entry.waitMessage = refusal.message;
    waiting += 1;
    waitingBytes += held.length;
    try {
      const { progressToken: token } = call;
      let ticks = 0;
      // small steps, so that progress of the server's own goes on rising after them
      const onProgress = (message: string): void => {
        ticks += 1;
        if (token !== undefined && !parts.clientIsBehind()) toClient(progressNote(token, ticks / 1000, message));
      };
      const result = await waitForApproval(action, refusal, {
        governor,
        clock: parts.clock,
        waitMs,
        signal: abort.signal,
        ...(token === undefined ? {} : { onProgress }),
      });
      if (result !== 'cancelled' && 'permit' in result) return forward(entry, result.permit, held);
      forget(entry);
      if (result !== 'cancelled' && !entry.cancelled) refuse(call, result.refusal);
    } finally {
      waiting -= 1;
      waitingBytes -= held.length;
    }
  };

  const decide = async (entry: LiveCall, action: Action, line: Buffer, slot: OutboxSlot): Promise<void> => {
    let verdict: Permit | Refusal | undefined;
    try {
      verdict = await judge(entry.call, action);
    } catch {
      // the governor answers faults itself; whatever still gets here must not let the call through
    }
    deciding -= 1;
    if (verdict?.outcome === 'permitted') forward(entry, verdict, line, slot);
    else slot.drop();
    parts.onDecided();
    if (verdict?.outcome === 'permitted') return;
    if (verdict?.approval?.status === 'pending') {
      try {
        return await wait(entry, action, verdict, line);
      } catch {
        // falls through: refused
      }
    }
    forget(entry);
    if (!entry.cancelled)
      refuse(entry.call, verdict?.message ?? 'Denied: the governor failed while judging. Nothing was done.');
  };

  const start = (call: ToolCall, action: Action, line: Buffer): void => {
    const entry: LiveCall = { call, cancelled: false, phase: 'deciding' };
    if (call.id) {
      if (live.has(call.id.key)) {
        toClient(errorAnswer(call.id.raw, INVALID_REQUEST, 'a call with this id is still under way'));
        return;
      }
      live.set(call.id.key, entry);
    }
    deciding += 1;
    track(decide(entry, action, line, outbox.reserve()));
  };

  const cancel = (key: string): boolean => {
    const entry = live.get(key);
    if (!entry) return false;
    live.delete(key);
    entry.cancelled = true;
    if (entry.phase === 'at_server') {
      atServer -= 1;
      if (entry.permit)
        complete(entry.permit, 'failure', 'cancelled by the client; whether it took effect is not known');
      return false;
    }
    entry.abort?.abort();
    return true;
  };

  const answered = (reply: ServerAnswer): void => {
    const entry = live.get(reply.id.key);
    if (entry?.phase !== 'at_server' || !entry.permit) return;
    live.delete(reply.id.key);
    atServer -= 1;
    if (reply.inputRequired) continuations.keep(entry.call, entry.permit, reply.inputRequired.requestState);
    else if (reply.failed) complete(entry.permit, 'failure', reply.error ?? 'the tool reported an error');
    else complete(entry.permit, 'success');
  };

  const stopWaiting = (): void => {
    mayWait = false;
    for (const entry of [...live.values()]) {
      if (entry.phase !== 'waiting') continue;
      forget(entry);
      entry.cancelled = true;
      refuse(entry.call, entry.waitMessage ?? '');
      entry.abort?.abort();
    }
  };

  const serverGone = (why: string): void => {
    gone = why;
    stopWaiting();
    for (const entry of [...live.values()]) {
      if (entry.phase !== 'at_server') continue;
      forget(entry);
      atServer -= 1;
      if (entry.permit)
        complete(entry.permit, 'failure', `${why} before it answered; whether it took effect is not known`);
      answer(entry.call, (id) => errorAnswer(id, SERVER_GONE, why));
    }
    continuations.close();
  };

  const settled = async (): Promise<void> => {
    while (work.size > 0) await Promise.allSettled([...work]);
  };

  return {
    start,
    cancel,
    has: (key) => live.has(key),
    answered,
    atServer: () => atServer,
    deciding: () => deciding,
    stopWaiting,
    serverGone,
    settled,
  };
}
