/** A shorter line that still `fails`, by leaving out ever smaller pieces. At most `tries` lines are looked at. */
export async function shrinkLine(
  line: string,
  fails: (line: string) => Promise<boolean>,
  tries = 150,
): Promise<string> {
  let best = line;
  let left = tries;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && left > 0; ) {
      const shorter = best.slice(0, at) + best.slice(at + size);
      left -= 1;
      if (shorter !== '' && (await fails(shorter))) best = shorter;
      else at += size;
    }
  }
  return best;
}
