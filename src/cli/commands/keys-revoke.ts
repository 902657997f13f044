import { endKey, openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { askAtTerminal } from '../terminal.ts';
import { changeRoster, liveKeys, needed } from './roster-change.ts';

/** `ggen-mcp keys revoke`: a key counts no more. */
export const keysRevoke: Command = {
  name: 'keys revoke',
  usage: 'keys revoke --approver NAME [--key FINGERPRINT]',
  summary: "end an approver's key; asks at the terminal",
  details:
    'Of all keys of that approver, or of the one that --key names. What was approved with it and is not used yet must be\n' +
    'approved again; its line stays, so that what it signed before can still be checked.',
  options: {
    approver: { type: 'string', value: 'NAME', about: 'whose key it is' },
    key: { type: 'string', value: 'FINGERPRINT', about: 'SHA256:…, as keys list shows it' },
  },
  exits: '0 revoked, 1 not confirmed, 2 no such key that counts',
  positionals: [],
  async run(context) {
    const approver = needed(context.values, 'approver');
    const { key } = context.values;
    const system = await openSystem(context);
    try {
      const ending = liveKeys(system, approver).filter((one) => key === undefined || one.key.fingerprint === key);
      if (ending.length === 0) {
        throw new GgenError('NOT_FOUND', `${approver} has no such key that counts`, {
          hint: '`ggen-mcp keys list` shows what there is',
        });
      }
      const names = ending.map((one) => one.key.fingerprint).join(', ');
      const answer = await askAtTerminal(`revoke ${names} of ${approver}? Type revoke to confirm: `);
      if (answer !== 'revoke' && answer !== 'yes') {
        context.print('nothing revoked');
        return EXIT.no;
      }
      const { configDir } = system.places;
      for (const one of ending) {
        await changeRoster(system, 'approver_key_revoked', one, () => endKey(configDir, one, Date.now()));
      }
      context.print(`revoked ${names} of ${approver}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};
