import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { slackButtonsOf } from '../../approvals/index.ts';
import { type GovernedSystem, sleep } from '../../compose/index.ts';
import { decideByClick, type SlackAnswer, slackAnswer } from '../../compose/slack/index.ts';
import type { ListenAddress } from '../../config/index.ts';
import { renderError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { createRateLimit } from './rate-limit.ts';
import { readBody } from './read-body.ts';
import { readSlackPost } from './slack-click.ts';
import { isSignedBySlack, readSlackStamp, WINDOW_MS } from './slack-signature.ts';
import { createUsedSignatures } from './used-signatures.ts';

export const SLACK_PATH = '/slack/actions';

const MAX_BODY_BYTES = 64 * 1024;
const MINUTE_MS = 60_000;
/** whatever it is, signed or not */
const PER_MINUTE = 600;
const PER_USER_AND_MINUTE = 20;
const MAX_SIGNATURES = 20_000;
const MAX_CONNECTIONS = 64;
/** a request that isn't whole by then is dropped */
const REQUEST_MS = 5000;
/** Slack waits three seconds for an answer, and tells the person that it failed. */
const ANSWER_WITHIN_MS = 2000;

export interface SlackDoor {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly message?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes clicks that Slack signed, at one path. Answers of refusals say nothing but their number. */
export async function openSlackDoor(
  system: GovernedSystem,
  { host, port }: Pick<ListenAddress, 'host' | 'port'>,
  report: (line: string) => void,
): Promise<SlackDoor> {
  const inAll = createRateLimit(PER_MINUTE, MINUTE_MS);
  const perUser = createRateLimit(PER_USER_AND_MINUTE, MINUTE_MS);
  const toldOf = createRateLimit(1, MINUTE_MS);
  const used = createUsedSignatures(MAX_SIGNATURES);
  const underWay = new Set<Promise<unknown>>();

  const judge = async (request: IncomingMessage): Promise<Answer> => {
    if (!inAll.admits('', Date.now())) return { status: 429 };
    if (request.url !== SLACK_PATH) return { status: 404 };
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const { approvals } = system.loaded().config;
    const buttons = slackButtonsOf(approvals);
    if (buttons === undefined) return { status: 404 };
    const { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature } = request.headers;
    const stamp = readSlackStamp(timestamp, signature, Date.now());
    if (stamp === undefined) return { status: 401 };
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === 'too large') return { status: 413 };
    // INVARIANT: nothing of the body is understood before Slack's signature over its bytes holds.
    if (!isSignedBySlack(stamp, body, buttons.signingSecret)) {
      // Most often the secret is another app's, and whoever clicks sees nothing but a failure.
      if (toldOf.admits('', Date.now())) report('a click was not signed with signing_secret: it was refused');
      return { status: 401 };
    }
    if (!used.use(stamp.signature, stamp.at + WINDOW_MS, Date.now())) return { status: 401 };
    const post = readSlackPost(body);
    if (post === undefined) return { status: 400 };
    if (post.kind === 'other') return { status: 200 };
    if (approvals.slack.team !== undefined && post.team !== approvals.slack.team) return { status: 403 };
    if (!perUser.admits(post.click.user, Date.now())) return { status: 429 };
    return await inTime(decideByClick(system, post.click), slackAnswer(approvals, post.responseUrl));
  };

  /** What happened, at the address for answers, else in the answer itself; where it takes long, that it does. */
  const inTime = async (deciding: Promise<JsonObject>, answer: SlackAnswer | undefined): Promise<Answer> => {
    const over = new AbortController();
    const late = sleep(ANSWER_WITHIN_MS, over.signal).then(() => undefined);
    if (answer !== undefined) keep(deciding.then(answer).then((why) => why && report(`Slack was not told: ${why}`)));
    else keep(deciding);
    const message = await Promise.race([deciding, late]).finally(() => over.abort());
    return { status: 200, ...(message === undefined || answer !== undefined ? {} : { message }) };
  };

  const keep = (work: Promise<unknown>): void => {
    const kept = work.catch((fault: unknown) => report(renderError(fault))).finally(() => underWay.delete(kept));
    underWay.add(kept);
  };

  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      judge(request)
        .catch((): Answer => ({ status: request.readableAborted ? 400 : 500 }))
        .then((answer) => send(response, request, answer));
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  server.on('error', (fault) => report(renderError(fault)));

  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), ANSWER_WITHIN_MS).unref();
      });
      await Promise.all(underWay);
    },
  };
}

function send(response: ServerResponse, request: IncomingMessage, { status, message, headers = {} }: Answer): void {
  const text = message === undefined ? '' : JSON.stringify(message);
  // What was not read is not waited for: the connection ends with the answer.
  const isWhole = request.complete;
  response.writeHead(status, {
    ...headers,
    ...(text === '' ? {} : { 'content-type': 'application/json' }),
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(text)),
    ...(isWhole ? {} : { connection: 'close' }),
  });
  response.end(text);
}
