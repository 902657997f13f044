import { join } from 'node:path';
import {
  type ApproverKey,
  isKeyHolderName,
  type KeyNamespace,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
} from '../../approvals/index.ts';
import {
  createAgentKeyFiles,
  createApproverKeyFiles,
  createRelayKeyFiles,
  displayPath,
  enrolKey,
  enrolmentText,
  findPlaces,
  type GovernedSystem,
  KEYS_FILE,
  type OpenKey,
  openSystem,
  writeFileAtomic,
} from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { SshPublicKey } from '../../kernel/ssh-key.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { hintToEnrol } from '../own-keys.ts';
import { askNewPassphrase } from '../passphrase.ts';
import { outputFile } from './output-file.ts';
import { assertIsAgent, assertIsApprover, assertIsPerson, changeRoster, liveKeys, needed } from './roster-change.ts';

/** `ggen-mcp keys create`: the key that an approver signs decisions with. */
export const keysCreate: Command = {
  name: 'keys create',
  usage: 'keys create --approver NAME [--unattended | --relay slack | --output FILE]',
  summary: 'make the key that an approver signs decisions with; asks at the terminal',
  details:
    `An Ed25519 key. Its private part lies in your home, sealed with a passphrase that is asked for at each decision;\n` +
    `its public part is enrolled in ${KEYS_FILE} beside the configuration. With --output it is written\n` +
    'to FILE instead, for somebody who may configure: `ggen-mcp keys enrol --from FILE`. An agent under\n' +
    '[[approvers.agent]] that decides by itself has nobody to type a passphrase: with --unattended its key lies open\n' +
    'in your home, readable by you alone. --relay slack makes the key with which `ggen-mcp worker` passes a person’s\n' +
    'clicks in Slack on; it lies open too, and signs nothing else.',
  options: {
    approver: { type: 'string', value: 'NAME', about: 'whose key it is, as in approvals.toml' },
    unattended: { type: 'boolean', about: 'for an agent: no passphrase' },
    relay: { type: 'string', value: 'slack', about: 'for buttons in Slack: no passphrase, and no other use' },
    output: { type: 'string', value: 'FILE', about: 'write the enrolment to FILE and enrol nothing here' },
  },
  exits: '0 made, 2 nothing was made',
  positionals: [],
  async run(context) {
    const approver = needed(context.values, 'approver');
    assertIsName(approver);
    const { output, unattended, relay } = context.values;
    if (relay !== undefined && relay !== 'slack') throw new GgenError('USAGE', '--relay takes slack, and nothing else');
    const kind: Kind = unattended === true ? 'unattended' : relay === 'slack' ? 'relay' : 'sealed';
    if (unattended === true && relay !== undefined)
      throw new GgenError('USAGE', '--unattended is for agents, --relay for people: one of them');
    if (kind !== 'sealed' && output !== undefined)
      throw new GgenError('USAGE', `--${kind} makes a key for this machine: --output can not stand beside it`);
    if (typeof output === 'string') return await createFor(context, approver, output);
    const system = await openSystem(context);
    try {
      ASSERT[kind](system, approver);
      const namespace = kind === 'relay' ? SLACK_NAMESPACE : VOTE_NAMESPACE;
      const [live] = liveKeys(system, approver, namespace);
      if (live) {
        const { fingerprint } = live.key;
        throw new GgenError('CONFLICT', `${approver} has a key already: ${fingerprint}`, {
          hint:
            kind === 'relay'
              ? `\`ggen-mcp keys revoke --approver ${approver} --key ${fingerprint}\` ends it`
              : ((kind === 'sealed' ? hintToEnrol(system, approver) : undefined) ??
                '`ggen-mcp keys rotate` puts another in its place, `ggen-mcp keys revoke` ends it'),
        });
      }
      const { configDir, keysDir } = system.places;
      const opened = await makeKey(keysDir, kind, approver);
      const key = enrolling(approver, opened.key, namespace);
      const more: Record<string, string> = kind === 'relay' ? { via: 'slack' } : {};
      await changeRoster(system, 'approver_key_enrolled', key, () => enrolKey(configDir, key), more);
      const file = displayPath(join(configDir, KEYS_FILE));
      const whom = kind === 'relay' ? `clicks of ${approver} in Slack` : approver;
      context.print(`made ${opened.key.fingerprint} for ${whom}, enrolled in ${file}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `sealed` with a passphrase; the others lie open, for an agent, or to pass a person's clicks on. */
type Kind = 'sealed' | 'unattended' | 'relay';

/** Who can have a key of each kind. */
const ASSERT: Readonly<Record<Kind, (system: GovernedSystem, approver: string) => void>> = {
  sealed: assertIsApprover,
  unattended: assertIsAgent,
  relay: assertIsPerson,
};

async function makeKey(keysDir: string, kind: Kind, approver: string): Promise<OpenKey> {
  if (kind === 'unattended') return createAgentKeyFiles(keysDir).create(approver);
  if (kind === 'relay') return createRelayKeyFiles(keysDir).create(approver);
  return await createApproverKeyFiles(keysDir).create(approver, await askNewPassphrase(approver));
}

/** For somebody who configures elsewhere: neither configuration nor store need be here. */
async function createFor(context: CommandContext, approver: string, output: string): Promise<number> {
  const path = outputFile(context, undefined, { value: output, replace: 'no word' });
  const files = createApproverKeyFiles(findPlaces(context).keysDir);
  const opened = await files.create(approver, await askNewPassphrase(approver));
  writeFileAtomic(path, enrolmentText(enrolling(approver, opened.key), opened.signFor));
  context.print(`made ${opened.key.fingerprint} for ${approver}; ${output} is for whoever configures`);
  return EXIT.ok;
}

/** From now on and without end. */
export function enrolling(
  approver: string,
  key: SshPublicKey,
  namespace: KeyNamespace = VOTE_NAMESPACE,
): Omit<ApproverKey, 'line'> {
  return { approver, key, from: 0, until: Number.POSITIVE_INFINITY, namespace };
}

export function assertIsName(approver: string): void {
  if (isKeyHolderName(approver)) return;
  throw new GgenError('INPUT_INVALID', `${JSON.stringify(printable(approver, 100))} can't have a key`, {
    hint: 'a name with a key holds no blanks, commas, quotes or wildcards',
  });
}
