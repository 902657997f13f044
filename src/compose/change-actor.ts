import { userInfo } from 'node:os';
import { type Actor, SYSTEM } from '../model/actor.ts';

/** For changes that were found, not made, by this process: nobody can know who wrote a file. */
export const FOUND_BY_WATCHER: Actor = SYSTEM;

/** Who runs this process, as the operating system knows them: the account's name, or its number where it has none. */
export function processUser(): Actor {
  const name = accountName();
  return { actorType: 'user', id: name, name };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // a container may run under a number that has no account
  }
}
