import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { type LoggedEntry, proveConsistency, proveEntry, proveKeyChange } from '../../audit/index.ts';
import { logKeys, logSigner } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { type Trail, withTrail } from './open-trail.ts';
import { outputFile } from './output-file.ts';

/** `ggen-mcp audit prove`: one entry's place in the signed log, or that one log extends another. */
export const auditProve: Command = {
  name: 'audit prove',
  usage: 'audit prove ID [--output FILE] [--force] | audit prove --consistency SIZE [SIZE] [--output FILE] [--force]',
  summary: 'write a proof that a stranger can check without the log',
  details:
    'ID is an entry’s id or sequence number; the proof is a c2sp.org/tlog-proof file with the entry in it.\n' +
    '--consistency proves that the log of the second size (default: as it is now) begins with that of the first.\n' +
    'A proof is checked with `ggen-mcp audit verify-proof FILE --key KEY`, or with dist/bin/ggen-verify.js alone.',
  options: {
    consistency: { type: 'boolean', about: 'between two sizes of the log' },
    output: { type: 'string', value: 'FILE', about: 'where it goes (default: standard output)' },
    force: { type: 'boolean', about: 'replace FILE where it is there already' },
  },
  exits: '0 written; 2 there is no such entry, or the trail can not be read',
  positionals: ['ID…'],
  async run(context) {
    const { output, force } = context.values;
    const done = await withTrail(context, async (trail) => ({
      path:
        output === undefined
          ? undefined
          : outputFile(context, trail.audit, { value: String(output), replace: force === true }),
      proof: await (context.values.consistency ? consistency(context, trail) : entry(context, trail)),
    }));
    if (done === undefined) throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
    if (done.path === undefined) context.stdout.write(done.proof);
    else {
      writeWhole(done.path, done.proof);
      context.print(`wrote ${String(output)}`);
    }
    return EXIT.ok;
  },
};

async function entry({ positionals }: CommandContext, { store }: Trail): Promise<string> {
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) {
    throw new GgenError('USAGE', 'audit prove takes one entry’s id or sequence number', { hint: auditProve.usage });
  }
  await store.flush();
  const found = await findLogged(store, id);
  const { erasedTo } = await store.head();
  if (!found && /^[1-9]\d{0,15}$/.test(id) && Number(id) <= erasedTo) {
    throw new GgenError('NOT_FOUND', `entry ${id} was erased by retention, with all up to ${erasedTo}`, {
      hint: '`ggen-mcp audit query --operation erase_audit_entries` shows when and why',
    });
  }
  if (!found)
    throw new GgenError('NOT_FOUND', `no entry ${printable(id, 64)}`, {
      hint: '`ggen-mcp audit tail --json` shows ids',
    });
  const changed = found.metadata.event === 'log_key_changed' ? await proveKeyChange(store, found) : undefined;
  return changed ?? (await proveEntry(store, found));
}

async function findLogged(store: Trail['store'], id: string): Promise<LoggedEntry | undefined> {
  const seq = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : await store.seqOf(id);
  if (seq === undefined) return undefined;
  for await (const [first] of store.read({ afterSeq: seq - 1, beforeSeq: seq + 1 })) return first;
  return undefined;
}

async function consistency({ positionals }: CommandContext, { store, places }: Trail): Promise<string> {
  const sizes = positionals.map(Number);
  if (sizes.length < 1 || sizes.length > 2 || sizes.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new GgenError('USAGE', '--consistency takes one or two sizes of the log, as in --consistency 1000 2000');
  }
  return proveConsistency(store, sizes[0]!, sizes[1], logSigner(logKeys(places), await store.head()));
}

/** Another name first, so that nobody sees half of it. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new GgenError('USAGE', `--output: ${path} can't be written: ${code}`);
  }
}
