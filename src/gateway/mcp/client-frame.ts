import type { Json, JsonObject } from '../../kernel/json.ts';
import { foldKey } from '../../kernel/json-keys.ts';
import { isExactNumber } from '../../kernel/json-number.ts';
import { type JsonMember, type JsonScan, scanJson } from '../../kernel/json-scan.ts';
import { INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR, type RpcId, readId } from './rpc.ts';

/** A tools/call request, read. */
export interface ToolCall {
  /** absent: sent as a notification */
  readonly id: RpcId | undefined;
  readonly name: string;
  readonly args: JsonObject;
  readonly progressToken: string | number | undefined;
  /** the protocol of 2026-07-28 or later, whose results carry a resultType */
  readonly stateless: boolean;
  /** asks to be run as a task: then a tool result is no valid answer */
  readonly asTask: boolean;
  /** set where the call answers a server's request for more input (2026-07-28) */
  readonly retry: { readonly requestState: string | undefined } | undefined;
}

export interface FrameProblem {
  /** JSON text of the id to answer to; `null` where it isn't known; undefined: nobody waits for an answer */
  readonly id: string | undefined;
  readonly code: number;
  readonly message: string;
  /** set where the frame asked for a tool */
  readonly tool?: string;
}

/** What a line from the client is, as far as the proxy must know. */
export type ClientFrame =
  | {
      readonly kind: 'pass';
      readonly id?: RpcId;
      /** calls that a batch cancels */
      readonly cancels?: readonly RpcId[];
      /** the client offers its own folders: a server may replace those of its command line with them */
      readonly offersRoots: boolean;
    }
  | { readonly kind: 'cancel'; readonly request: RpcId }
  | { readonly kind: 'call'; readonly call: ToolCall; readonly offersRoots: boolean }
  | { readonly kind: 'bad'; readonly problems: readonly FrameProblem[] };

const CALL = 'tools/call';
const ENVELOPE = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const MAX_VALUES = 1_000_000;
const PASS: ClientFrame = { kind: 'pass', offersRoots: false };

/**
 * Reads one line from the client.
 * THREAT: an agent whose frame the proxy reads one way and the server another steps around judgement. So every line
 * is scanned strictly; what two parsers could read differently is refused; and what passes is forwarded as the very
 * bytes that were read.
 */
export function readClientFrame(line: Buffer): ClientFrame {
  const body = withoutLineEnd(line);
  // THREAT: a server that reads lines as text takes a lone CR for a line's end, and so sees several frames in one.
  if (body.includes(0x0d)) return bad(undefined, PARSE_ERROR, 'a carriage return within a line');
  if (isBlank(body)) return PASS;
  const scan = scanJson(body);
  if (!scan.ok) {
    return bad('null', PARSE_ERROR, `not usable as JSON-RPC: ${scan.problem} (byte ${scan.offset})`);
  }
  if (scan.kind === 'object') return readMessage(body, scan);
  if (scan.kind === 'array') return readBatch(body, scan);
  return bad('null', INVALID_REQUEST, 'a JSON-RPC message is an object');
}

interface Envelope {
  readonly method: string | undefined;
  readonly id: RpcId | undefined;
  /** there is an id, usable or not */
  readonly hasId: boolean;
  readonly params: JsonMember | undefined;
}

function readMessage(body: Buffer, scan: JsonScan): ClientFrame {
  const envelope = readEnvelope(body, scan);
  if ('problem' in envelope) return bad(envelope.id, INVALID_REQUEST, envelope.problem);
  const { method, id } = envelope;
  if (method === CALL) return readCall(body, scan, envelope);
  const offersRoots = method !== undefined && mayOfferRoots(body, method, envelope.params);
  if (method === 'notifications/cancelled') {
    const request = cancelled(body, envelope.params);
    if (request) return { kind: 'cancel', request };
  }
  return method !== undefined && id ? { kind: 'pass', id, offersRoots } : { kind: 'pass', offersRoots };
}

function readEnvelope(body: Buffer, scan: JsonScan): Envelope | { id: string; problem: string } {
  const found: Record<string, JsonMember> = {};
  let lookalike = false;
  for (const member of scan.members) {
    if (ENVELOPE.includes(member.key)) found[member.key] = member;
    // THREAT: some servers match names without case, so `Method` would be a method to them and nothing to us.
    else if (ENVELOPE.includes(foldKey(cutAtNul(member.key)))) lookalike = true;
  }
  const id = found.id && readId(textOf(body, found.id));
  const idText = id?.raw ?? 'null';
  if (lookalike) return { id: idText, problem: 'a member that differs from a JSON-RPC member in case only' };
  let method: string | undefined;
  if (found.method) {
    const value: unknown = JSON.parse(textOf(body, found.method));
    if (typeof value !== 'string') return { id: idText, problem: 'method must be a string' };
    if (value !== CALL && foldKey(cutAtNul(value)).trim() === CALL) {
      return { id: idText, problem: `a method that only resembles ${CALL}` };
    }
    method = value;
  }
  return { method, id, hasId: found.id !== undefined, params: found.params };
}

function readCall(body: Buffer, scan: JsonScan, envelope: Envelope): ClientFrame {
  const { id, hasId } = envelope;
  if (hasId && !id) return bad('null', INVALID_REQUEST, 'id must be a string or a number');
  const refuse = (message: string, tool?: string): ClientFrame => bad(id?.raw, INVALID_PARAMS, message, tool);
  if (scan.values > MAX_VALUES) return refuse(`more than ${MAX_VALUES} values in one call`);
  const params = envelope.params ? parse(textOf(body, envelope.params), scan.inexactNumbers) : undefined;
  if (!isObject(params)) return refuse('params must be an object');
  const name = member(params, 'name');
  if (typeof name !== 'string' || name === '') return refuse('params.name must be a string');
  if (scan.lookalikeKeys) return refuse('two keys that differ in case only, or a key with a control character', name);
  if (scan.loneSurrogates) return refuse('a string with half a surrogate pair', name);
  const args = member(params, 'arguments');
  if (args !== undefined && !isObject(args)) return refuse('params.arguments must be an object', name);
  const meta = member(params, '_meta');
  const token = isObject(meta) ? member(meta, 'progressToken') : undefined;
  const version = isObject(meta) ? member(meta, 'io.modelcontextprotocol/protocolVersion') : undefined;
  const abilities = isObject(meta) ? member(meta, 'io.modelcontextprotocol/clientCapabilities') : undefined;
  const state = member(params, 'requestState');
  const isRetry = state !== undefined || member(params, 'inputResponses') !== undefined;
  const call: ToolCall = {
    id,
    name,
    args: args ?? {},
    progressToken: typeof token === 'string' || typeof token === 'number' ? token : undefined,
    stateless: typeof version === 'string' && /^\d{4}-\d\d-\d\d$/.test(version) && version >= '2026-07-28',
    asTask: member(params, 'task') !== undefined,
    retry: isRetry ? { requestState: typeof state === 'string' ? state : undefined } : undefined,
  };
  return { kind: 'call', call, offersRoots: isObject(abilities) && member(abilities, 'roots') !== undefined };
}

/** A batch without tools/call passes as it is; one with it is refused as a whole, member by member. */
function readBatch(body: Buffer, scan: JsonScan): ClientFrame {
  const problems: FrameProblem[] = [];
  const cancels: RpcId[] = [];
  let calls = false;
  let offersRoots = false;
  for (const { start, end } of scan.members) {
    const part = body.subarray(start, end);
    const inner = scanJson(part);
    if (!inner.ok || inner.kind !== 'object') return bad('null', INVALID_REQUEST, 'a batch holds messages only');
    const envelope = readEnvelope(part, inner);
    if ('problem' in envelope) return bad(envelope.id, INVALID_REQUEST, envelope.problem);
    const { method, id, hasId } = envelope;
    if (method === CALL) calls = true;
    if (method === 'notifications/cancelled') cancels.push(...[cancelled(part, envelope.params)].filter((r) => !!r));
    if (method !== undefined && mayOfferRoots(part, method, envelope.params)) offersRoots = true;
    if (method !== undefined && hasId) {
      problems.push({
        id: id?.raw ?? 'null',
        code: INVALID_REQUEST,
        message: 'send tool calls one by one, not in a batch',
      });
    }
  }
  return calls ? { kind: 'bad', problems } : { kind: 'pass', cancels, offersRoots };
}

function mayOfferRoots(body: Buffer, method: string, params: JsonMember | undefined): boolean {
  if (method === 'notifications/roots/list_changed') return true;
  if (method !== 'initialize' || !params) return false;
  const value = parse(textOf(body, params), false);
  const abilities = isObject(value) ? member(value, 'capabilities') : undefined;
  return isObject(abilities) && member(abilities, 'roots') !== undefined;
}

function cancelled(body: Buffer, params: JsonMember | undefined): RpcId | undefined {
  if (!params) return undefined;
  const value = parse(textOf(body, params), false);
  const request = isObject(value) ? member(value, 'requestId') : undefined;
  return request === undefined ? undefined : readId(JSON.stringify(request));
}

/**
 * INVARIANT: two calls whose arguments differ never get the same arguments here, since approvals are bound to them:
 * a number that a double can't hold is kept as its text.
 */
function parse(text: string, inexact: boolean): Json {
  if (!inexact) return JSON.parse(text) as Json;
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined && !isExactNumber(context.source)
      ? { 'JSON number': context.source }
      : value;
  return JSON.parse(text, reviver) as Json;
}

function bad(id: string | undefined, code: number, message: string, tool?: string): ClientFrame {
  return { kind: 'bad', problems: [{ id, code, message, ...(tool === undefined ? {} : { tool }) }] };
}

function textOf(body: Buffer, { start, end }: JsonMember): string {
  return body.toString('utf8', start, end);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function cutAtNul(text: string): string {
  const nul = text.indexOf('\0');
  return nul === -1 ? text : text.slice(0, nul);
}

function withoutLineEnd(line: Buffer): Buffer {
  let end = line.length;
  if (end > 0 && line[end - 1] === 0x0a) end -= 1;
  if (end > 0 && line[end - 1] === 0x0d) end -= 1;
  return end === line.length ? line : line.subarray(0, end);
}

function isBlank(body: Buffer): boolean {
  for (let i = 0; i < body.length; i += 1) if (body[i] !== 0x20 && body[i] !== 0x09) return false;
  return true;
}
