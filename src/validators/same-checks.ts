import type { Validate } from '../consensus/index.ts';
import { GgenError } from '../kernel/errors.ts';

const known = new WeakMap<Validate, string>();

/** Notes which checks a function runs. */
export function nameChecks(validate: Validate, names: readonly string[]): Validate {
  known.set(validate, names.join(', '));
  return validate;
}

/**
 * INPUT_INVALID where built-in validators check different things.
 * THREAT: votes count alike: what a single one looks for, the others would outvote, and what it found would pass.
 */
export function assertSameChecks(validators: readonly { readonly id: string; readonly validate: Validate }[]): void {
  const built = validators.flatMap(({ id, validate }) => {
    const names = known.get(validate);
    return names === undefined ? [] : [{ id, names }];
  });
  const other = built.find(({ names }) => names !== built[0]!.names);
  if (other === undefined) return;
  const { id, names } = built[0]!;
  throw new GgenError(
    'INPUT_INVALID',
    `validator ${id} checks ${names}, validator ${other.id} checks ${other.names}: what only one looks for, the others outvote`,
    { hint: 'give each the same checks, in one function' },
  );
}
