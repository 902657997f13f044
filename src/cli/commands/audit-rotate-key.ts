import { logKeys, logSigner, newId, processUser } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { withTrail } from './open-trail.ts';

/** `ggen-mcp audit rotate-key`: a new key for the log, handed over by the old one. */
export const auditRotateKey: Command = {
  name: 'audit rotate-key',
  usage: 'audit rotate-key [--lost]',
  summary: 'sign the audit trail with a new key from now on',
  details:
    'The change is an entry of the log, under a checkpoint that both keys sign, so that whoever trusts the old key\n' +
    'learns of the new one: `ggen-mcp audit prove` proves that entry. --lost goes on without the old key where it is\n' +
    'gone; then nothing but your word connects the two, and `audit verify` needs the old public key for what was before.',
  options: { lost: { type: 'boolean', about: 'the old key is not there any more' } },
  exits: '0 changed; 2 the trail can not be written, or the old key is not there',
  positionals: [],
  async run(context) {
    const done = await withTrail(context, async ({ store, places }) => {
      const keys = logKeys(places);
      const head = await store.head();
      const { origin } = head;
      const old = logSigner(keys, head);
      if (!old && !context.values.lost) {
        throw new GgenError('NOT_FOUND', `the key of ${origin} is not in ${places.keysDir}`, {
          hint: 'restore it, or go on without it: --lost',
        });
      }
      const next = keys.create(origin);
      const metadata = {
        event: 'log_key_changed',
        new_key: next.verifier.vkey,
        ...(old ? { old_key: old.verifier.vkey } : { old_key_lost: true }),
      };
      const told = {
        id: newId(),
        timestamp: Date.now(),
        eventType: 'system_event',
        actor: processUser(),
        operation: { name: 'change_log_key' },
        result: 'success',
        metadata,
      } as const;
      await store.changeKey(next, told).catch((error: unknown) => {
        // It has signed nothing, and must not be taken for one that has.
        keys.retire(next);
        throw error;
      });
      if (old) keys.retire(old);
      context.print(next.verifier.vkey);
      return true;
    });
    if (done) return EXIT.ok;
    throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
  },
};
