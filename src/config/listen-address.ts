/** What an address looks like; whether it is one, `parseListenAddress` knows. */
export const LISTEN_FORM = /^(localhost|[0-9.]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

export interface ListenAddress {
  /** as `listen` of a server takes it */
  readonly host: string;
  readonly port: number;
  /** reached from this machine alone */
  readonly isLoopback: boolean;
}

/** From `127.0.0.1:8787`, `[::1]:8787` or `localhost:8787`; undefined for anything else: names may lead anywhere. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, host = '', digits = ''] = LISTEN_FORM.exec(text) ?? [];
  const named = URL.parse(`http://${host}/`)?.hostname;
  const port = Number(digits);
  // An IPv4 address in any other spelling than its own would be read as another one somewhere.
  const isSpeltOut = named !== undefined && (host.startsWith('[') || named === host);
  if (host === '' || !isSpeltOut || port > 65_535) return undefined;
  const isLoopback = named === 'localhost' || named === '[::1]' || named.startsWith('127.');
  return { host: named.replace(/^\[|\]$/g, ''), port, isLoopback };
}
