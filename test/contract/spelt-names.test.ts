// Whoever asks can't decide, however the name is spelt.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.default]
can_write = ["src/*"]
`;
const APPROVALS = ['ann', 'ben'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('');
let folder: KeyedFolder;
beforeEach(async () => {
  folder = await createKeyedFolder('sqlite', GOVERNANCE, APPROVALS, ['ann', 'ben']);
});
afterEach(() => folder.remove());

it.each(['ann', 'ANN', 'ann ', ' ann', 'ann.', '\u0430nn', 'ann\u00a0', 'ann\u2800', 'ann\u0335'])(
  '%j',
  async (requester) => {
    const { governor, desk } = await folder.open();
    const asked = await governor.ask({ actionType: 'write_file', target: 'src/a', content: 'x', requester });
    if (asked.outcome !== 'waiting') throw new Error(JSON.stringify(asked));
    const { id, quorum } = asked.approval;
    expect(quorum?.eligible).toEqual(['ben']);
    const say = (who: string) => desk.decide({ approvalId: id, approved: true, signer: signerOf(who), via: 'test' });
    await expect(say('ann')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect((await say('ben')).status).toBe('approved');
  },
);
