import type { ApprovalsConfig, ApproverConfig } from '../../model/configuration.ts';
import { boolean, integer, optionalText, type Spec, text, withVariables } from '../spec.ts';
import { list, table } from '../spec-tables.ts';
import { isWebAddress, texts } from './texts.ts';

const common = {
  id: text('Name, as given to --as.', { default: '', nonEmpty: true, required: true }),
  role: text('Role, for quorums by role.', { default: '' }),
  canApprove: texts('Domains, classes, operations, or "*"; empty: nothing.'),
};

const anyAgent = table<Required<ApproverConfig>>('One agent that approves; its word never counts as a person’s.', {
  ...common,
  autoApprove: boolean('Whether this agent decides by itself.', { default: false }),
  command: texts('Program and arguments that decide: the request as JSON comes in, {"approved": true|false} goes out.'),
  url: withVariables(optionalText('Where the request is sent as JSON, to be decided.'), isWebAddress),
  authToken: withVariables(optionalText('Bearer token for url.')),
  allowPrivate: boolean('Whether url may be private or loopback.', { default: false }),
  timeoutSeconds: integer('How long a decision may take; without one in time the agent has no vote.', {
    default: 30,
    min: 1,
    max: 3600,
  }),
});

/** One whose address or token names a variable that is not set decides nothing: nothing else decides in its place. */
const agent: Spec<Required<ApproverConfig>> = {
  ...anyAgent,
  read(value, path, report) {
    let off = false;
    const unset = (at: string, name: string): void => {
      off = true;
      report.unset(at, name);
    };
    const read = anyAgent.read(value, path, { ...report, unset });
    return off ? { ...read, autoApprove: false } : read;
  },
};

/** A person always decides in person. */
const person = table<Pick<ApproverConfig, 'id' | 'role' | 'canApprove'>>('One person who approves.', common);
const user: Spec<ApproverConfig> = {
  ...person,
  absent: () => ({ ...person.absent(), autoApprove: false }),
  read: (value, path, report) => ({ ...person.read(value, path, report), autoApprove: false }),
};

/** `[approvers]`, which may also stand as `[approvals.approvers]`. */
export const approvers = table<ApprovalsConfig['approvers']>('Who may decide.', {
  user: list('People; none: whoever has a key decides.', user, {
    absent: (): readonly ApproverConfig[] => [],
  }),
  agent: list('Agents that decide.', agent, { absent: (): readonly ApproverConfig[] => [] }),
});
