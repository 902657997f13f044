/** A process of its own that shows a witness N checkpoints: `node witness-child.ts PATH FIRST N STEP`. */
import { createFileWitness } from '../../src/adapters/witness/index.ts';

const [path = '', first = '0', count = '0', step = '1'] = process.argv.slice(2);
const witness = createFileWitness({ path, everyMs: 0 });
for (let i = 0; i < Number(count); i += 1) {
  witness.observe(`log\n${(Number(first) + i) * Number(step)}\n${'A'.repeat(43)}=\n\n— log ${'A'.repeat(91)}=\n`);
}
