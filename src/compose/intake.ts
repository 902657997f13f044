import { createRecordFilter, ERASE_EVENT, type LeftOut } from '../audit/index.ts';
import { type GovernanceStore, joinTexts, maskJson } from '../governor/index.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { LoadedSnapshot } from './snapshot.ts';

/** What became of an entry; `seq` where the store gives one at once. */
export type Taken = { readonly seq?: number } | { readonly leftOut: LeftOut };

/** Takes an entry that a program or another system hands over. */
export type Intake = (store: GovernanceStore, entry: AuditEntry) => Promise<Taken>;

const MAX_TARGET = 4096;
/** Clocks of other machines may be ahead. */
const MAX_AHEAD_MS = 86_400_000;
/** What only this program records: decisions of people, changes of keys and rules, erasing. */
const OUR_EVENTS = /^(?:approval_[a-z]+|approver_key_[a-z]+|policy_(?:reloaded|updated|rejected)|log_key_changed)$/;

/**
 * How entries that don't come from the governor get into the log: filters first, then secrets are masked in every
 * text that somebody else wrote. Resolves once it is durable, recorded or counted.
 */
export function createIntake({ loaded, set, inspector }: LoadedSnapshot): Intake {
  const decide = createRecordFilter(loaded.config.audit.filters, (name) => set.operation(name)?.classes ?? []);
  const mask = inspector.maskSecrets;
  /** One look at all texts together: most entries hold no secret. */
  const mayHoldSecret = ({ actor, operation, target, metadata }: AuditEntry): boolean => {
    const texts = joinTexts([metadata, operation.parameters ?? null]);
    // A value without end is refused here, before masking walks through it.
    if (texts === undefined) canonicalJson([metadata, operation.parameters ?? null]);
    return (
      texts === undefined ||
      inspector.mayHoldSecret(
        `${actor.id}\n${actor.name}\n${actor.ipAddress ?? ''}\n${operation.name}\n${target ?? ''}\n${texts}`,
      )
    );
  };
  const masked = (entry: AuditEntry): AuditEntry => {
    const { actor, operation, target } = entry;
    return {
      ...entry,
      actor: {
        ...actor,
        id: mask(actor.id),
        name: mask(actor.name),
        ...(actor.ipAddress === undefined ? {} : { ipAddress: mask(actor.ipAddress) }),
      },
      operation: {
        name: mask(operation.name),
        ...(operation.parameters === undefined
          ? {}
          : { parameters: maskJson(operation.parameters, mask) as JsonObject }),
      },
      metadata: maskJson(entry.metadata, mask) as JsonObject,
      ...(target === undefined ? {} : { target: mask(target) }),
    };
  };
  return async (store, entry) => {
    refuseOurs(entry);
    refuseFuture(entry);
    const decided = decide(entry);
    const safe = mayHoldSecret(entry) ? masked(entry) : entry;
    if (decided !== 'record') {
      await store.countLeftOut(safe, decided);
      return { leftOut: decided };
    }
    const target = safe.target === undefined ? {} : { target: printable(safe.target, MAX_TARGET) };
    const seq = await store.append({ ...safe, ...target });
    return seq === undefined ? {} : { seq };
  };
}

/** THREAT: retention goes by the time of entries: one from the far future would keep all that follow it. */
function refuseFuture({ timestamp }: AuditEntry): void {
  if (timestamp <= Date.now() + MAX_AHEAD_MS) return;
  throw new GgenError('INPUT_INVALID', 'timestamp lies more than a day ahead of this machine’s clock');
}

/** THREAT: the log is believed where it says that entries were erased, its key was changed, or somebody approved. */
function refuseOurs({ metadata }: AuditEntry): void {
  const { event } = metadata;
  if (event !== ERASE_EVENT && !(typeof event === 'string' && OUR_EVENTS.test(event))) return;
  throw new GgenError('INPUT_INVALID', `metadata.event "${metadata.event}" is recorded by the system itself`, {
    hint: 'name it otherwise',
  });
}
