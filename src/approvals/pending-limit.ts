import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';

/** As many requests of one requester wait as may: more of them would bury what others ask. */
export function tooManyPending(requester: string, most: number): GgenError {
  return new GgenError('NOT_PERMITTED', `${most} requests of ${printable(requester, 200)} wait already`, {
    hint: 'decide or cancel those (approvals.max_pending_per_requester)',
  });
}
