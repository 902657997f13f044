// What a round of votes costs beside the signatures that it cannot do without.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { ByzantineValidator } from '../../src/api/index.ts';
import { percentile, renderTable } from '../store/statistics.ts';

const N = 7;
const ROUNDS = process.argv.includes('--quick') ? 300 : 3000;
const operation = { name: 'publish_template', parameters: { template_id: 'rest-api-auth' } };
const validator = new ByzantineValidator({
  validators: Array.from({ length: N }, (_, i) => ({ id: `v${i}`, validate: () => ({ verdict: 'valid' as const }) })),
  f: 3,
  mode: 'deterministic',
});
const pairs = Array.from({ length: N }, () => generateKeyPairSync('ed25519'));
const bytes = Buffer.alloc(400, 'x');

const rounds: number[] = [];
const signatures: number[] = [];
for (let round = -20; round < ROUNDS; round += 1) {
  let start = performance.now();
  const { consensusReached } = await validator.validateOperation(operation);
  const took = performance.now() - start;
  if (!consensusReached) throw new Error('no consensus');
  start = performance.now();
  for (const { privateKey, publicKey } of pairs) {
    if (!verify(null, bytes, publicKey, sign(null, bytes, privateKey))) throw new Error('no signature');
  }
  const bare = performance.now() - start;
  if (round < 0) continue;
  rounds.push(took);
  signatures.push(bare);
}
const ratio = percentile(rounds, 0.5) / percentile(signatures, 0.5);
const row = (name: string, times: number[], more = ''): string[] => [
  name,
  `${percentile(times, 0.5).toFixed(3)} ms`,
  `${percentile(times, 0.99).toFixed(3)} ms`,
  more,
];
console.log(
  renderTable([
    [`${N} validators in this process, ${ROUNDS} rounds`, 'p50', 'p99', 'p50 × its signatures'],
    row('validateOperation', rounds, `${ratio.toFixed(2)} (≤ 3 ${ratio <= 3 ? 'met' : 'MISSED'})`),
    row(`${N} signatures and ${N} verifications`, signatures, '1.00'),
  ]),
);
