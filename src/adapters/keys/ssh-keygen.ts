import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { VOTE_NAMESPACE, type VoteSigner } from '../../approvals/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { parseSshPublicKey, type SshPublicKey } from '../../kernel/ssh-key.ts';
import { parseSshSignature, unarmored } from '../../kernel/ssh-signature.ts';

/**
 * Signs with an SSH key through OpenSSH's ssh-keygen, which asks for its passphrase, or for a touch, on the terminal
 * itself; `path` names the private key, or the `.pub` of one in an agent. NOT_FOUND where there is no such key;
 * NOT_PERMITTED where it doesn't sign.
 */
export function sshKeygenSigner(path: string): {
  readonly key: SshPublicKey;
  signerFor(approver: string): VoteSigner;
  signFor(namespace: string, text: string): string;
} {
  const key = publicKeyAt(path);
  const signFor = (namespace: string, text: string): string => {
    const end = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', path], {
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    if (end.error) throw new GgenError('NOT_AVAILABLE', 'ssh-keygen could not be started', { hint: 'install OpenSSH' });
    if (end.status !== 0) {
      const said = end.stderr.trim().split('\n').at(-1) ?? '';
      throw new GgenError('NOT_PERMITTED', `ssh-keygen did not sign with ${path}${said ? `: ${said}` : ''}`);
    }
    parseSshSignature(end.stdout);
    return unarmored(end.stdout);
  };
  return {
    key,
    signFor,
    signerFor: (approver) => ({ approver, sign: async (statement) => signFor(VOTE_NAMESPACE, statement) }),
  };
}

function publicKeyAt(path: string): SshPublicKey {
  const file = path.endsWith('.pub') ? path : `${path}.pub`;
  try {
    return parseSshPublicKey(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof GgenError) throw error;
    throw new GgenError('NOT_FOUND', `no public key ${file}`, { hint: 'ssh-keygen -t ed25519 makes a key' });
  }
}
