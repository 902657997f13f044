import { join } from 'node:path';
import { type ApproverKey, isKeyHolderName } from '../../approvals/index.ts';
import {
  createAgentKeyFiles,
  createApproverKeyFiles,
  displayPath,
  enrolKey,
  enrolmentText,
  findPlaces,
  KEYS_FILE,
  openSystem,
  writeFileAtomic,
} from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { SshPublicKey } from '../../kernel/ssh-key.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { askNewPassphrase } from '../passphrase.ts';
import { outputFile } from './output-file.ts';
import { assertIsAgent, assertIsApprover, changeRoster, liveKeys, needed } from './roster-change.ts';

/** `ggen-mcp keys create`: the key that an approver signs decisions with. */
export const keysCreate: Command = {
  name: 'keys create',
  usage: 'keys create --approver NAME [--unattended] [--output FILE]',
  summary: 'make the key that an approver signs decisions with; asks at the terminal',
  details:
    `An Ed25519 key. Its private part lies in your home, sealed with a passphrase that is asked for at each decision;\n` +
    `its public part is enrolled in ${KEYS_FILE} beside the configuration. With --output it is written\n` +
    'to FILE instead, for somebody who may configure: `ggen-mcp keys enrol --from FILE`. An agent under\n' +
    '[[approvers.agent]] that decides by itself has nobody to type a passphrase: with --unattended its key lies open\n' +
    'in your home, readable by you alone.',
  options: {
    approver: { type: 'string', value: 'NAME', about: 'whose key it is, as in approvals.toml' },
    unattended: { type: 'boolean', about: 'for an agent: no passphrase' },
    output: { type: 'string', value: 'FILE', about: 'write the enrolment to FILE and enrol nothing here' },
  },
  exits: '0 made, 2 nothing was made',
  positionals: [],
  async run(context) {
    const approver = needed(context.values, 'approver');
    assertIsName(approver);
    const { output, unattended } = context.values;
    if (unattended === true && output !== undefined)
      throw new GgenError('USAGE', '--unattended makes a key for this machine: --output can not stand beside it');
    if (typeof output === 'string') return await createFor(context, approver, output);
    const system = await openSystem(context);
    try {
      if (unattended === true) assertIsAgent(system, approver);
      else assertIsApprover(system, approver);
      const live = liveKeys(system, approver);
      if (live.length > 0) {
        throw new GgenError('CONFLICT', `${approver} has a key already: ${live[0]!.key.fingerprint}`, {
          hint: '`ggen-mcp keys rotate` puts another in its place, `ggen-mcp keys revoke` ends it',
        });
      }
      const { configDir, keysDir } = system.places;
      const opened =
        unattended === true
          ? createAgentKeyFiles(keysDir).create(approver)
          : await createApproverKeyFiles(keysDir).create(approver, await askNewPassphrase(approver));
      const key = enrolling(approver, opened.key);
      await changeRoster(system, 'approver_key_enrolled', key, () => enrolKey(configDir, key));
      const file = displayPath(join(configDir, KEYS_FILE));
      context.print(`made ${opened.key.fingerprint} for ${approver}, enrolled in ${file}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

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
export function enrolling(approver: string, key: SshPublicKey): Omit<ApproverKey, 'line'> {
  return { approver, key, from: 0, until: Number.POSITIVE_INFINITY };
}

export function assertIsName(approver: string): void {
  if (isKeyHolderName(approver)) return;
  throw new GgenError('INPUT_INVALID', `${JSON.stringify(printable(approver, 100))} can't have a key`, {
    hint: 'a name with a key holds no blanks, commas, quotes or wildcards',
  });
}
