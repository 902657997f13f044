import { createRecordFilter, ERASE_EVENT, HANDED_OVER, INGESTED, type LeftOut } from '../audit/index.ts';
import { type GovernanceStore, joinTexts, maskJson } from '../governor/index.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { foldName } from '../kernel/same-name.ts';
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
/** What only this program records: attempts, decisions, lent votes, changes of keys and rules, messages, erasing. */
const OUR_EVENTS =
  /^(?:(?:approval|approver_key|delegation|notice|policy|standing_grant|slack)_.*|attempt|outcome|refused|audit_packed|log_key_changed|maintenance_failed)$/s;
/** What validators in a program of its own find, and record through its AuditLogger. */
const VALIDATORS_EVENTS = /^(?:consensus|byzantine_fault)$/;
/** Kinds of entries that the guide has for programs too: they are marked, so that none of them passes for ours. */
const OUR_KINDS: ReadonlySet<string> = new Set(['approval_request', 'approval_decision']);

/** Through which door an entry was handed over. */
export type IntakeSource = typeof INGESTED | typeof HANDED_OVER;

/**
 * How entries that don't come from the governor get into the log: filters first, then secrets are masked in every
 * text that somebody else wrote. Resolves once it is durable, recorded or counted.
 */
export function createIntake({ loaded, set, inspector }: LoadedSnapshot, source: IntakeSource): Intake {
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
  return async (store, given) => {
    refuseOurs(given, source);
    refuseFuture(given);
    const entry = marked(given, source);
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
function refuseOurs({ metadata }: AuditEntry, source: IntakeSource): void {
  const { event } = metadata;
  if (typeof event !== 'string') return;
  // However it is spelt: people read it too.
  const name = event.normalize('NFKC').split('_').map(foldName).join('_');
  if (name !== ERASE_EVENT && !OUR_EVENTS.test(name) && (source === HANDED_OVER || !VALIDATORS_EVENTS.test(name)))
    return;
  throw new GgenError('INPUT_INVALID', `metadata.event "${printable(event)}" is recorded by the system itself`, {
    hint: 'name it otherwise',
  });
}

/** What could be taken for our own says where it came from, whatever it said of that itself. */
function marked(entry: AuditEntry, source: IntakeSource): AuditEntry {
  const { event } = entry.metadata;
  const alike =
    OUR_KINDS.has(entry.eventType) || (typeof event === 'string' && VALIDATORS_EVENTS.test(foldName(event)));
  return source === INGESTED || alike ? { ...entry, metadata: { ...entry.metadata, source } } : entry;
}
