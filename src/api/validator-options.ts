import type { OperationValidator } from '../compose/index.ts';
import type { ConsensusMode } from '../consensus/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { assertMembers, assertOneOf } from '../kernel/members.ts';
import { hasControlCharacter, printable } from '../kernel/text.ts';
import type { AuditEntry } from './audit-logger.ts';
import type { ByzantineFault } from './validation-outcome.ts';

export interface ByzantineValidatorOptions {
  /** in this process, as programs of their own, or behind HTTP */
  readonly validators: readonly OperationValidator[];
  /** how many of them may crash, stall or lie */
  readonly f: number;
  readonly mode: ConsensusMode;
  /** which set of validators this is; a changed set is another epoch. Default 1 */
  readonly epoch?: number;
  /** how long votes are waited for, in milliseconds; default 10,000 */
  readonly timeoutMs?: number;
  /** where results are recorded, e.g. `(entry) => logger.log(entry)` of an AuditLogger */
  readonly record?: (entry: AuditEntry) => Promise<void>;
  /** told of each validator that contradicted itself, once it is recorded; never of one that only dissents or is late */
  readonly onFault?: (fault: ByzantineFault) => void;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const WAYS = { validate: 'function', command: 'strings', url: 'string' } as const;

/** What a ByzantineValidator is made of, member by member. INPUT_INVALID names what is not right. */
export function assertOptions(options: ByzantineValidatorOptions): void {
  assertMembers('ByzantineValidator', options, {
    validators: 'list',
    f: 'number',
    mode: 'string',
    epoch: 'number?',
    timeoutMs: 'number?',
    record: 'function?',
    onFault: 'function?',
  });
  const { validators, mode, epoch = 1, timeoutMs = 10_000 } = options;
  assertOneOf('mode', mode, ['deterministic', 'agreement']);
  validators.forEach((one, index) => {
    const what = `validators[${index}]`;
    assertMembers(what, one, {
      id: 'string',
      publicKey: 'string?',
      privateKey: 'string?',
      cwd: 'string?',
      env: 'object?',
      authToken: 'string?',
      allowPrivate: 'boolean?',
    });
    assertMembers(what, one, Object.fromEntries(Object.entries(WAYS).filter(([way]) => way in one)));
  });
  assertNames(validators);
  assertWhole('epoch', epoch, 0, Number.MAX_SAFE_INTEGER);
  assertWhole('timeoutMs', timeoutMs, 1, MAX_TIMEOUT_MS);
}

function assertNames(validators: readonly OperationValidator[]): void {
  const ids = validators.map(({ id }) => id);
  const bad = ids.find((id, i) => id === '' || id.length > 200 || hasControlCharacter(id) || ids.indexOf(id) !== i);
  if (bad === undefined) return;
  throw new GgenError(
    'INPUT_INVALID',
    `validator ids must differ, and have 1 to 200 characters, none of control: ${JSON.stringify(printable(bad, 60))}`,
  );
}

function assertWhole(what: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new GgenError('INPUT_INVALID', `${what} must be a whole number from ${min} to ${max}`);
}
