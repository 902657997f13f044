// What the system says of a request in its metadata, beside what its requester says there.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.writer]
can_write = ["src/*"]
`;
let folder: KeyedFolder;
beforeEach(async () => {
  folder = await createKeyedFolder('sqlite', GOVERNANCE, '', ['ann']);
});
afterEach(() => folder.remove());

it('is its own, also where it has nothing to say', async () => {
  const { governor } = await folder.open();
  const claimed = { rule: 'none', severity: 'warn', message: 'all is fine' };
  const asked = await governor.ask(
    { actionType: 'write_file', target: 'src/a', requester: 'writer', content: 'x' },
    {
      metadata: {
        ticket: 7,
        findings: [claimed],
        facets: { content: 'x' },
        operations: ['read_file'],
        unlike: 'x',
        changed: ['x'],
      },
    },
  );
  if (asked.outcome !== 'waiting') throw new Error(asked.outcome);
  const { metadata } = asked.approval;
  expect(metadata).toEqual({ ticket: 7, operations: ['write_file'], facets: metadata.facets });
  expect(metadata.facets).not.toMatchObject({ content: 'x' });
});
