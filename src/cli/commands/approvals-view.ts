import { isOnRecord, readTrail, recordToJson } from '../../approvals/index.ts';
import { openSystem } from '../../compose/index.ts';
import { OUR_METADATA, renderRule } from '../../governor/index.ts';
import type { Json } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import { type ApprovalRecord, type Quorum, seatOf } from '../../model/approval.ts';
import { type Command, EXIT } from '../command.ts';

const CHANGED = 'SOMEBODY CHANGED THIS: the audit trail says that something else was asked. Do not decide on it.';

/** `ggen-mcp approvals list`. */
export const approvalsList: Command = {
  name: 'approvals list',
  usage: 'approvals list [--pending] [--json]',
  summary: 'list approval requests, newest first',
  details: 'At most 1000 of them.',
  options: {
    pending: { type: 'boolean', about: 'only those that wait for a decision' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 listed, none included; 2 the store can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const records = await system.desk.list({ pending: context.values.pending === true, limit: 1000 });
      if (context.values.json) for (const record of records) context.print(JSON.stringify(recordToJson(record)));
      else if (records.length === 0) context.print(context.values.pending ? 'nothing is pending' : 'no requests');
      else for (const record of records) context.print(renderLine(record));
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals show ID`. */
export const approvalsShow: Command = {
  name: 'approvals show',
  usage: 'approvals show ID [--json]',
  summary: 'show one request: what exactly would be done, and why it is asked',
  details: 'ID is the one that approvals list and the refusal show, in full.',
  options: { json: { type: 'boolean', about: 'the request as JSON' } },
  exits: '0 shown, 1 shown, and it is not what was asked; 2 no such request',
  positionals: ['ID'],
  async run(context) {
    const system = await openSystem(context);
    try {
      const record = await system.desk.show(context.positionals[0]!);
      const isAsAsked = isOnRecord(record, await readTrail(system.store, record));
      if (context.values.json) context.print(JSON.stringify({ ...recordToJson(record), as_asked: isAsAsked }));
      else {
        if (!isAsAsked) context.print(`${CHANGED}\n`);
        context.print(renderCard(record, Date.now()));
      }
      return isAsAsked ? EXIT.ok : EXIT.no;
    } finally {
      await system.close();
    }
  },
};

function renderLine(record: ApprovalRecord): string {
  const when = new Date(record.createdAt).toISOString().replace('T', ' ').slice(0, 19);
  return `${record.id}  ${record.status.padEnd(9)}  ${when}  ${printable(record.requester, 40)}  ${record.operation.name} ${printable(record.target, 120)}`;
}

/** One card: what, by whom, the exact content, why asked, how long, and what happens at zero. */
export function renderCard(record: ApprovalRecord, now: number): string {
  const lines = [
    `${record.operation.name} ${printable(record.target, 4096)}`,
    `  request    ${record.id} (${record.status})`,
    `  asked by   ${printable(record.requester, 200)}`,
  ];
  if (record.justification) lines.push(...barred('because', record.justification.split('\n')));
  const { not_shown: left, ...shown } = record.shown;
  for (const [name, value] of Object.entries(shown)) lines.push(...renderShown(name, value));
  lines.push(...renderTold(record));
  if (Array.isArray(left)) lines.push(`  NOT SHOWN  ${left.map((one) => printable(String(one), 200)).join(', ')}`);
  for (const reason of record.reasons)
    lines.push(`  rule       ${printable(reason.message, 500)} [${renderRule(reason)}]`);
  lines.push(`  digest     ${record.actionDigest}`);
  if (record.status === 'pending') lines.push(...renderTimes(record, now));
  if (record.quorum && (record.quorum.of > 1 || record.votes?.length))
    lines.push(...renderVotes(record, record.quorum));
  if (record.decidedBy) {
    const verified = record.verified ? '' : ' (unverified)';
    lines.push(
      `  decided by ${printable(record.decidedBy.id, 200)}${verified}${record.comment ? `: ${printable(record.comment, 2000)}` : ''}`,
    );
  }
  return lines.join('\n');
}

/** What happens when nobody decides, and when. */
function renderTimes({ approvesItselfAt, decideBy, quorum }: ApprovalRecord, now: number): string[] {
  const seconds = (at: number): number => Math.max(0, Math.round((at - now) / 1000));
  const escalation = quorum?.escalation;
  const lines =
    approvesItselfAt === undefined
      ? [`  time left  ${seconds(decideBy)} s, then it expires and nothing is done`]
      : [`  time left  ${seconds(approvesItselfAt)} s, then A TIMER APPROVES IT unless somebody rejects it`];
  if (escalation && now < escalation.at) {
    lines.push(`  asked next in ${seconds(escalation.at)} s: ${names(escalation.eligible)}`);
  }
  return lines;
}

/** How many approvals it takes, who has voted, and who still may. */
function renderVotes({ votes = [], status }: ApprovalRecord, quorum: Quorum): string[] {
  const { agents = [], people = 0, roles = {}, escalation } = quorum;
  const yes = votes.filter(({ approved }) => approved).length;
  const faulty = quorum.tolerates ? `; ${quorum.tolerates} of them may be faulty` : '';
  const from = agents.length > 0 ? 'people and agents' : 'people';
  const lines =
    quorum.of > 1
      ? [`  approvals  ${yes} of the ${quorum.required} it takes, from ${quorum.of} ${from}${faulty}`]
      : ['  votes'];
  if (people > 0) lines.push(`    of people at least ${people}`);
  for (const [role, { required, eligible }] of Object.entries(roles)) {
    const given = votes.filter((vote) => vote.approved && eligible.includes(seatOf(vote))).length;
    lines.push(`    of role ${printable(role, 100)} ${given} of ${required}: ${names(eligible)}`);
  }
  for (const { approver, approved, verified, comment, delegation, via } of votes) {
    const kind =
      approver.actorType === 'agent' ? ' (agent)' : via ? ` (by way of Slack, ${printable(via.user, 50)})` : '';
    const word = `${approved ? 'yes' : 'no'}${verified ? '' : ' (unverified)'}`;
    const lent = delegation ? ` for ${printable(delegation.delegator, 200)}` : '';
    lines.push(
      `    ${printable(approver.id, 200)}${kind}${lent}: ${word}${comment ? `: ${printable(comment, 2000)}` : ''}`,
    );
  }
  const asked = [...new Set([...(quorum.eligible ?? []), ...agents, ...(escalation?.eligible ?? [])])];
  const left = asked.filter((id) => !votes.some((vote) => seatOf(vote) === id || vote.approver.id === id));
  if (status === 'pending' && left.length > 0) lines.push(`    may still vote: ${names(left)}`);
  return lines;
}

function names(ids: readonly string[]): string {
  return ids.map((id) => printable(id, 200)).join(', ');
}

/** What who asks says beside it, what inspectors found, and what it is unlike. */
function renderTold({ metadata }: ApprovalRecord): string[] {
  const told = Object.fromEntries(Object.entries(metadata).filter(([name]) => !OUR_METADATA.has(name)));
  const { findings, unlike, changed } = metadata;
  const lines = Object.keys(told).length > 0 ? renderShown('metadata', told) : [];
  if (typeof unlike === 'string' && Array.isArray(changed)) {
    const what = changed.map((one) => printable(String(one), 300)).join(', ');
    lines.push(`  unlike     approval ${printable(unlike, 100)}, since when these changed: ${what}`);
  }
  for (const one of Array.isArray(findings) ? findings : []) {
    const { rule, severity, message } = one as Record<string, Json>;
    lines.push(`  found      ${printable(`${severity}: ${message} [${rule}]`, 600)}`);
  }
  return lines;
}

function barred(name: string, lines: readonly string[]): string[] {
  return [`  ${printable(name, 40)}`, ...lines.map((line) => `    | ${printable(line, 300_000)}`)];
}

/** Behind a bar stands what others wrote: no line of theirs looks like one of ours. */
function renderShown(name: string, value: Json | undefined): string[] {
  const label = `  ${printable(name, 40).padEnd(10)} `;
  if (Array.isArray(value))
    return barred(
      name,
      value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    );
  if (typeof value === 'object' && value !== null)
    return barred(
      name,
      Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${JSON.stringify(one)}`),
    );
  if (typeof value !== 'string') return [`${label}${printable(JSON.stringify(value), 4096)}`];
  const lines = value.split('\n');
  return lines.length === 1 ? [`${label}${printable(value, 300_000)}`] : barred(name, lines);
}
