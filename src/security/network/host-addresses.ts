/** Numbers of an IPv6 address in the canonical form that a WHATWG host has, brackets and all; undefined for others. */
function groupsOf(host: string): number[] | undefined {
  if (!host.startsWith('[')) return undefined;
  const [head = '', tail] = host.slice(1, -1).split('::');
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [front, back] = [numbers(head), tail === undefined ? [] : numbers(tail)];
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

/**
 * THREAT: an IPv4 address spelt as IPv6 would step around a list that names it. Takes and gives a WHATWG host: mapped,
 * compatible and translated (RFC 4291, 2765), NAT64 with the well-known and the local prefix (RFC 6052, 8215), 6to4 (RFC
 * 3056) and Teredo (RFC 4380) become the IPv4 address that they lead to; `[::]` and `[::1]` stay what they are.
 */
export function withoutEmbedding(host: string): string {
  const groups = groupsOf(host);
  if (groups === undefined) return host;
  const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number];
  const zeros = (...some: number[]): boolean => some.every((one) => one === 0);
  if (a === 0x2002) return dotted(b, c);
  if (a === 0x2001 && b === 0) return dotted(g ^ 0xffff, h ^ 0xffff);
  if (a === 0x64 && b === 0xff9b && (zeros(c, d, e, f) || c === 1)) return dotted(g, h);
  if (!zeros(a, b, c, d)) return host;
  if (e === 0xffff && f === 0) return dotted(g, h);
  if (e !== 0) return host;
  if (f === 0xffff) return dotted(g, h);
  return f === 0 && (g !== 0 || h > 1) && !(g === 0 && h < 0x100) ? dotted(g, h) : host;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** `public`: anybody's; the rest are reached only from inside a machine, a network or a cloud. */
export type AddressKind = 'name' | 'public' | 'loopback' | 'private' | 'link-local' | 'unspecified' | 'reserved';

/** What kind of address a host is (as UrlEvidence has it); `name` for a name, `loopback` for `localhost` too. */
export function addressKind(host: string): AddressKind {
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  const groups = groupsOf(host);
  if (groups !== undefined) return kindOfSix(groups);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(host)) return 'name';
  const [a, b, c] = host.split('.').map(Number) as [number, number, number];
  if (a === 127) return 'loopback';
  if (a === 0) return 'unspecified';
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b < 128) return 'private';
  if (a === 169 && b === 254) return 'link-local';
  if (a >= 224 || (a === 192 && b === 0 && (c === 0 || c === 2))) return 'reserved';
  // 6to4 relays, given up (RFC 7526)
  if (a === 192 && b === 88 && c === 99) return 'reserved';
  return (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) || (a === 203 && b === 0 && c === 113)
    ? 'reserved'
    : 'public';
}

function kindOfSix(groups: readonly number[]): AddressKind {
  const first = groups[0]!;
  if (groups.slice(0, 7).every((group) => group === 0)) {
    if (groups[7] === 1) return 'loopback';
    if (groups[7] === 0) return 'unspecified';
  }
  if ((first & 0xfe00) === 0xfc00) return 'private';
  if ((first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0) return 'link-local';
  return (first & 0xe000) === 0x2000 && !isSpecial(first, groups[1]!) ? 'public' : 'reserved';
}

/** What the IANA registry of special-purpose addresses has within 2000::/3 and nobody routes to anybody. */
function isSpecial(first: number, second: number): boolean {
  // 2001:db8::/32 and 3fff::/20: for documentation (RFC 3849, 9637).
  if ((first === 0x2001 && second === 0xdb8) || (first === 0x3fff && second < 0x1000)) return true;
  // 2001::/23 is for protocols (RFC 2928): Teredo, benchmarks, ORCHIDv2 (2001:20::/28), identifiers of drones. Few of
  // these answer to anybody (AMT, AS112), and none is a server that somebody means.
  return first === 0x2001 && second < 0x200;
}
