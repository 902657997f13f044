import { randomBytes } from '../adapters/random/index.ts';
import { createIdSource } from '../kernel/ids.ts';

/** Ids of requests and entries: UUIDv7, rising within this process. */
export const newId = createIdSource(Date.now, randomBytes);
