import { printable } from '../../kernel/text.ts';
import type { Finding } from '../../model/evidence.ts';
import type { ProtectedGuard, ProtectedHit, Touch } from './guard.ts';

export const PROTECTED_RULE = 'builtin.protected-path';

/** The finding of rule 8 for a path under any of its forms; undefined where none of them is protected. */
export function protectedFinding(
  guard: ProtectedGuard,
  forms: Iterable<string | undefined>,
  touch: Touch,
  shown: string,
): Finding | undefined {
  for (const form of forms) {
    const hit = form === undefined ? undefined : guard.find(form, touch);
    if (hit !== undefined)
      return always(
        `${shown} ${say(hit)}; no agent may ${touch === 'read' || touch === 'read-tree' ? 'read' : 'change'} it`,
      );
  }
  return undefined;
}

/** A finding that holds in every mode. */
export function always(message: string): Finding {
  return { kind: 'protected', rule: PROTECTED_RULE, severity: 'always', message };
}

function say(hit: ProtectedHit): string {
  const where = printable(hit.place.path, 120);
  return hit.relation === 'is'
    ? `is protected (${hit.place.what}: ${where})`
    : `holds what is protected (${hit.place.what}: ${where})`;
}
