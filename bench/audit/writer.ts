// A process that logs as many entries as it is told, 1,000 in flight; it begins when its parent says so.
import { openLogger } from './ours.ts';
import { createWorld } from './world.ts';

const [folder = '', total = '0', seed = '0'] = process.argv.slice(2);
const CALLERS = 1000;

async function main(): Promise<void> {
  const count = Number(total);
  const world = createWorld(count, Date.now(), Number(seed));
  const entries = Array.from({ length: count }, (_, n) => {
    const entry = world.entry(n);
    return { ...entry, timestamp: new Date(entry.timestamp) };
  });
  const logger = openLogger(folder, false);
  // opens the store
  await logger.queryByCorrelationId(entries[0]!.correlationId!);
  const told = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await told;
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let entry = entries[next++]; entry !== undefined; entry = entries[next++]) await logger.log(entry);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  process.send?.('done');
  await logger.close();
  process.disconnect();
}

void main();
