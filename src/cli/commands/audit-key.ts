import { logKeys } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { withTrail } from './open-trail.ts';

/** `ggen-mcp audit key`: the public key that checks this log. */
export const auditKey: Command = {
  name: 'audit key',
  usage: 'audit key [--checkpoint]',
  summary: 'print the public key that checks the audit trail, or its newest signed checkpoint',
  details:
    'Give the key to whoever shall check proofs; keep a checkpoint where nobody who writes the log can change it.\n' +
    'Keys that were replaced are printed before the one that signs now.',
  options: { checkpoint: { type: 'boolean', about: 'the newest checkpoint instead' } },
  exits: '0 printed; 2 there is none',
  positionals: [],
  async run(context) {
    const done = await withTrail(context, async ({ store, places }) => {
      await store.flush();
      const { origin, checkpoint } = await store.head();
      if (context.values.checkpoint) {
        if (checkpoint === undefined) throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
        context.stdout.write(checkpoint);
        return true;
      }
      const verifiers = logKeys(places).verifiers(origin);
      for (const { vkey } of verifiers) context.print(vkey);
      if (verifiers.length > 0) return true;
      throw new GgenError('NOT_FOUND', `this user has no key of ${origin}`, { hint: `looked in ${places.keysDir}` });
    });
    if (done) return EXIT.ok;
    throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
  },
};
