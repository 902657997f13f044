import { generateKeyPairSync } from 'node:crypto';
import { signSsh } from '../../src/kernel/ssh-signature.ts';
import { signerOf } from '../../test/support/approvers.ts';
import { count } from '../audit/goals.ts';
import { percentile, renderTable } from '../store/statistics.ts';
import { openBareCommit } from './bare-commit.ts';
import { APPROVER, createHouse } from './house.ts';

/** Until the write-ahead logs have been reused once. */
const WARM_UP = 300;

/**
 * One caller, on SQLite: a bare commit with synchronous=FULL, a request, its one signed vote, its use, and the signature
 * alone; in turns, on one disk. What each takes beside the bare commit.
 */
export async function benchCosts(rounds: number): Promise<string> {
  const house = await createHouse('sqlite');
  const bare = await openBareCommit('sqlite', house.root);
  try {
    const { governor, desk } = await house.open();
    const { privateKey } = generateKeyPairSync('ed25519');
    let approvalId = '';
    let target = '';
    const steps: readonly (readonly [name: string, step: () => unknown])[] = [
      ['a bare commit of one row', () => bare.take()],
      [
        'a request made (decided on, recorded)',
        async () => {
          const asked = await governor.ask({ actionType: 'write_file', target, requester: 'writer' });
          if (asked.outcome !== 'waiting') throw new Error(`not asked: ${asked.outcome}`);
          approvalId = asked.approval.id;
        },
      ],
      [
        'a signed vote that approves it',
        () => desk.decide({ approvalId, approved: true, signer: signerOf(APPROVER), via: 'bench' }),
      ],
      [
        'its use, once, with the attempt',
        async () => {
          const permit = await governor.authorize({ actionType: 'write_file', target, requester: 'writer' });
          if (permit.outcome !== 'permitted') throw new Error(`not permitted: ${permit.message}`);
        },
      ],
      ['an SSH signature alone', () => signSsh(privateKey, 'bench', 'x'.repeat(600))],
    ];
    const samples = steps.map((): number[] => []);
    for (let round = -WARM_UP; round < rounds; round += 1) {
      target = `src/${round}.txt`;
      for (const [i, [, step]] of steps.entries()) {
        const start = performance.now();
        await step();
        if (round >= 0) samples[i]!.push((performance.now() - start) * 1000);
      }
    }
    const base = percentile(samples[0]!, 0.5);
    const rows = steps.map(([name], i) => {
      const [p50, p95] = [percentile(samples[i]!, 0.5), percentile(samples[i]!, 0.95)];
      return [name, count(p50), count(p95), (p50 / base).toFixed(2)];
    });
    return renderTable([
      [`one caller on SQLite, ${rounds} rounds, synchronous=FULL`, 'p50 µs', 'p95 µs', '× bare'],
      ...rows,
    ]);
  } finally {
    await bare.close();
    await house.remove();
  }
}
