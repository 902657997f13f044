import type { Quorum, Vote } from '../model/approval.ts';

type Ballot = Pick<Vote, 'approved'> & { readonly approver?: { readonly id: string } };

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
 * whatever votes would follow; and it is rejected as soon as those who were asked first can't approve it any more.
 * Where one approval is enough, one person's no rejects; an agent's no leaves it to the people, if there are any.
 */
export function tally(quorum: Quorum, votes: readonly Ballot[]): 'approved' | 'rejected' | 'open' {
  const { required, of, eligible, agents = [], people = 0, roles = {}, escalation } = quorum;
  const idOf = ({ approver }: Ballot): string => approver?.id ?? '';
  const isAgent = (vote: Ballot): boolean => agents.includes(idOf(vote));
  if (isMet(quorum, votes.filter(({ approved }) => approved).map(idOf))) return 'approved';
  const no = votes.filter(({ approved }) => !approved);
  const byPeople = no.filter((vote) => !isAgent(vote)).length;
  if (of === 1) {
    const onlyAgents = eligible?.length === 0 && agents.length > 0;
    const refused = byPeople > 0 || (onlyAgents && no.length >= agents.length);
    return refused ? 'rejected' : 'open';
  }
  const late = escalation?.eligible ?? [];
  const first = no.filter((vote) => !late.includes(idOf(vote)));
  const peopleLeft = of - agents.length - first.filter((vote) => !isAgent(vote)).length;
  const roleLeft = ({ eligible: holders }: { readonly eligible: readonly string[] }): number =>
    holders.length - first.filter((vote) => holders.includes(idOf(vote))).length;
  const lost =
    of - first.length < required ||
    peopleLeft < people ||
    Object.values(roles).some((role) => roleLeft(role) < role.required);
  return lost ? 'rejected' : 'open';
}
