import { userInfo } from 'node:os';
import { parseDuration } from '../../audit/index.ts';
import { openSystem } from '../../compose/index.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import type { Delegation, DelegationTerms } from '../../model/delegation.ts';
import { signerOf } from '../approver-signer.ts';
import { type Command, EXIT } from '../command.ts';
import { SIGNER_OPTIONS } from './approvals-decide.ts';
import { needed } from './roster-change.ts';

/** `ggen-mcp approvals delegate`: lends another approver one's vote for a time. */
export const approvalsDelegate: Command = {
  name: 'approvals delegate',
  usage:
    'approvals delegate --to NAME --for DURATION [--scope LIST] [--reason TEXT] [--as NAME] [--ssh-key FILE] [--json]',
  summary: 'lend another approver your vote for a time; asks at the terminal, and signs',
  details:
    'NAME then decides in your place with `approvals approve ID --on-behalf-of YOU`, signed with a key of their own; both\n' +
    'names are recorded. Nobody votes twice on one request, and a lent vote is not lent on.',
  options: {
    to: { type: 'string', value: 'NAME', about: 'who may vote in your place; they need a key' },
    for: { type: 'string', value: 'DURATION', about: 'how long, as in 8h, 3d' },
    scope: {
      type: 'string',
      value: 'LIST',
      about: 'domains, classes, operations, between commas (default all of yours)',
    },
    reason: { type: 'string', value: 'TEXT', about: 'recorded with it' },
    ...SIGNER_OPTIONS,
    json: { type: 'boolean', about: 'the delegation as JSON' },
  },
  exits: '0 lent, 1 nothing lent, 2 it can not be lent',
  positionals: [],
  async run(context) {
    const { values } = context;
    const wish = {
      delegate: needed(values, 'to'),
      seconds: Math.round(parseDuration(needed(values, 'for')) / 1000),
      ...(typeof values.scope === 'string' ? { scopes: values.scope.split(',').map((one) => one.trim()) } : {}),
      ...(typeof values.reason === 'string' ? { reason: values.reason } : {}),
    };
    const system = await openSystem(context);
    try {
      // Each approver's terms are made once: what is shown is what is signed.
      const made = new Map<string, DelegationTerms>();
      const termsFor = (approver: string): DelegationTerms => {
        const terms = made.get(approver) ?? system.delegations.terms(wish, approver);
        made.set(approver, terms);
        return terms;
      };
      const users = system.loaded().config.approvals.approvers.user;
      const signer = await signerOf(context, system, {
        verb: 'delegate',
        question: (approver) => `${renderTerms(termsFor(approver))}\n\nlend this as ${printable(approver)}? `,
        assertMay: (approver) => void termsFor(approver),
        eligible: users.length === 0 ? undefined : users.map(({ id }) => id),
      });
      if (signer === undefined) {
        context.print('nothing lent');
        return EXIT.no;
      }
      const delegation = await system.delegations.make(termsFor(signer.approver), signer, userInfo().username);
      const until = new Date(delegation.expiresAt).toISOString();
      context.print(values.json ? JSON.stringify(toJson(delegation)) : `lent ${delegation.id} until ${until}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals delegations`. */
export const approvalsDelegations: Command = {
  name: 'approvals delegations',
  usage: 'approvals delegations [--all] [--json]',
  summary: 'list the votes that approvers lent each other, newest first',
  details: 'Those that count now; with --all also those that are over or were taken back.',
  options: {
    all: { type: 'boolean', about: 'also those that count no more' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 listed, 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const found = await system.delegations.list({ standing: context.values.all !== true });
      for (const one of found) context.print(context.values.json ? JSON.stringify(toJson(one)) : render(one));
      if (found.length === 0 && !context.values.json) context.print('no vote is lent');
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals undelegate ID`. */
export const approvalsUndelegate: Command = {
  name: 'approvals undelegate',
  usage: 'approvals undelegate ID [--json]',
  summary: 'take back a vote that was lent',
  details: 'What was approved with it and nobody used yet must be approved again.',
  options: { json: { type: 'boolean', about: 'what was taken back, as JSON' } },
  exits: '0 taken back, 2 no such delegation, or it is taken back already',
  positionals: ['ID'],
  async run(context) {
    const system = await openSystem(context);
    try {
      const id = context.positionals[0]!;
      const { username } = userInfo();
      await system.delegations.revoke(id, { actorType: 'user', id: username, name: username });
      context.print(context.values.json ? JSON.stringify({ id, state: 'revoked' }) : `taken back ${id}`);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

function renderTerms({ delegate, scopes, expiresAt, reason }: DelegationTerms): string {
  const what = scopes.includes('*')
    ? 'all that you may decide on'
    : scopes.map((one) => printable(one, 200)).join(', ');
  const lines = [
    `${printable(delegate, 200)} may cast your vote on ${what}, until ${new Date(expiresAt).toISOString()}`,
  ];
  if (reason !== undefined) lines.push(`  reason     ${printable(reason, 2000)}`);
  return lines.join('\n');
}

function render({ id, delegator, delegate, scopes, expiresAt, reason }: Delegation): string {
  const why = reason === undefined ? '' : `: ${printable(reason, 300)}`;
  const what = scopes.map((one) => printable(one, 100)).join(', ');
  return `${id}  ${printable(delegator)} to ${printable(delegate)} on ${what}, until ${new Date(expiresAt).toISOString()}${why}`;
}

function toJson({ id, delegator, delegate, scopes, createdAt, expiresAt, reason }: Delegation): JsonObject {
  return {
    id,
    delegator,
    delegate,
    scopes: [...scopes],
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    ...(reason === undefined ? {} : { reason }),
  };
}
