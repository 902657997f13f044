import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { addressKind, withoutEmbedding } from '../../security/index.ts';
import type { DeliveryOptions, Resolve } from './delivery.ts';

/** A target that may not be connected to. */
export class RefusedAddress extends Error {}

const resolveBySystem: Resolve = async (host) => {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** What an address is for: loopback, private, …; in whatever form it is written. Undefined for a public one. */
export function whyNotPublic(address: string): string | undefined {
  const bare = address.split('%')[0]!;
  const url = URL.parse(`http://${bare.includes(':') ? `[${bare}]` : bare}/`);
  const kind = url ? addressKind(withoutEmbedding(url.hostname)) : 'name';
  return kind === 'public' ? undefined : kind === 'name' ? 'no address' : `${kind} address`;
}

/**
 * A lookup for one connection: the name is resolved once, every answer is judged, and only what was judged is handed
 * on. THREAT: a name that answers with a public address first and a private one later, or with both.
 */
export function checkedLookup(
  allowPrivate: boolean,
  { resolve = resolveBySystem, judge = whyNotPublic }: Pick<DeliveryOptions, 'resolve' | 'judge'> = {},
): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (found) => {
        const bad = allowPrivate
          ? undefined
          : found.map(({ address }) => judge(address)).find((why) => why !== undefined);
        if (bad !== undefined) {
          callback(new RefusedAddress(leadsTo(bad)), '');
        } else if (found.length === 0) {
          callback(new Error('it has no address'), '');
        } else if (options.all) {
          callback(null, found as { address: string; family: number }[]);
        } else {
          callback(null, found[0]!.address, found[0]!.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

/** What would permit it, for whoever reads of a message that was given up. */
const UNLESS = ', which takes allow_private = true';

/** Why a target may not be connected to whose name, or whose connection, came to such an address. */
export function leadsTo(why: string): string {
  return `it leads to a ${why}${UNLESS}`;
}

/** A host as the judges of addresses take it, whatever the scheme of the URL that it stood in. */
export function webHost(host: string): string {
  return URL.parse(`http://${host.includes(':') ? `[${host}]` : host}/`)?.hostname ?? host;
}

/** Why the host of this URL may not be connected to, known without looking its name up. */
export function whyRefusedUrl(address: string): string | undefined {
  const url = URL.parse(address);
  return url ? whyRefused(webHost(url.hostname.replace(/^\[|\]$/g, '')), false) : undefined;
}

/** Why a host may not be connected to where it is an address itself, so that nothing is looked up. */
export function whyRefused(hostname: string, allowPrivate: boolean): string | undefined {
  if (allowPrivate) return undefined;
  const kind = addressKind(withoutEmbedding(hostname.replace(/\.+$/, '')));
  return kind === 'public' || kind === 'name' ? undefined : `it is a ${kind} address${UNLESS}`;
}
