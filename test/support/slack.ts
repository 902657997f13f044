// Slack, for tests: takes messages as its incoming webhooks do, and sends the clicks on their buttons, signed.
import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export const SLACK_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

export interface SlackButton {
  readonly action_id?: string;
  readonly value?: string;
  readonly url?: string;
}
export interface SlackMessage {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly buttons: readonly SlackButton[];
}

export interface TestSlack {
  /** of an incoming webhook */
  readonly webhook: string;
  /** where a click's answers go */
  readonly responseUrl: string;
  readonly messages: SlackMessage[];
  /** The next message on this path that nobody has taken yet. */
  next(path: string): Promise<SlackMessage>;
  close(): void;
}

export async function openSlack(): Promise<TestSlack> {
  const messages: SlackMessage[] = [];
  const taken = new Set<SlackMessage>();
  const server = createServer((incoming, response) => {
    void text(incoming).then((json) => {
      const body = JSON.parse(json) as { blocks?: { type: string; elements?: SlackButton[] }[] };
      const buttons = (body.blocks ?? []).flatMap(({ type, elements }) => (type === 'actions' ? (elements ?? []) : []));
      messages.push({ path: incoming.url ?? '', body, buttons });
      response.writeHead(200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    webhook: `${origin}/services/T0/B0/x`,
    responseUrl: `${origin}/actions/T0/1/y`,
    messages,
    next: async (path) => {
      for (const end = Date.now() + 20_000; Date.now() < end; await delay(5)) {
        const found = messages.find((one) => one.path.startsWith(path) && !taken.has(one));
        if (found === undefined) continue;
        taken.add(found);
        return found;
      }
      throw new Error(`nothing came at ${path}`);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The body that Slack posts when this user presses a button. */
export function clickBody(button: SlackButton, user: string, responseUrl?: string): string {
  const actions = [{ type: 'button', block_id: 'b', ...button }];
  const more = responseUrl === undefined ? {} : { response_url: responseUrl };
  const payload = { type: 'block_actions', user: { id: user, team_id: 'T0' }, team: { id: 'T0' }, actions, ...more };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

export interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly secret?: string;
  /** seconds that Slack's clock is ahead of ours */
  readonly ahead?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The headers by which Slack says that it sent this. */
export function signAsSlack(body: string, secret = SLACK_SECRET, ahead = 0): Record<string, string> {
  const seconds = String(Math.floor(Date.now() / 1000) + ahead);
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': seconds, 'x-slack-signature': `v0=${signature}` };
}

/** Posts as Slack does. */
export function postAsSlack(port: number, body: string, more: Sending = {}): Promise<Answered> {
  const { method = 'POST', path = '/slack/actions', secret = SLACK_SECRET, ahead = 0 } = more;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...signAsSlack(body, secret, ahead),
    'content-length': String(Buffer.byteLength(body)),
    ...more.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer, headers: response.headers }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Writes these bytes and nothing more; what came back by the time that the connection was closed there. */
export function writeTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let came = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    came += String(chunk);
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  return new Promise((resolve) => socket.on('close', () => resolve(came)));
}
