import { type Quorum, seatOf, type Vote } from '../model/approval.ts';

type Ballot = Pick<Vote, 'approved' | 'delegation'> & { readonly approver?: { readonly id: string } };

/** True where approvals by these, each once, are what the quorum takes. Agents' words never stand for people's. */
export function isMet(quorum: Quorum, yes: readonly string[]): boolean {
  const { required, agents = [], people = 0, roles = {} } = quorum;
  return (
    required > 0 &&
    yes.length >= required &&
    yes.filter((id) => !agents.includes(id)).length >= people &&
    Object.values(roles).every((role) => yes.filter((id) => role.eligible.includes(id)).length >= role.required)
  );
}

/**
 * How the votes decide. INVARIANT: nothing is approved by fewer than the quorum takes; what is decided stays decided,
 * whatever votes would follow; and it is rejected as soon as those who are asked, now or later, can't approve it any more.
 * Where one approval is enough, one person's no rejects; an agent's no leaves it to the people, if there are any.
 */
export function tally(quorum: Quorum, votes: readonly Ballot[]): 'approved' | 'rejected' | 'open' {
  const { required, of, eligible, agents = [], people = 0, roles = {} } = quorum;
  const isAgent = (seat: string): boolean => agents.includes(seat);
  const seatsOf = (word: boolean): string[] => votes.filter(({ approved }) => approved === word).map(seat);
  if (isMet(quorum, seatsOf(true))) return 'approved';
  const no = seatsOf(false);
  if (of === 1) {
    const onlyAgents = eligible?.length === 0 && agents.length > 0;
    const byPeople = no.some((one) => !isAgent(one));
    return byPeople || (onlyAgents && no.length >= agents.length) ? 'rejected' : 'open';
  }
  const gone = [...no, ...spentSeats(quorum, votes)];
  const peopleLeft = of - agents.length - gone.filter((one) => !isAgent(one)).length;
  const roleLeft = ({ eligible: holders }: { readonly eligible: readonly string[] }): number =>
    holders.length - gone.filter((one) => holders.includes(one)).length;
  const lost =
    of - gone.length < required ||
    peopleLeft < people ||
    Object.values(roles).some((role) => roleLeft(role) < role.required);
  return lost ? 'rejected' : 'open';
}

function seat({ approver, delegation }: Ballot): string {
  return approver ? seatOf({ approver, delegation }) : '';
}

/** Votes of their own that can't come any more: of those who voted in another's place. */
function spentSeats({ eligible = [] }: Quorum, votes: readonly Ballot[]): string[] {
  const taken = votes.map(seat);
  return votes
    .filter(({ delegation }) => delegation !== undefined)
    .flatMap(({ approver }) => approver?.id ?? [])
    .filter((id) => eligible.includes(id) && !taken.includes(id));
}
