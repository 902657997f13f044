import { hasControlCharacter, printable } from '../../kernel/text.ts';
import type { Finding, UrlEvidence } from '../../model/evidence.ts';
import { withoutEmbedding } from './host-addresses.ts';
import { type KnownHosts, lookalike } from './lookalikes.ts';

export const NETWORK_RULE = 'builtin.url';

const MAX_URL = 65_536;
/** As DNS has it. */
const MAX_HOST = 253;
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

export type UrlJudgement =
  | { readonly url: UrlEvidence; readonly finding?: undefined }
  | { readonly url?: undefined; readonly finding: Finding };

/**
 * A URL target by the WHATWG rules: host in lower-case punycode or canonical address form, so that no spelling of an
 * address or a domain steps around a list. What can't be used unambiguously is a finding and gives no `url`. `known`: the
 * hosts that the owner listed, whose look-alikes are refused.
 */
export function judgeUrl(target: string, known?: KnownHosts): UrlJudgement {
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
  const unclear = unclearAuthority(authority, parsed.hostname, target.slice(scheme.length + 3 + authority.length));
  if (unclear !== undefined) return bad(target, unclear);
  const host = withoutEmbedding(withoutEndDots(parsed.hostname));
  if (host === '') return bad(target, 'it has no host');
  if (host.length > MAX_HOST) return bad(target, `its host is longer than ${MAX_HOST} characters`);
  if (!/^(?:\[[0-9a-f:]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)$/.test(host)) return bad(target, 'its host is no host name');
  const alike = lookalike(host, known);
  if (alike !== undefined) return bad(target, alike);
  return { url: { host, scheme, port: parsed.port === '' ? PORTS[scheme]! : Number(parsed.port) } };
}

/** Why programs read the host of `authority` differently, as a clause; `host` is what WHATWG reads, `after` what follows it. */
function unclearAuthority(authority: string, host: string, after: string): string | undefined {
  if (authority.includes('%')) return 'its host is percent-encoded';
  if (/\p{Default_Ignorable_Code_Point}/u.test(authority)) return 'its host holds invisible characters';
  // THREAT: 010.0.0.1 is 8.0.0.1 to some programs and 10.0.0.1 to others.
  const numeric = /^\d+\.\d+\.\d+\.\d+$/.test(host);
  if (numeric && /(?:^|\.)0\d/.test(authority)) return 'its address has leading zeros, which programs read differently';
  // THREAT: parsers of old take what stands before this "@" for a user name.
  return /^[?#]@/.test(after) ? 'an "@" follows its host' : undefined;
}

function withoutEndDots(host: string): string {
  let end = host.length;
  while (end > 0 && host[end - 1] === '.') end -= 1;
  return host.slice(0, end);
}

function bad(target: string, reason: string): UrlJudgement {
  const message = `URL "${printable(target, 200)}" is refused: ${reason}`;
  return { finding: { kind: 'network', rule: NETWORK_RULE, severity: 'block', message } };
}
