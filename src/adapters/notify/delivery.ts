/** What became of one message to one receiver. `why` is one line without addresses' paths, tokens or what was answered. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** it may work later; `retryAfterMs`: as the receiver asked, at least so long */
  | { readonly outcome: 'retry'; readonly why: string; readonly retryAfterMs?: number }
  /** the receiver wants no more, ever */
  | { readonly outcome: 'disable'; readonly why: string }
  /** trying again would change nothing */
  | { readonly outcome: 'refused'; readonly why: string };

export interface DeliveryOptions {
  /** for the whole of it, in milliseconds */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** all addresses of a name; default the system's resolver */
  readonly resolve?: Resolve;
  /** why an address may not be connected to; default: whatever is not public is refused */
  readonly judge?: Judge;
}

/** What an address is, where it may not be connected to (`private address`); undefined where it may. */
export type Judge = (address: string) => string | undefined;

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
