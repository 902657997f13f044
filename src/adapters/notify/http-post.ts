import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkedLookup, leadsTo, RefusedAddress, whyNotPublic, whyRefused } from './checked-lookup.ts';
import type { DeliveryOptions } from './delivery.ts';

/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface HttpTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authToken?: string;
  /** whether it may lead to this machine or its networks */
  readonly allowPrivate: boolean;
}

/** What came back, or why nothing did. `final`: another try would end the same way. */
export type HttpAnswer =
  | {
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly body: string;
      /** the body was longer */
      readonly cut: boolean;
    }
  | { readonly fault: string; readonly final: boolean };

/**
 * Posts a JSON text: to public addresses unless the target says otherwise, following no redirect, through no proxy, on
 * a connection of its own. The time limit is for everything, the answer included.
 */
export function postJson(
  target: HttpTarget,
  body: string,
  headers: Readonly<Record<string, string>>,
  options: DeliveryOptions,
): Promise<HttpAnswer> {
  const { timeoutMs, signal, judge = whyNotPublic } = options;
  const url = new URL(target.url);
  const refused = whyRefused(url.hostname, target.allowPrivate);
  if (refused !== undefined) return Promise.resolve({ fault: `${originOf(url)}: ${refused}`, final: true });
  return new Promise((done) => {
    let request: ClientRequest | undefined;
    const end = (answer: HttpAnswer): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      done(answer);
      request?.destroy();
    };
    const fail = (why: string, final = false): void => end({ fault: `${originOf(url)}: ${why}`, final });
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    const stop = (): void => fail('interrupted');
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    try {
      request = send(url, {
        method: 'POST',
        agent: false,
        lookup: checkedLookup(target.allowPrivate, options),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'ggen-governance',
          ...lowerCase(target.headers),
          ...(target.authToken === undefined ? {} : { authorization: `Bearer ${target.authToken}` }),
          ...headers,
          'content-length': String(Buffer.byteLength(body)),
        },
      });
    } catch {
      // Its message may quote a header, and so a token.
      return fail('its headers can not be sent', true);
    }
    request.on('socket', (socket) => {
      socket.on('connect', () => {
        const why = target.allowPrivate ? undefined : judge(socket.remoteAddress ?? '');
        if (why !== undefined) fail(leadsTo(why), true);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => fail(faultOf(error), error instanceof RefusedAddress));
    request.on('response', (response) => {
      readBounded(response).then(
        (read) => end({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], ...read }),
        () => fail('its answer broke off'),
      );
    });
    request.end(body);
  });
}

async function readBounded(response: IncomingMessage): Promise<{ body: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, Math.max(0, MAX_ANSWER_BYTES - size)));
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return { body: Buffer.concat(chunks).toString('utf8'), cut: size > MAX_ANSWER_BYTES };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Without path and query: these may hold a secret. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

function faultOf(error: NodeJS.ErrnoException): string {
  if (error instanceof RefusedAddress) return error.message;
  return error.code === undefined ? 'no connection' : `no connection (${error.code})`;
}
