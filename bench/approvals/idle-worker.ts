// A process that does what is due, of which nothing is: `idle-worker.ts ROOT`. Told how long, it says what that took it.
import { setTimeout as delay } from 'node:timers/promises';
import { openSystem } from '../../src/compose/index.ts';
import { homeOf } from './house.ts';

const root = process.argv[2]!;
const system = await openSystem({
  configDir: `${root}/config`,
  workspace: root,
  env: { GGEN_HOME: homeOf(root) },
  watch: true,
});

async function rest(ms: number): Promise<void> {
  const before = process.cpuUsage();
  const start = performance.now();
  await delay(ms);
  const { user, system: kernel } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + kernel) / 1000, ms: performance.now() - start });
}

process.on('message', (ms: number) => void rest(ms));
process.once('disconnect', () => void system.close());
process.send?.('ready');
