import { GgenError, type Position } from '../kernel/errors.ts';
import { parseSshPublicKey, type SshPublicKey } from '../kernel/ssh-key.ts';

/** What approvers' signatures are for; `ssh-keygen -Y sign -n ggen-approval` makes one. */
export const VOTE_NAMESPACE = 'ggen-approval';

/** What the key is for that passes clicks in Slack on, in one approver's name: never for what the approver signs in person. */
export const SLACK_NAMESPACE = 'ggen-approval-slack';

/** What a key was enrolled for; in another namespace it counts for nothing. */
export type KeyNamespace = typeof VOTE_NAMESPACE | typeof SLACK_NAMESPACE;

/** One key of one approver. */
export interface ApproverKey {
  readonly approver: string;
  readonly key: SshPublicKey;
  /** milliseconds since 1970; a signature counts from here on */
  readonly from: number;
  /** milliseconds since 1970; revoked, or over, from here on */
  readonly until: number;
  readonly namespace: KeyNamespace;
  /** line of the file, from 1 */
  readonly line: number;
}

/** The keys that approvers sign with, as somebody with the right to configure enrolled them. */
export interface ApproverKeys {
  readonly all: readonly ApproverKey[];
  /** True where the approver has a key that counts at `now`; for votes in person unless said otherwise. */
  has(approver: string, now: number, namespace?: KeyNamespace): boolean;
  /** The enrolment of this key for this approver and purpose, as above, whether or not it counts now. */
  find(approver: string, fingerprint: string, namespace?: KeyNamespace): ApproverKey | undefined;
}

const OPTIONS =
  /^(?:namespaces="([^"]*)"|valid-after="(\d{8}(?:\d{4}(?:\d{2})?)?)Z"|valid-before="(\d{8}(?:\d{4}(?:\d{2})?)?)Z")$/i;
const NAME = /^[^\s,*?!"#]+$/;

/** True for a name that can stand in the file: no blanks, and none of `, * ? ! " #`. */
export function isKeyHolderName(name: string): boolean {
  return NAME.test(name) && name.isWellFormed();
}

export function isLive({ from, until }: ApproverKey, now: number): boolean {
  return from <= now && now < until;
}

export function approverKeysOf(all: readonly ApproverKey[]): ApproverKeys {
  return {
    all,
    has: (approver, now, namespace = VOTE_NAMESPACE) =>
      all.some((one) => one.approver === approver && one.namespace === namespace && isLive(one, now)),
    find: (approver, fingerprint, namespace = VOTE_NAMESPACE) =>
      all.find(
        (one) => one.approver === approver && one.namespace === namespace && one.key.fingerprint === fingerprint,
      ),
  };
}

export const NO_KEYS = approverKeysOf([]);

/**
 * From the text of an OpenSSH allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS), a key a line:
 * `NAME namespaces="ggen-approval",valid-after="YYYYMMDDHHMMSSZ",valid-before="…Z" ssh-ed25519 AAAA… [comment]`; the key
 * that passes clicks in Slack on says `ggen-approval-slack` there.
 * Throws CONFIG_INVALID with the line: what isn't understood must not decide anything.
 */
export function parseApproverKeys(file: { readonly name: string; readonly text: string }): ApproverKeys {
  const all: ApproverKey[] = [];
  for (const [index, text] of file.text.split('\n').entries()) {
    const line = text.replace(/\r$/, '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const key = parseLine(line, { file: file.name, line: index + 1, column: 1 });
    const twin = all.find((one) => one.key.fingerprint === key.key.fingerprint);
    // THREAT: with one key under two names, one person could vote twice.
    if (twin) {
      throw new GgenError('CONFIG_INVALID', `the key of line ${twin.line} stands here a second time`, {
        position: { file: file.name, line: index + 1, column: 1 },
        hint: 'one key is one approver’s',
      });
    }
    all.push(key);
  }
  return approverKeysOf(all);
}

function parseLine(line: string, position: Position): ApproverKey {
  const fail = (message: string, hint: string): never => {
    throw new GgenError('CONFIG_INVALID', message, { position, hint });
  };
  const [approver = '', ...rest] = line.split(/[ \t]+/);
  if (!isKeyHolderName(approver))
    fail('the line does not begin with one approver’s name', 'a name holds no blanks, commas, quotes or wildcards');
  const bare = /^(sk-)?ssh-/.test(rest[0] ?? '');
  const options = bare ? [] : (rest[0] ?? '').split(',');
  let [from, until] = [0, Number.POSITIVE_INFINITY];
  let namespace: KeyNamespace = VOTE_NAMESPACE;
  for (const option of options) {
    const [, namespaces, after, before] = OPTIONS.exec(option) ?? [];
    if (namespaces === VOTE_NAMESPACE || namespaces === SLACK_NAMESPACE) namespace = namespaces;
    else if (namespaces !== undefined)
      fail(`namespaces="${namespaces}" is not for approvals`, `write namespaces="${VOTE_NAMESPACE}"`);
    const time = timeOf(after ?? before ?? '19700101');
    if (time === undefined || (namespaces ?? after ?? before) === undefined) {
      fail(
        `${option || 'the line'} is not understood`,
        'options are namespaces, valid-after and valid-before, with times as YYYYMMDDHHMMSSZ',
      );
    }
    if (after !== undefined) from = time!;
    if (before !== undefined) until = time!;
  }
  try {
    const key = parseSshPublicKey(rest.slice(bare ? 0 : 1).join(' '));
    return { approver, key, from, until, namespace, line: position.line };
  } catch (error) {
    if (error instanceof GgenError) return fail(error.message, error.hint ?? 'ggen-mcp keys create makes one');
    throw error;
  }
}

/** A line of the file. */
export function renderApproverKey({ approver, key, from, until, namespace }: Omit<ApproverKey, 'line'>): string {
  const options = [`namespaces="${namespace}"`];
  if (from > 0) options.push(`valid-after="${renderTime(from)}"`);
  if (Number.isFinite(until)) options.push(`valid-before="${renderTime(until)}"`);
  return `${approver} ${options.join(',')} ${key.text}`;
}

function timeOf(text: string): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}

function renderTime(time: number): string {
  return `${new Date(time).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
