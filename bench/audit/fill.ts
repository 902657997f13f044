import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { count } from './goals.ts';
import type { World } from './world.ts';

const IN_FLIGHT = 2000;
const TELL_EVERY = 1_000_000;

/** Appends `entries` entries, 2,000 in flight; tells its rate and the memory it holds every million. */
export async function fill(
  store: { append(entry: AuditEntry): Promise<unknown> },
  world: World,
  entries: number,
): Promise<void> {
  const begin = performance.now();
  let since = begin;
  for (let n = 0; n < entries; ) {
    const end = Math.min(n + IN_FLIGHT, entries);
    const batch: Promise<unknown>[] = [];
    for (; n < end; n += 1) batch.push(store.append(world.entry(n)));
    await Promise.all(batch);
    if (n % TELL_EVERY === 0) {
      const now = performance.now();
      console.log(`  ${count(n)} entries: ${count(TELL_EVERY / ((now - since) / 1000))}/s, ${memory()}`);
      since = now;
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  console.log(`filled with ${count(entries)} entries: ${count(entries / seconds)}/s, ${memory()}`);
}

function memory(): string {
  return `${count(process.memoryUsage.rss() / 2 ** 20)} MiB resident`;
}
