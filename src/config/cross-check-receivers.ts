import type { ApprovalsConfig, WebhookConfig } from '../model/configuration.ts';
import { isWebAddress } from './keys/texts.ts';
import type { Report } from './spec.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Ours to set, or about the connection itself. */
const RESERVED = new Set(
  'connection content-length host keep-alive proxy-authorization te trailer transfer-encoding upgrade webhook-id webhook-signature webhook-timestamp'.split(
    ' ',
  ),
);
/** A space or tab, and what is printed, in Latin-1 (RFC 9110 §5.5). */
const VALUE = /^[\t\x20-\x7e\xa0-\xff]*$/;

/** Those who are told of approvals: what can't be sent, and what would send nothing. Values may be secrets: none is repeated. */
export function receivers(
  { link, webhooks, email }: ApprovalsConfig,
  unset: readonly { readonly path: string }[],
  report: Report,
): void {
  if (link !== undefined) linkToOne(link, report);
  webhooks.endpoint.forEach((one, index) => {
    const path = `approvals.webhooks.endpoint[${index}]`;
    endpoint(one, path, report);
    const twin = webhooks.endpoint.findIndex(({ url }) => url !== '' && url === one.url);
    if (twin >= 0 && twin < index)
      report.error(`${path}.url`, 'is the address of another endpoint', 'name all its events in one place');
  });
  if (!email.enabled) return;
  const isUnset = unset.some(({ path }) => path === 'approvals.email.smtp_url');
  if (email.smtpUrl === undefined && !isUnset) report.warning('approvals.email', 'sends nothing without smtp_url');
  if (email.to.length === 0) report.warning('approvals.email', 'sends nothing: to names nobody');
  if (email.from === '') report.warning('approvals.email', 'has no sender: from is empty, and servers refuse that');
  if (email.events.length === 0) report.warning('approvals.email', 'sends nothing: events is empty');
}

/** An id as it stands in the place of `{id}`. */
const SOME_ID = '01a20c01-ab91-7720-923f-3c0a9f440efb';

/** THREAT: people click it: it leads to the web, and nowhere else. */
function linkToOne(link: string, report: Report): void {
  const hint = 'as in "https://approvals.example.com/{id}"';
  if (isWebAddress(link.replaceAll('{id}', SOME_ID)) !== undefined)
    report.error('approvals.link', 'is no http or https URL', hint);
  else if (!link.includes('{id}'))
    report.warning('approvals.link', 'is the same for every request: {id} is not in it', hint);
}

function endpoint({ url, headers, authToken, secret, events }: WebhookConfig, path: string, report: Report): void {
  for (const [name, value] of Object.entries(headers)) {
    const at = `${path}.headers.${name}`;
    if (!TOKEN.test(name)) report.error(at, 'is no name of a header');
    else if (RESERVED.has(name.toLowerCase())) report.error(at, 'is set by the program itself');
    else if (!VALUE.test(value))
      report.error(at, 'holds what no header can: control characters, or letters beyond Latin-1');
  }
  if (authToken !== undefined && !VALUE.test(authToken))
    report.error(`${path}.auth_token`, 'can not stand in a header');
  if (secret !== undefined && !secret.split(/\s+/).every(isSecret)) {
    report.error(
      `${path}.secret`,
      'is no secret of Standard Webhooks',
      'it is whsec_ and 24 to 64 bytes in base64; `openssl rand -base64 32` makes these',
    );
  }
  if (authToken !== undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'))
    tokenInClear(url, path, report);
  if (events.length === 0) report.warning(path, 'is sent nothing: events is empty');
}

/** THREAT: whoever is on the way reads the token, and answers in the name of whoever is asked. */
export function tokenInClear(address: string | undefined, path: string, report: Report): void {
  const url = URL.parse(address ?? '');
  if (url?.protocol !== 'http:' || /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])\.?$/.test(url.hostname)) return;
  report.warning(`${path}.url`, 'sends a token over plain http, where everybody on the way reads it', 'use https');
}

function isSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, '');
  const bytes = Buffer.from(base64, 'base64').length;
  return /^[A-Za-z0-9+/]+=*$/.test(base64) && bytes >= 24 && bytes <= 64;
}
