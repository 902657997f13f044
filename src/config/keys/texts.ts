import { list, type Spec, text } from '../spec.ts';

/** A list of texts; absent and empty are the same. */
export const texts = (doc: string, later?: string): Spec<readonly string[]> =>
  list(doc, text(doc, { default: '' }), {
    absent: (): readonly string[] => [],
    ...(later === undefined ? {} : { later }),
  });
