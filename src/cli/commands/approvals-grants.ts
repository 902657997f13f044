import { userInfo } from 'node:os';
import { parseDuration } from '../../audit/index.ts';
import { openSystem } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import type { StandingGrant, StandingGrantTerms } from '../../model/standing-grant.ts';
import { signerOf } from '../approver-signer.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { SIGNER_OPTIONS } from './approvals-decide.ts';
import { needed } from './roster-change.ts';

const LIMIT = 1000;

/** `ggen-mcp approvals grant`: permits ahead what would else be asked about each time. */
export const approvalsGrant: Command = {
  name: 'approvals grant',
  usage:
    'approvals grant --agent NAME --operation NAME --pattern PATTERN [--for DURATION] [--uses N] [--reason TEXT] [--as NAME] [--ssh-key FILE] [--json]',
  summary: 'permit an agent ahead what you would be asked about each time; asks at the terminal, and signs',
  details:
    'One operation on targets that match PATTERN, in the dialect of the lists, until it is over or used up. What policy\n' +
    'denies stays denied. What is destructive or high-risk, takes several approvers, or holds a secret is asked about\n' +
    'all the same, and so is everything once the policies change.',
  options: {
    agent: { type: 'string', value: 'NAME', about: 'the requester that it is for' },
    operation: { type: 'string', value: 'NAME', about: 'as in write_file' },
    pattern: { type: 'string', value: 'PATTERN', about: 'targets, as in "notes/*"' },
    for: { type: 'string', value: 'DURATION', about: 'how long, at most 24h (default 1h)' },
    uses: { type: 'string', value: 'N', about: 'how often, at most 1000 (default 10)' },
    reason: { type: 'string', value: 'TEXT', about: 'recorded with it' },
    ...SIGNER_OPTIONS,
    json: { type: 'boolean', about: 'the grant as JSON' },
  },
  exits: '0 granted, 1 nothing granted, 2 it can not be granted',
  positionals: [],
  async run(context) {
    const { values } = context;
    const wish = {
      agent: needed(values, 'agent'),
      operation: needed(values, 'operation'),
      pattern: needed(values, 'pattern'),
      seconds: Math.round(parseDuration(typeof values.for === 'string' ? values.for : '1h') / 1000),
      maxUses: usesOf(values.uses),
      ...(typeof values.reason === 'string' ? { reason: values.reason } : {}),
    };
    const system = await openSystem(context);
    try {
      // Each approver's terms are made once: what is shown is what is signed.
      const made = new Map<string, StandingGrantTerms>();
      const termsFor = (approver: string): StandingGrantTerms => {
        const terms = made.get(approver) ?? system.grants.terms(wish, approver);
        made.set(approver, terms);
        return terms;
      };
      const users = system.loaded().config.approvals.approvers.user;
      const signer = await signerOf(context, system, {
        verb: 'grant',
        question: (approver) => `${renderTerms(termsFor(approver))}\n\ngrant this as ${printable(approver)}? `,
        assertMay: (approver) => void termsFor(approver),
        eligible: users.length === 0 ? undefined : users.map(({ id }) => id),
      });
      if (signer === undefined) {
        context.print('nothing granted');
        return EXIT.no;
      }
      const grant = await system.grants.make(termsFor(signer.approver), signer, userInfo().username);
      const until = new Date(grant.expiresAt).toISOString();
      context.print(values.json ? JSON.stringify(toJson(grant, 'counts')) : `granted ${grant.id} until ${until}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals grants`. */
export const approvalsGrants: Command = {
  name: 'approvals grants',
  usage: 'approvals grants [--all] [--json]',
  summary: 'list standing grants, newest first',
  details: 'Those that count now; with --all also those that are over, revoked or used up.',
  options: {
    all: { type: 'boolean', about: 'also those that count no more' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 listed, 2 the store can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const policySet = system.policies().digest;
      const now = Date.now();
      const all = await system.grants.list({ standing: context.values.all !== true, limit: LIMIT });
      const shown = context.values.all ? all : all.filter((one) => stateOf(one, now, policySet) === 'counts');
      for (const grant of shown) {
        const state = stateOf(grant, now, policySet);
        context.print(context.values.json ? JSON.stringify(toJson(grant, state)) : render(grant, state));
      }
      if (shown.length === 0 && !context.values.json) context.print('no standing grants');
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals ungrant ID`. */
export const approvalsUngrant: Command = {
  name: 'approvals ungrant',
  usage: 'approvals ungrant ID [--json]',
  summary: 'revoke a standing grant',
  details: 'From then on people are asked again. What was done under it stays done.',
  options: { json: { type: 'boolean', about: 'what was revoked, as JSON' } },
  exits: '0 revoked, 2 no such grant, or it is revoked already',
  positionals: ['ID'],
  async run(context: CommandContext) {
    const system = await openSystem(context);
    try {
      const id = context.positionals[0]!;
      const { username } = userInfo();
      await system.grants.revoke(id, { actorType: 'user', id: username, name: username });
      context.print(context.values.json ? JSON.stringify({ id, state: 'revoked' }) : `revoked ${id}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

function usesOf(value: string | boolean | undefined): number {
  if (value === undefined) return 10;
  if (typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new GgenError('USAGE', '--uses takes a number from 1 to 1000');
}

type State = 'counts' | 'over' | 'revoked' | 'used up' | 'made under other policies';

function stateOf(grant: StandingGrant, now: number, policySet: string): State {
  if (grant.revokedAt !== undefined) return 'revoked';
  if (now >= grant.expiresAt) return 'over';
  if (grant.uses >= grant.maxUses) return 'used up';
  return grant.policySet === policySet ? 'counts' : 'made under other policies';
}

function renderTerms({ agent, operation, pattern, expiresAt, maxUses, reason }: StandingGrantTerms): string {
  const lines = [
    `${printable(agent, 200)} may ${operation} ${printable(pattern, 1000)} without asking`,
    `  at most    ${maxUses} times, until ${new Date(expiresAt).toISOString()}`,
    '  never      what policy denies, what is destructive or high-risk, what holds a secret',
  ];
  if (reason !== undefined) lines.push(`  reason     ${printable(reason, 2000)}`);
  return lines.join('\n');
}

function render(grant: StandingGrant, state: State): string {
  const { id, agent, operation, pattern, approver, uses, maxUses, expiresAt, reason } = grant;
  const why = reason === undefined ? '' : `: ${printable(reason, 300)}`;
  const what = `${printable(agent)} ${operation} ${printable(pattern, 300)}`;
  return `${id}  ${what}, ${uses} of ${maxUses} used, until ${new Date(expiresAt).toISOString()}, by ${printable(approver)}, ${state}${why}`;
}

function toJson(grant: StandingGrant, state: State): JsonObject {
  return {
    id: grant.id,
    state,
    agent: grant.agent,
    operation: grant.operation,
    pattern: grant.pattern,
    approver: grant.approver,
    uses: grant.uses,
    max_uses: grant.maxUses,
    created_at: new Date(grant.createdAt).toISOString(),
    expires_at: new Date(grant.expiresAt).toISOString(),
    policy_set: grant.policySet,
    ...(grant.reason === undefined ? {} : { reason: grant.reason }),
    ...(grant.revokedAt === undefined ? {} : { revoked_at: new Date(grant.revokedAt).toISOString() }),
  };
}
