import type { Positions } from '../secrets/rough-match.ts';
import type { Window } from './match-reach.ts';

/**
 * Stretches of UTF-8 that together hold every match, each with a match in it but for what assertions turn away. `ends`
 * ascend: where a literal ends; a match begins within `lead` bytes before one. Linear in the bytes.
 *
 * INVARIANT: a stretch goes on as long as any match begun in it could, so a match never lies in two.
 */
export function liveStretches(
  bytes: Uint8Array,
  ends: readonly number[],
  lead: number,
  { states, first }: Positions,
): Window[] {
  const found: Window[] = [];
  const marks = new Uint32Array(states.length);
  let round = 0;
  let now: number[] = [];
  let soon: number[] = [];
  let at = 0;
  for (let next = 0; next < ends.length; ) {
    // A hit that lies behind was seen while a stretch went over it.
    if (ends[next]! <= at) {
      next += 1;
      continue;
    }
    at = Math.max(at, ends[next]! - lead);
    // A character isn't begun in its middle.
    while (at > 0 && (bytes[at]! & 0xc0) === 0x80) at -= 1;
    const from = at;
    let ended = false;
    for (; at < bytes.length; at += 1) {
      while (next < ends.length && ends[next]! <= at) next += 1;
      const mayBegin = at === from || (next < ends.length && ends[next]! - lead <= at);
      if (now.length === 0 && !mayBegin) break;
      const byte = bytes[at]!;
      if ((byte & 0xc0) === 0x80) continue;
      round += 1;
      soon.length = 0;
      for (const list of mayBegin ? [now, first] : [now]) {
        for (const index of list) {
          const { takes, takesOthers, ends: last, next: following } = states[index]!;
          if (byte < 128 ? takes[byte] === 0 : !takesOthers) continue;
          if (last) ended = true;
          for (const state of following) {
            if (marks[state] === round) continue;
            marks[state] = round;
            soon.push(state);
          }
        }
      }
      [now, soon] = [soon, now];
    }
    now.length = 0;
    while (at < bytes.length && (bytes[at]! & 0xc0) === 0x80) at += 1;
    if (ended) found.push({ from, to: at });
  }
  return found;
}
