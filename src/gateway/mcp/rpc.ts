/** The pieces of JSON-RPC that the proxy itself writes and compares. */

/** A request's id: `key` to compare by, `raw` as its sender wrote it. */
export interface RpcId {
  readonly key: string;
  readonly raw: string;
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;
/** implementation-defined: refused by policy where a tool result can't carry the refusal; the server is gone */
export const REFUSED = -32001;
export const SERVER_GONE = -32000;

const MAX_ID_BYTES = 1024;

/**
 * Reads the JSON text of an id. Undefined where it is neither a string nor a number, or longer than a kilobyte.
 * Numbers compare as doubles, as most clients and servers do: two that collide count as one.
 */
export function readId(raw: string): RpcId | undefined {
  if (raw.length > MAX_ID_BYTES) return undefined;
  const value: unknown = JSON.parse(raw);
  if (typeof value === 'string') return { key: `s${value}`, raw };
  if (typeof value === 'number' && Number.isFinite(value)) return { key: `n${value}`, raw };
  return undefined;
}

/** An error answer as one line. `id` is JSON text; `null` where the request's id isn't known. */
export function errorAnswer(id: string, code: number, message: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message })}}\n`);
}

/** A tool's result that says it was refused, so that the model reads why. `complete` marks it for 2026-07-28. */
export function refusalAnswer(id: string, text: string, complete: boolean): Buffer {
  const result = {
    ...(complete ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text }],
    isError: true,
  };
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}\n`);
}

/** A progress notification for the call that carried `token`. */
export function progressNote(token: string | number, progress: number, message: string): Buffer {
  const params = { progressToken: token, progress, message };
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })}\n`);
}
