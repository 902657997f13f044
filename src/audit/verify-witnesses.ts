import { isGgenError } from '../kernel/errors.ts';
import type { Witness } from './ports.ts';
import { type Checkpoint, type NoteVerifier, openCheckpoint } from './proof/index.ts';
import type { Report } from './verify-report.ts';

export interface Seen {
  readonly checkpoint: Checkpoint;
  readonly witness: string;
}

/** What witnesses have seen of this log, smallest first, as far as it lies within the log; and which have seen nothing. */
export function askWitnesses(
  origin: string,
  size: number,
  options: { readonly keys: readonly NoteVerifier[]; readonly witnesses: readonly Witness[] },
  report: Report,
): { readonly seen: readonly Seen[]; readonly silent: readonly string[] } {
  const seen: Seen[] = [];
  const silent: string[] = [];
  for (const witness of options.witnesses) {
    const { name } = witness;
    const said = readWitness(witness, origin, report);
    if (said === undefined) continue;
    for (const other of said.others) {
      report(`${name} has seen another log in this place, ${other}: this one was put there instead`);
    }
    if (said.notes.length === 0 && size > 0) silent.push(name);
    let largest = 0;
    const bad = new Map<string, number>();
    for (const note of said.notes) {
      try {
        const { checkpoint } = openCheckpoint(note, options.keys);
        largest = Math.max(largest, checkpoint.size);
        if (checkpoint.size <= size) seen.push({ checkpoint, witness: name });
      } catch (error) {
        if (!isGgenError(error)) throw error;
        bad.set(error.message, (bad.get(error.message) ?? 0) + 1);
      }
    }
    for (const [message, count] of bad) report(`${name}: ${message}${count > 1 ? `; ${count} checkpoints so` : ''}`);
    if (largest > size) {
      report(
        `${name} has seen ${largest} entries, the log has ${size}: it was cut, or an older copy was put in its place`,
      );
    }
  }
  return { seen: seen.sort((a, b) => a.checkpoint.size - b.checkpoint.size), silent };
}

/** Its notes of this log, and the other logs that it has seen in this place; undefined where it can't be read. */
function readWitness(
  witness: Witness,
  origin: string,
  report: Report,
): { readonly notes: readonly string[]; readonly others: readonly string[] } | undefined {
  try {
    const others = (witness.onlyOf?.() ?? []).filter((other) => other !== origin);
    return { notes: witness.seen(origin), others };
  } catch (error) {
    report(`${witness.name} can't be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
