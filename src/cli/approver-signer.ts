import { userInfo } from 'node:os';
import { isLive, VOTE_NAMESPACE, type VoteSigner } from '../approvals/index.ts';
import { createApproverKeyFiles, type GovernedSystem, sshKeygenSigner } from '../compose/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { CommandContext } from './command.ts';
import { hintToEnrol, unknownOwnKey } from './own-keys.ts';
import { openAtTerminal } from './passphrase.ts';
import { askAtTerminal } from './terminal.ts';

/** What somebody is about to sign. */
export interface Signing {
  /** what is typed to confirm, where an SSH key signs */
  readonly verb: string;
  /** shown before anything is typed */
  readonly question: (approver: string) => string;
  /** NOT_PERMITTED for who may not */
  readonly assertMay: (approver: string) => unknown;
  /** who may, where that is known */
  readonly eligible: readonly string[] | undefined;
}

/** Who signs: with the SSH key that is named, else with this user's own key. Undefined where nothing is typed. */
export async function signerOf(
  { values }: CommandContext,
  system: GovernedSystem,
  { verb, question, assertMay, eligible }: Signing,
): Promise<VoteSigner | undefined> {
  const now = Date.now();
  const enrolled = system.approverKeys().all.filter((one) => one.namespace === VOTE_NAMESPACE && isLive(one, now));
  const { as, 'ssh-key': ssh } = values;
  if (typeof ssh === 'string') {
    const signer = sshKeygenSigner(ssh);
    const holder = enrolled.find(({ key }) => key.fingerprint === signer.key.fingerprint)?.approver;
    if (holder === undefined || (typeof as === 'string' && as !== holder)) {
      throw new GgenError('NOT_PERMITTED', `${signer.key.fingerprint} is not enrolled${as ? ` for ${as}` : ''}`, {
        hint: `ggen-mcp keys enrol --approver ${as ?? 'NAME'} --ssh-key ${ssh}`,
      });
    }
    await assertMay(holder);
    const answer = await askAtTerminal(`${question(holder)}Type ${verb} to confirm: `);
    return answer === verb || answer === 'yes' ? signer.signerFor(holder) : undefined;
  }
  const files = createApproverKeyFiles(system.places.keysDir);
  const own = files
    .list()
    .filter(({ approver, key }) =>
      enrolled.some((one) => one.approver === approver && one.key.fingerprint === key.fingerprint),
    )
    .filter(({ approver }) => as === undefined || approver === as);
  const [key] = own;
  const who = typeof as === 'string' ? as : oneOf(own.map(({ approver }) => approver));
  if (key === undefined || who === undefined) {
    if (who !== undefined) await assertMay(who);
    const mine = (approver: string): boolean =>
      who === undefined ? (eligible?.includes(approver) ?? true) : approver === who;
    const idle = unknownOwnKey(system, mine);
    if (idle !== undefined)
      throw new GgenError(
        'NOT_PERMITTED',
        `a decision is signed, and your key of ${idle.approver} does not count here`,
        {
          hint: hintToEnrol(system, idle.approver)!,
        },
      );
    const name = who ?? (eligible?.length === 1 ? eligible[0]! : (eligible?.join('|') ?? userInfo().username));
    throw new GgenError('NOT_PERMITTED', `a decision is signed, and you have no key${who ? ` of ${who}` : ''} here`, {
      hint: `ggen-mcp keys create --approver ${name}`,
    });
  }
  await assertMay(who);
  const last = own.findLast(({ approver }) => approver === who)!;
  return openAtTerminal(files, last, `${question(who)}Passphrase to confirm: `);
}

/** The one name among them; USAGE where there are several. */
function oneOf(names: readonly string[]): string | undefined {
  const different = [...new Set(names)];
  if (different.length <= 1) return different[0];
  throw new GgenError('USAGE', 'you have the keys of several people; --as NAME says who you are', {
    hint: `one of ${different.join(', ')}`,
  });
}
