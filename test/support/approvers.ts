// Approvers with keys of their own, for tests: in memory, and as a user has them.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApproverKeyFiles, type OpenKey, openKey } from '../../src/adapters/keys/index.ts';
import {
  type ApproverKeys,
  type DelegationDesk,
  type KeyNamespace,
  parseApproverKeys,
  renderApproverKey,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
  type VoteSigner,
} from '../../src/approvals/index.ts';
import { sha256 } from '../../src/kernel/digest.ts';

/** What opens every key that ownKey makes. */
export const PASSPHRASE = 'correct horse';
/** What the terminal asks before a decision. */
export const CONFIRM = 'Passphrase to confirm: ';

/** The key of this name, the same in every process. */
export function signerOf(approver: string): OpenKey {
  return openKey(approver, Buffer.from(sha256(`key of ${approver}`), 'hex'));
}

/** The key that passes this approver's clicks on, as somebody's with this id in Slack. */
export function relayOf(approver: string, user: string): VoteSigner & Pick<OpenKey, 'key' | 'signFor'> {
  const key = openKey(approver, Buffer.from(sha256(`relay of ${approver}`), 'hex'), SLACK_NAMESPACE);
  return { ...key, via: { relay: 'slack', user } };
}

export function keysOf(...approvers: readonly string[]): ApproverKeys {
  return parseApproverKeys({ name: 'approvers', text: approvers.map((one) => lineOf(signerOf(one))).join('') });
}

/** For desks at which no vote is lent. */
export const nobodyLends: Pick<DelegationDesk, 'find'> = {
  find: () => Promise.reject(new Error('nobody lends a vote here')),
};

/** Their own keys, and those that pass their clicks on. */
export function keysWithRelays(...approvers: readonly string[]): ApproverKeys {
  const lines = approvers.flatMap((one) => [lineOf(signerOf(one)), lineOf(relayOf(one, 'U1'), SLACK_NAMESPACE)]);
  return parseApproverKeys({ name: 'approvers', text: lines.join('') });
}

/** Enrols these approvers' keys beside a configuration. */
export function enrol(configDir: string, ...approvers: readonly string[]): void {
  for (const approver of approvers) addTo(configDir, signerOf(approver));
}

/** A key that this user has, sealed with PASSPHRASE, and enrolled. */
export async function ownKey(
  configDir: string,
  approver: string,
  home = process.env.GGEN_HOME ?? '',
): Promise<OpenKey> {
  const key = await createApproverKeyFiles(join(home, 'keys')).create(approver, PASSPHRASE, 1024);
  addTo(configDir, key);
  return key;
}

function addTo(configDir: string, key: OpenKey): void {
  mkdirSync(configDir, { recursive: true });
  appendFileSync(join(configDir, 'approvers.allowed_signers'), lineOf(key));
}

function lineOf(
  { approver, key }: Pick<OpenKey, 'approver' | 'key'>,
  namespace: KeyNamespace = VOTE_NAMESPACE,
): string {
  return `${renderApproverKey({ approver, key, from: 0, until: Number.POSITIVE_INFINITY, namespace })}\n`;
}
