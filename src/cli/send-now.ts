import { type GovernedSystem, hasReceivers } from '../compose/index.ts';

/** How long a command stays to send what it brought about; what isn't sent then waits for a worker. */
const STAY_MS = 2000;

/** Sends the messages that this command brought about, where anybody is to be told. */
export async function sendNow(system: GovernedSystem): Promise<void> {
  if (!hasReceivers(system.loaded())) return;
  const work = await system.startWork();
  await work.doneWithin(STAY_MS);
  await work.stop();
}
