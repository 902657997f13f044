import { hasControlCharacter, printable } from '../../kernel/text.ts';
import type { Finding, UrlEvidence } from '../../model/evidence.ts';

export const NETWORK_RULE = 'builtin.url';

const MAX_URL = 65_536;
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

export type UrlJudgement =
  | { readonly url: UrlEvidence; readonly finding?: undefined }
  | { readonly url?: undefined; readonly finding: Finding };

/**
 * A URL target by the WHATWG rules: host in lower-case punycode or canonical address form, so that no spelling of an
 * address or a domain steps around a list. What can't be used unambiguously is a finding and gives no `url`.
 */
export function judgeUrl(target: string): UrlJudgement {
  if (target.length > MAX_URL) return bad(target.slice(0, 200), `it is longer than ${MAX_URL} characters`);
  // THREAT: the WHATWG parser drops tabs and newlines and takes backslashes for slashes; other parsers don't.
  if (hasControlCharacter(target)) return bad(target, 'it holds a control character');
  if (target !== target.trim()) return bad(target, 'it starts or ends with a space');
  if (target.includes('\\')) return bad(target, 'it holds a backslash');
  const parsed = URL.parse(target);
  if (parsed === null) return bad(target, 'it is not a URL; write it out, with https://');
  const scheme = parsed.protocol.slice(0, -1);
  if (!Object.hasOwn(PORTS, scheme)) return bad(target, `the scheme "${scheme}" is not http, https, ws or wss`);
  if (!/^[a-z]+:\/\/[^/]/i.test(target)) return bad(target, `"//" and a host must follow the scheme`);
  // The parser forgets an empty userinfo (`http://@host`), others may not.
  const authority = target.slice(scheme.length + 3).split(/[/?#]/, 1)[0]!;
  if (parsed.username !== '' || parsed.password !== '' || authority.includes('@')) {
    return bad(
      target.replace(authority, authority.slice(authority.lastIndexOf('@') + 1)),
      'it holds a user name or a password',
    );
  }
  const host = withoutEmbedding(parsed.hostname.replace(/\.+$/, ''));
  if (host === '') return bad(target, 'it has no host');
  return { url: { host, scheme, port: parsed.port === '' ? PORTS[scheme]! : Number(parsed.port) } };
}

// An IPv6 address in canonical form that leads to an IPv4 address: mapped, translated or compatible (RFC 4291, 6052).
const EMBEDDED = /^\[(?:::ffff:(?:0:)?|64:ff9b::|::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;
const EMBEDDED_SHORT = /^\[64:ff9b::([0-9a-f]{1,4})?\]$/;
/** 6to4: the IPv4 address stands in front */
const SIX_TO_FOUR = /^\[2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/;

/** THREAT: an IPv4 address spelt as IPv6 would step around a list that names it. Takes and gives a WHATWG host. */
function withoutEmbedding(host: string): string {
  const short = EMBEDDED_SHORT.exec(host);
  const match = EMBEDDED.exec(host) ?? SIX_TO_FOUR.exec(host);
  if (match === null && short === null) return host;
  const high = Number.parseInt(match?.[1] ?? '0', 16);
  const low = Number.parseInt(match?.[2] ?? short?.[1] ?? '0', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function bad(target: string, reason: string): UrlJudgement {
  const message = `URL "${printable(target, 200)}" is refused: ${reason}`;
  return { finding: { kind: 'network', rule: NETWORK_RULE, severity: 'block', message } };
}
