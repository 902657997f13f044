import { homedir } from 'node:os';
import type { GovernedSystem } from '../../compose/index.ts';
import { printable } from '../../kernel/text.ts';
import type { Action } from '../../model/action.ts';
import { createAnswerWatch } from './answer-watch.ts';
import { createCallFlow } from './call-flow.ts';
import { type ClientFrame, type FrameProblem, readClientFrame, type ToolCall } from './client-frame.ts';
import { createClientWriter } from './client-writer.ts';
import { createOrderedOutbox } from './ordered-outbox.ts';
import { createAnswerRedactor } from './redact-answers.ts';
import { errorAnswer, INVALID_REQUEST, REFUSED, refusalAnswer } from './rpc.ts';
import { servedFolder } from './server-name.ts';
import { type MappedCall, mapToolCall, type ServerFacts } from './tool-mapping.ts';

export interface SessionParts {
  readonly system: GovernedSystem;
  /** who asks, whatever the messages say */
  readonly agent: string;
  readonly session: string | undefined;
  readonly provider: string | undefined;
  readonly server: string;
  /** words after the server's own on its command line */
  readonly serverArgs: readonly string[];
  readonly cwd: string;
  /** default: the configuration's, read anew for each call */
  readonly waitSeconds: number | undefined;
  readonly toServer: (bytes: Buffer) => void;
  readonly toClient: (bytes: Buffer) => void;
  readonly clientIsBehind: () => boolean;
  /** called when a call was decided, so that reading can go on */
  readonly onDecided: () => void;
  readonly report: (line: string) => void;
}

/** One client's conversation with one server, with the governor in between. Knows no process and no stream. */
export interface ProxySession {
  fromClient(line: Buffer): void;
  /** A line from the client was longer than is read, and is gone. */
  oversize(maxBytes: number): void;
  fromServer(chunk: Buffer): void;
  /** The client sends no more: nobody can cancel or decide about a wait any longer. */
  clientEnded(): void;
  serverEnded(why: string): void;
  /** calls that are being judged */
  deciding(): number;
  /** true where everything the client sent has been sent on or answered */
  isSent(): boolean;
  /** true where, besides, the server owes no answer to a judged call */
  isIdle(): boolean;
  settled(): Promise<void>;
}

export function createProxySession(parts: SessionParts): ProxySession {
  const { system } = parts;
  const home = homedir();
  const writer = createClientWriter(parts.toClient);
  const outbox = createOrderedOutbox(parts.toServer);
  const gateway = () => system.loaded().config.gateway;
  const flow = createCallFlow({
    governor: system.governor,
    clock: Date.now,
    outbox,
    toClient: writer.inject,
    clientIsBehind: parts.clientIsBehind,
    waitMs: () => (parts.waitSeconds ?? gateway().mcp.approvalWaitSeconds) * 1000,
    useWithinMs: () => system.loaded().config.approvals.useWithinSeconds * 1000,
    report: parts.report,
    onDecided: parts.onDecided,
  });
  const watch = createAnswerWatch(flow.answered);
  const redactor = createAnswerRedactor({
    isOn: () => {
      const { security } = system.loaded().config.policies;
      return security.enabled && security.secretScanning && security.secretPatterns.action === 'block';
    },
    mask: system.maskSecrets,
    forward: writer.forward,
    report: parts.report,
  });
  // Known from the command line until the client offers folders of its own, which then take its place.
  let folder = servedFolder(parts.serverArgs, parts.cwd, home);

  const facts = (): ServerFacts => ({
    cwd: parts.cwd,
    servedFolder: folder,
    isPathOperation: (name) => system.policies().operation(name)?.target === 'path',
  });

  const map = (call: ToolCall): MappedCall => {
    try {
      return mapToolCall(parts.server, call.name, call.args, gateway().tool, facts());
    } catch {
      return { ok: false, problem: 'its arguments can not be read' };
    }
  };

  // THREAT: whoever the message claims to come from, the requester is the one named on our command line.
  const asked = (action: Omit<Action, 'requester' | 'context'>, cwd: string | undefined): Action => ({
    ...action,
    requester: parts.agent,
    context: {
      door: 'mcp_proxy',
      ...(cwd === undefined ? {} : { cwd }),
      ...(parts.session === undefined ? {} : { session: parts.session }),
      ...(parts.provider === undefined ? {} : { provider: parts.provider }),
    },
  });

  /** Records a call whose frame or arguments can be read in two ways, or not at all; it is refused in any case. */
  const refuseUnjudged = (tool: string, why: string): void => {
    const action = asked({ actionType: 'call_tool', target: `${parts.server}/${tool}` }, undefined);
    system.governor.refuse(action, why).catch(() => undefined);
  };

  const onCall = (call: ToolCall, line: Buffer): void => {
    const mapped = map(call);
    if (!mapped.ok) {
      refuseUnjudged(call.name, mapped.problem);
      if (!call.id) return;
      const text = `Denied: ${parts.server}/${printable(call.name)} can't be judged: ${mapped.problem}. Nothing was done.`;
      const { raw } = call.id;
      writer.inject(call.asTask ? errorAnswer(raw, REFUSED, text) : refusalAnswer(raw, text, call.stateless));
      return;
    }
    flow.start(call, asked(mapped.action, mapped.cwd), line);
  };

  const onBad = (problems: readonly FrameProblem[]): void => {
    for (const { id, code, message, tool } of problems) {
      if (tool !== undefined) refuseUnjudged(tool, message);
      if (id !== undefined) writer.inject(errorAnswer(id, code, `Refused by ggen-mcp proxy: ${message}`));
    }
  };

  const onPass = (frame: ClientFrame & { kind: 'pass' }, line: Buffer): void => {
    if (frame.offersRoots) folder = undefined;
    for (const request of frame.cancels ?? []) flow.cancel(request.key);
    // an answer to this request would be taken for the answer to the call
    if (frame.id && flow.has(frame.id.key)) {
      writer.inject(errorAnswer(frame.id.raw, INVALID_REQUEST, 'a call with this id is still under way'));
    } else outbox.push(line);
  };

  return {
    fromClient: (line) => {
      const frame = readClientFrame(line);
      if (frame.kind === 'pass') onPass(frame, line);
      else if (frame.kind === 'call') {
        if (frame.offersRoots) folder = undefined;
        onCall(frame.call, line);
      } else if (frame.kind === 'bad') onBad(frame.problems);
      else if (!flow.cancel(frame.request.key)) outbox.push(line);
    },
    oversize: (maxBytes) => {
      const mib = Math.round(maxBytes / 1024 / 1024);
      writer.inject(errorAnswer('null', INVALID_REQUEST, `Refused by ggen-mcp proxy: a line longer than ${mib} MiB`));
    },
    fromServer: (chunk) => {
      redactor.push(chunk); // first: nobody waits for our record of it
      if (flow.atServer() > 0) watch.push(chunk);
      else watch.skip(chunk);
    },
    clientEnded: flow.stopWaiting,
    serverEnded: (why) => {
      redactor.end();
      writer.finish();
      flow.serverGone(why);
    },
    deciding: flow.deciding,
    isSent: () => outbox.isEmpty() && flow.deciding() === 0,
    isIdle: () => outbox.isEmpty() && flow.deciding() === 0 && flow.atServer() === 0,
    settled: flow.settled,
  };
}
