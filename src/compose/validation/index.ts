export { frozenCopy } from './frozen-copy.ts';
export { memberOf, privateKeyOf, voteOn } from './member.ts';
export { runRound } from './run-round.ts';
export type { CommandValidator, HttpValidator, LocalValidator, Member, OperationValidator } from './types.ts';
