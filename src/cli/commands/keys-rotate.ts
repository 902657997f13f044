import { VOTE_NAMESPACE } from '../../approvals/index.ts';
import { createApproverKeyFiles, openSystem, rotateKey } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { hintToEnrol } from '../own-keys.ts';
import { askNewPassphrase, openAtTerminal } from '../passphrase.ts';
import { enrolling } from './keys-create.ts';
import { changeRoster, liveKeys, needed } from './roster-change.ts';

/** What the old key signs to hand over to the new one. */
const ROTATION_NAMESPACE = 'ggen-rotation';

/** `ggen-mcp keys rotate`: another key in the place of the old one, which vouches for it. */
export const keysRotate: Command = {
  name: 'keys rotate',
  usage: 'keys rotate --approver NAME',
  summary: 'put a new key in the place of yours; asks at the terminal',
  details:
    'The old key signs the new one, which stands in the audit trail, and ends. What it approved and nobody used yet\n' +
    'must be approved again. The old file is kept, since other workspaces may know its key. For a key that is lost:\n' +
    '`ggen-mcp keys revoke`, then `ggen-mcp keys create`.',
  options: { approver: { type: 'string', value: 'NAME', about: 'whose key it is' } },
  exits: '0 changed, 1 nothing typed, 2 nothing was changed',
  positionals: [],
  async run(context) {
    const approver = needed(context.values, 'approver');
    const system = await openSystem(context);
    try {
      const { keysDir, configDir } = system.places;
      const files = createApproverKeyFiles(keysDir);
      const live = liveKeys(system, approver, VOTE_NAMESPACE);
      const own = files.list().find((one) => live.some(({ key }) => key.fingerprint === one.key.fingerprint));
      const old = live.find(({ key }) => key.fingerprint === own?.key.fingerprint);
      if (own === undefined || old === undefined) {
        throw new GgenError('NOT_FOUND', `no key of ${approver} that counts is here`, {
          hint: hintToEnrol(system, approver) ?? '`ggen-mcp keys list` shows what there is',
        });
      }
      const opened = await openAtTerminal(files, own, `passphrase of the key that ends, ${own.key.fingerprint}: `);
      if (opened === undefined) {
        context.print('nothing changed');
        return EXIT.no;
      }
      const next = await files.create(approver, await askNewPassphrase(approver));
      const key = enrolling(approver, next.key);
      const handedOver = opened.signFor(ROTATION_NAMESPACE, `${approver}\n${next.key.text}\n`);
      const change = (): Promise<void> => rotateKey(configDir, { old, next: key }, Date.now());
      await changeRoster(system, 'approver_key_rotated', key, change, {
        old_fingerprint: old.key.fingerprint,
        signed_by_old: handedOver,
      });
      context.print(`${next.key.fingerprint} counts for ${approver} now, ${old.key.fingerprint} no more`);
      context.print(
        'the old file is kept, since other workspaces may know its key: `ggen-mcp keys revoke` there ends it',
      );
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};
