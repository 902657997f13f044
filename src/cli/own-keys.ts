import { type ClosedKey, createApproverKeyFiles, type GovernedSystem } from '../compose/index.ts';

/** The newest of this user's own keys that this workspace does not know: those of the home serve all workspaces. */
export function unknownOwnKey(system: GovernedSystem, isWanted: (approver: string) => boolean): ClosedKey | undefined {
  const known = new Set(system.approverKeys().all.map(({ key }) => key.fingerprint));
  return createApproverKeyFiles(system.places.keysDir)
    .list()
    .findLast(({ approver, key }) => isWanted(approver) && !known.has(key.fingerprint));
}

/** How a key of theirs that lies in the home comes to count here; undefined where none does. */
export function hintToEnrol(system: GovernedSystem, approver: string): string | undefined {
  const own = unknownOwnKey(system, (name) => name === approver);
  return own && `\`ggen-mcp keys enrol --approver ${approver}\` lets your ${own.key.fingerprint} count here`;
}
