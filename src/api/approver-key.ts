import type { VoteSigner } from '../approvals/index.ts';
import { createApproverKeyFiles, findPlaces } from '../compose/index.ts';
import type { Environment } from '../config/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';

export interface ApproverKeyOptions {
  readonly approver: string;
  readonly passphrase: string;
  /** default process.env: GGEN_HOME says where keys lie, otherwise this user's home */
  readonly env?: Environment;
}

/**
 * Opens the key that `ggen-mcp keys create` made here, to sign decisions in its approver's name:
 * `ApprovalManager.fromConfig(path, { signer })`. NOT_FOUND where there is none, NOT_PERMITTED for another passphrase.
 */
export async function openApproverKey({ approver, passphrase, env }: ApproverKeyOptions): Promise<VoteSigner> {
  const cwd = process.cwd();
  const files = createApproverKeyFiles(findPlaces({ configDir: cwd, workspace: cwd, ...(env ? { env } : {}) }).keysDir);
  const closed = files.list().findLast((one) => one.approver === approver);
  if (closed === undefined) {
    throw new GgenError('NOT_FOUND', `there is no key of ${printable(approver, 200)} here`, {
      hint: 'ggen-mcp keys create makes one, at a terminal',
    });
  }
  const { sign } = await files.open(closed, passphrase);
  return { approver, sign };
}
