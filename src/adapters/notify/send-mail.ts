import { printable } from '../../kernel/text.ts';
import { checkedLookup, RefusedAddress, webHost, whyRefused } from './checked-lookup.ts';
import type { Delivery, DeliveryOptions } from './delivery.ts';

export interface MailServer {
  /** `smtps://user:password@host:465`, or `smtp://host:587`, which must offer STARTTLS unless `?tls=none` stands behind it */
  readonly smtpUrl: string;
  readonly from: string;
  readonly allowPrivate: boolean;
}

export interface Mail {
  /** the same at every try */
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** One try to hand one mail to the server. What is refused for good (5xx) is not tried again. */
export async function sendMail(server: MailServer, mail: Mail, options: DeliveryOptions): Promise<Delivery> {
  const url = new URL(server.smtpUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const where = `${url.protocol}//${url.host}`;
  const refused = whyRefused(webHost(host), server.allowPrivate);
  if (refused !== undefined) return { outcome: 'refused', why: `${where}: ${refused}` };
  const over = Promise.withResolvers<Delivery>();
  const end = (why: string): void => over.resolve({ outcome: 'retry', why: `${where}: ${why}` });
  const timer = setTimeout(() => end(`no answer within ${options.timeoutMs / 1000} s`), options.timeoutMs);
  const stop = (): void => end('interrupted');
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop);
  const closing = new AbortController();
  try {
    return await Promise.race([over.promise, handOver(server, mail, options, closing.signal)]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    closing.abort();
  }
}

/** The same without a limit for the whole of it; `closing` closes its connection, or has it make none. */
async function handOver(
  server: MailServer,
  mail: Mail,
  options: DeliveryOptions,
  closing: AbortSignal,
): Promise<Delivery> {
  const url = new URL(server.smtpUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const where = `${url.protocol}//${url.host}`;
  let address: string;
  try {
    address = await addressOf(host, server.allowPrivate, options);
  } catch (error) {
    if (error instanceof RefusedAddress) return { outcome: 'refused', why: `${where}: ${error.message}` };
    return { outcome: 'retry', why: `${where}: its name has no address now` };
  }
  const { createTransport } = await import('nodemailer');
  const secure = url.protocol === 'smtps:';
  const open = url.searchParams.get('tls') === 'none';
  const transport = createTransport({
    // Just the address that was judged; the certificate must be the name's.
    host: address,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !open,
    ignoreTLS: open,
    tls: { servername: host },
    connectionTimeout: options.timeoutMs,
    greetingTimeout: options.timeoutMs,
    socketTimeout: options.timeoutMs,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = {
    from: server.from,
    to: [...mail.to],
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id}@ggen-governance>`,
    signal: closing,
  };
  try {
    await transport.sendMail(message);
    return { outcome: 'delivered' };
  } catch (error) {
    return failureOf(error, where);
  } finally {
    transport.close();
  }
}

function addressOf(host: string, allowPrivate: boolean, options: DeliveryOptions): Promise<string> {
  return new Promise((done, fail) => {
    checkedLookup(allowPrivate, options)(host, {}, (error, address) => {
      if (error) fail(error);
      else done(String(address));
    });
  });
}

/** What the server said may hold an address, never the password; its code is enough. */
function failureOf(error: unknown, where: string): Delivery {
  const { responseCode, code } = (error ?? {}) as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === 'number') {
    const why = `${where} answered ${responseCode}`;
    return { outcome: responseCode >= 500 ? 'refused' : 'retry', why };
  }
  const said = typeof code === 'string' ? printable(code, 40) : 'unknown reason';
  const final = said === 'EENVELOPE' || said === 'EMESSAGE';
  return { outcome: final ? 'refused' : 'retry', why: `${where}: not sent (${said})` };
}
