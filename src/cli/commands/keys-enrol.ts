import type { ApproverKey } from '../../approvals/index.ts';
import {
  createApproverKeyFiles,
  ENROLMENT_NAMESPACE,
  enrolKey,
  enrolmentText,
  type GovernedSystem,
  openSystem,
  readConfigFile,
  readEnrolment,
  sshKeygenSigner,
} from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { unknownOwnKey } from '../own-keys.ts';
import { openAtTerminal } from '../passphrase.ts';
import { askAtTerminal } from '../terminal.ts';
import { assertIsName, enrolling } from './keys-create.ts';
import { assertIsApprover, changeRoster, needed } from './roster-change.ts';

/** `ggen-mcp keys enrol`: somebody's key counts from now on. */
export const keysEnrol: Command = {
  name: 'keys enrol',
  usage: 'keys enrol --approver NAME [--ssh-key FILE] | --from FILE',
  summary: 'let a key that is there already decide; asks at the terminal',
  details:
    'Of yours: the newest key in your home that this workspace does not know yet, or an Ed25519 key of OpenSSH. Of others:\n' +
    '--from names what `ggen-mcp keys create --output` wrote, or a line `NAME namespaces="ggen-approval" ssh-ed25519 …`\n' +
    `followed by its signature (ssh-keygen -Y sign -n ${ENROLMENT_NAMESPACE}). Whoever asks must prove to have the key.`,
  options: {
    approver: { type: 'string', value: 'NAME', about: 'whose key it is, as in approvals.toml' },
    'ssh-key': { type: 'string', value: 'FILE', about: 'your SSH key, as ssh-keygen -f takes it' },
    from: { type: 'string', value: 'FILE', about: 'an enrolment, signed with its key' },
  },
  exits: '0 enrolled, 1 not confirmed, 2 nothing was enrolled',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const key = await provenKey(context, system);
      if (key === undefined) {
        context.print('nothing enrolled');
        return EXIT.no;
      }
      await changeRoster(system, 'approver_key_enrolled', key, () => enrolKey(system.places.configDir, key));
      context.print(`enrolled ${key.key.fingerprint} for ${key.approver}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

async function provenKey(
  context: CommandContext,
  system: GovernedSystem,
): Promise<Omit<ApproverKey, 'line'> | undefined> {
  const { from, 'ssh-key': ssh } = context.values;
  if (typeof from === 'string') {
    if (context.values.approver !== undefined || ssh !== undefined)
      throw new GgenError('USAGE', '--from goes without --approver and --ssh-key');
    const key = readEnrolment(readConfigFile(from));
    assertIsApprover(system, key.approver);
    return (await confirm(key)) ? key : undefined;
  }
  const approver = needed(context.values, 'approver');
  assertIsName(approver);
  assertIsApprover(system, approver);
  if (typeof ssh === 'string') {
    const signer = sshKeygenSigner(ssh);
    const enrolled = enrolling(approver, signer.key);
    if (!(await confirm(enrolled))) return undefined;
    readEnrolment({ name: ssh, text: enrolmentText(enrolled, signer.signFor) });
    return enrolled;
  }
  const files = createApproverKeyFiles(system.places.keysDir);
  const closed = unknownOwnKey(system, (name) => name === approver);
  if (closed === undefined) {
    const known = files.list().findLast((one) => one.approver === approver)?.key.fingerprint;
    if (known !== undefined)
      throw new GgenError('CONFLICT', `your ${known} of ${approver} is enrolled already`, {
        hint: '`ggen-mcp keys list` shows which count; one that was revoked does not come back',
      });
    throw new GgenError('NOT_FOUND', `there is no key of ${approver} here`, {
      hint: `ggen-mcp keys create --approver ${approver}`,
    });
  }
  const opened = await openAtTerminal(
    files,
    closed,
    `enrol ${closed.key.fingerprint} for ${approver}? Its passphrase to confirm: `,
  );
  return opened && enrolling(approver, opened.key);
}

async function confirm({ approver, key }: Omit<ApproverKey, 'line'>): Promise<boolean> {
  const answer = await askAtTerminal(`enrol ${key.fingerprint} for ${approver}? Type enrol to confirm: `);
  return answer === 'enrol' || answer === 'yes';
}
