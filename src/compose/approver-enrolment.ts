import { type ApproverKey, parseApproverKeys, renderApproverKey, VOTE_NAMESPACE } from '../approvals/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { armored, isSignedBy, parseSshSignature } from '../kernel/ssh-signature.ts';

/** What proves that whoever asks for a key's enrolment has it: `ssh-keygen -Y sign -n ggen-enrolment`. */
export const ENROLMENT_NAMESPACE = 'ggen-enrolment';
const MAX_LENGTH = 16_384;

/** What an approver hands to whoever configures: the line for the keys' file, and the key's own signature over it. */
export function enrolmentText(
  key: Omit<ApproverKey, 'line'>,
  signFor: (namespace: string, text: string) => string,
): string {
  const line = `${renderApproverKey(key)}\n`;
  return line + armored(signFor(ENROLMENT_NAMESPACE, line));
}

/** From such a text. INPUT_INVALID where it is none, or signed by another key than it names: then nobody proved to have it. */
export function readEnrolment(file: { readonly name: string; readonly text: string }): ApproverKey {
  const text = file.text.replaceAll('\r', '');
  const end = text.indexOf('\n') + 1;
  const line = text.slice(0, end);
  if (end === 0 || text.length > MAX_LENGTH || line.startsWith('-----') || line.startsWith('#')) {
    throw new GgenError('INPUT_INVALID', `${file.name} is no enrolment`, {
      hint: 'ggen-mcp keys create --approver NAME --output FILE makes one',
    });
  }
  const [key] = parseApproverKeys({ name: file.name, text: line }).all;
  if (key && key.namespace !== VOTE_NAMESPACE) {
    throw new GgenError('INPUT_INVALID', `${file.name} is for votes by way of Slack`, {
      hint: `ggen-mcp keys create --approver ${key.approver} --relay slack makes such a key where the worker runs`,
    });
  }
  const signature = parseSshSignature(text.slice(end));
  if (key && signature.key.fingerprint === key.key.fingerprint && isSignedBy(signature, ENROLMENT_NAMESPACE, line)) {
    return key;
  }
  throw new GgenError('INPUT_INVALID', `${file.name} is not signed with the key that it names`, {
    hint: `sign its first line with that key, in namespace ${ENROLMENT_NAMESPACE}`,
  });
}
