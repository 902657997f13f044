/** Hosts compiled together: exact names, and `*.example.com` for everything below one. */
export interface DomainSet {
  /** Index of a pattern that the host matches, or -1; the host is lower case, as a URL has it. */
  match(host: string): number;
}

export interface DomainPattern {
  /** as a URL has it; with `below` and empty: every host */
  readonly host: string;
  /** true: every host below it, not itself */
  readonly below: boolean;
}

export type DomainResult = ({ readonly ok: true } & DomainPattern) | { readonly ok: false; readonly why: string };

/** A host name (a dot at its end means nothing), `*.` and one, or `*`; otherwise why it can't be used, as a clause. */
export function parseDomain(text: string): DomainResult {
  if (text === '*') return { ok: true, host: '', below: true };
  const below = text.startsWith('*.');
  const given = below ? text.slice(2) : text;
  if (/^\.+[^.]/.test(given)) {
    const host = given.replace(/^\.+/, '');
    return { ok: false, why: `starts with a dot; write *.${host} for all below it, ${host} for the host itself` };
  }
  const name = given.endsWith('.') ? given.slice(0, -1) : given;
  if (name === '' || name.endsWith('.')) return { ok: false, why: 'is no host name' };
  if (name.includes('*')) return { ok: false, why: 'has * elsewhere than as *. at its start' };
  if (!/^[^\s/@?#\\%]+$/.test(name))
    return { ok: false, why: 'is no host name; write the host alone, without scheme, port or path' };
  try {
    const url = new URL(`http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}/`);
    if (url.port !== '' || /:\d+$/.test(name.replace(/\[.*\]/, '').replace(/^[0-9a-f:]+$/i, ''))) {
      return { ok: false, why: 'has a port; write the host alone' };
    }
    return { ok: true, host: url.hostname, below };
  } catch {
    return { ok: false, why: 'is no host name' };
  }
}

export function compileDomains(domains: readonly DomainPattern[]): DomainSet {
  const exact = new Map<string, number>();
  const below = new Map<string, number>();
  domains.forEach((domain, index) => {
    const map = domain.below ? below : exact;
    if (!map.has(domain.host)) map.set(domain.host, index);
  });
  return {
    match(given) {
      let host = given;
      while (host.endsWith('.')) host = host.slice(0, -1);
      const found = exact.get(host);
      if (found !== undefined) return found;
      if (below.size === 0) return -1;
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        const parent = below.get(host.slice(dot + 1));
        if (parent !== undefined) return parent;
      }
      return below.get('') ?? -1;
    },
  };
}

/** Whether every host that `inner` matches is matched by `outer`. */
export function coversDomain(outer: DomainPattern, inner: DomainPattern): boolean {
  if (!outer.below) return !inner.below && outer.host === inner.host;
  if (outer.host === '') return true;
  return inner.host.endsWith(`.${outer.host}`) || (inner.below && inner.host === outer.host);
}
