import { type NoteVerifier, type ProvenFact, verifyProof } from '../audit/proof/index.ts';

/** What a checked proof shows, for a person: lines. Throws what verifyProof throws. */
export function checkProof(text: string, keys: readonly NoteVerifier[], old: string | undefined): string[] {
  return render(verifyProof(text, keys, old));
}

function render(fact: ProvenFact): string[] {
  if (fact.kind === 'consistency') {
    return [`holds: ${fact.origin} of ${fact.size} entries begins with what it was at ${fact.oldSize}`];
  }
  const entry = JSON.stringify(fact.entry);
  return [`holds: entry ${fact.seq} of ${fact.size} in ${fact.origin}`, entry];
}
