import { type Spec, text } from '../spec.ts';
import { list } from '../spec-tables.ts';

/** A list of texts; absent and empty are the same. */
export function texts(doc: string, later?: string): Spec<readonly string[]> {
  return list(doc, text(doc, { default: '' }), {
    absent: (): readonly string[] => [],
    ...(later === undefined ? {} : { later }),
  });
}

/** What is wrong with the address of an endpoint. It may hold a secret, so the message doesn't repeat it. */
export function isWebAddress(address: string): string | undefined {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? undefined : 'expected an http or https URL';
}

/** The same of a mail server. */
export function isMailServer(address: string): string | undefined {
  const url = URL.parse(address);
  const isOne = (url?.protocol === 'smtps:' || url?.protocol === 'smtp:') && url.hostname !== '';
  return isOne ? undefined : 'expected an address as in "smtps://user:password@host:465"';
}
