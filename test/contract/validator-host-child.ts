// Asks validators that stall, as a program and behind HTTP, and has nothing to do then: `node validator-host-child.ts URL KEY COMMAND…`.
import { ByzantineValidator } from '../../src/index.ts';

const [url = '', ...keysAndCommand] = process.argv.slice(2);
const [first = '', second = '', ...command] = keysAndCommand;
const validator = new ByzantineValidator({
  validators: [
    { id: 'program', command, publicKey: first },
    { id: 'service', url, publicKey: second, allowPrivate: true },
    { id: 'here', validate: () => ({ verdict: 'valid' }) },
  ],
  f: 1,
  mode: 'deterministic',
  timeoutMs: 1500,
});
const { consensusReached, missing } = await validator.validateOperation({ name: 'x' });
console.log(JSON.stringify({ consensusReached, missing }));
