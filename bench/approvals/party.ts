// Who waits for decisions, or makes them: `party.ts waits|decides ROOT`. It is told the ids of requests.
import { machineMs, managerIn } from './house.ts';

const [role = '', root = ''] = process.argv.slice(2);
const manager = managerIn(root);

async function wait(id: string): Promise<void> {
  const result = manager.waitForApproval(id, { timeoutMs: 60_000 });
  process.send?.('waiting');
  const { outcome } = await result;
  process.send?.({ at: machineMs(), outcome });
}

async function decide(approvalId: string): Promise<void> {
  const begun = machineMs();
  await manager.provideApproval({ approvalId, approver: 'ann', approved: true });
  process.send?.({ begun, done: machineMs() });
}

process.on('message', (id: string) => void (role === 'waits' ? wait(id) : decide(id)));
process.once('disconnect', () => void manager.close());
process.send?.('ready');
