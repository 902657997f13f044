import { foldName, whyNoName } from '../kernel/same-name.ts';
import { nearest, printable } from '../kernel/text.ts';
import { strictestStrategy } from '../model/approval.ts';
import { isSecurityAgent, knownScopes, mayApprove } from '../model/approver-scope.ts';
import type { ApprovalsConfig, ApproverConfig, GovernanceConfig, OperationApproval } from '../model/configuration.ts';
import { graveClass, type OperationClass, type OperationSpec } from '../model/operation.ts';
import { tokenInClear } from './cross-check-receivers.ts';
import { isGrave, ruleOf, toleratedFaults, whyUnreachable } from './quorum.ts';
import type { Report } from './spec.ts';

const CLASSES: readonly { key: keyof ApprovalsConfig['strategies']; toml: string; class: OperationClass }[] = [
  { key: 'destructiveOperations', toml: 'destructive_operations', class: 'destructive' },
  { key: 'externalCalls', toml: 'external_calls', class: 'external_call' },
  { key: 'highRiskOperations', toml: 'high_risk_operations', class: 'high_risk' },
  { key: 'readOnlyOperations', toml: 'read_only_operations', class: 'read_only' },
];

/** Ids that stand twice, scopes that cover nothing, agents that nothing decides for. */
export function approvers({ approvers }: ApprovalsConfig, operations: readonly OperationSpec[], report: Report): void {
  const scopes = knownScopes(operations);
  const seen = new Map<string, string>();
  for (const kind of ['user', 'agent'] as const) {
    approvers[kind].forEach((one, index) => {
      const { id, canApprove } = one;
      const path = `approvals.approvers.${kind}[${index}]`;
      if (kind === 'agent') decider(one, path, report);
      // An id that is missing or empty is an error already.
      if (id !== '') nameOf(id, `${path}.id`, seen, report);
      canApprove.forEach((scope, at) => {
        if (scopes.has(scope)) return;
        const near = nearest(scope, scopes);
        report.warning(
          `${path}.can_approve[${at}]`,
          `${JSON.stringify(scope)} is no domain, class or operation and covers nothing`,
          near === undefined ? undefined : `did you mean ${near}?`,
        );
      });
    });
  }
}

/** THREAT: two spellings of one person would be two votes, and a person who is spelt like an agent would vote for it. */
function nameOf(id: string, path: string, seen: Map<string, string>, report: Report): void {
  const why = whyNoName(id);
  if (why !== undefined) report.error(path, `${printable(JSON.stringify(id))} ${why}`);
  const folded = foldName(id);
  const other = seen.get(folded);
  seen.set(folded, other ?? id);
  if (other === id) report.error(path, `${JSON.stringify(id)} is the id of another approver`);
  else if (other !== undefined) {
    const both = `${printable(JSON.stringify(id))} reads like ${printable(JSON.stringify(other))}`;
    report.error(
      path,
      `${both}, which is the id of another approver`,
      'case, blanks, signs and look-alikes make no other name',
    );
  }
}

/** An agent that decides by itself needs one thing that decides. */
function decider(agent: ApproverConfig, path: string, report: Report): void {
  const { id, role, autoApprove, command = [], url, authToken } = agent;
  if (authToken !== undefined) tokenInClear(url, path, report);
  if (command.length > 0 && url !== undefined) report.error(path, 'has both command and url', 'one of them decides');
  if (!autoApprove || command.length > 0 || url !== undefined || isSecurityAgent({ id, role })) return;
  report.warning(
    path,
    `nothing decides for ${JSON.stringify(id)}: it votes only where a program that uses the library does it`,
    'set command or url; an agent with the role "security_validator" runs the inspectors',
  );
}

/** Those who are asked later: who they are, and when. */
export function escalation({ escalation, approvers, defaultTimeoutSeconds }: ApprovalsConfig, report: Report): void {
  const path = 'approvals.escalation';
  const { afterSeconds, approvers: ids } = escalation;
  ids.forEach((id, index) => {
    if (approvers.user.some((user) => user.id === id)) return;
    const near = nearest(
      id,
      approvers.user.map((user) => user.id),
    );
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    report.warning(
      `${path}.approvers[${index}]`,
      `${JSON.stringify(id)} is no [[approvers.user]]: nobody is asked`,
      hint,
    );
  });
  if (ids.length > 0 && afterSeconds === 0) {
    report.warning(`${path}.approvers`, 'has no effect while after_seconds is 0: they are asked like everybody else');
  } else if (afterSeconds > 0 && ids.length === 0) {
    report.warning(`${path}.after_seconds`, 'has no effect: approvers names nobody');
  } else if (afterSeconds >= defaultTimeoutSeconds) {
    const late = `a request is over after ${defaultTimeoutSeconds} s (default_timeout_seconds)`;
    report.warning(`${path}.after_seconds`, `has no effect: ${late}`);
  }
}

/** `[approvals.operations]`: names of operations, and what may not be said of grave ones. */
export function approvalOperations(config: GovernanceConfig, all: readonly OperationSpec[], report: Report): void {
  const { approvals } = config;
  for (const [name, own] of Object.entries(approvals.operations)) {
    const { strategy } = own;
    const path = `approvals.operations.${name}`;
    const operation = all.find((one) => one.name === name);
    if (operation === undefined) {
      const near = nearest(
        name,
        all.map((one) => one.name),
      );
      report.warning(
        path,
        `there is no operation ${JSON.stringify(name)}: this has no effect`,
        near === undefined ? undefined : `did you mean ${near}?`,
      );
      continue;
    }
    const grave = graveClass(operation);
    counts(approvals, path, own, operation, report);
    if (strategy === 'single-approval') nobody(config, `${path}.strategy`, [operation], report);
    if (strategy === 'auto-approval' && grave) {
      report.error(`${path}.strategy`, `operations of class ${grave} can not approve themselves`, HINT);
    }
    if (strategy === 'time-based-approval') timer(approvals, `${path}.strategy`, grave, report);
    if (strategy === 'multi-approval') quorum(approvals, `${path}.strategy`, [operation], report);
  }
}

/** What says how many must approve says nothing where one does. */
function counts(
  approvals: ApprovalsConfig,
  path: string,
  own: OperationApproval,
  { classes }: OperationSpec,
  report: Report,
): void {
  const ofClasses = CLASSES.filter((one) => classes.includes(one.class)).map(({ key }) => approvals.strategies[key]);
  const strategy = own.strategy ?? strictestStrategy(ofClasses.length > 0 ? ofClasses : ['single-approval']);
  const [key] = Object.keys(COUNTS).filter((one) => own[one as keyof typeof COUNTS] !== undefined);
  if (key === undefined || strategy === 'multi-approval') return;
  const toml = COUNTS[key as keyof typeof COUNTS];
  report.warning(`${path}.${toml}`, `has no effect: the operation is under ${strategy}`, 'strategy = "multi-approval"');
}

const COUNTS = {
  minApprovers: 'min_approvers',
  quorumPercentage: 'quorum_percentage',
  byzantineTolerance: 'byzantine_tolerance',
  minPeople: 'min_people',
  roles: 'roles',
} as const;

const HINT = 'use single-approval or multi-approval';

function timer(approvals: ApprovalsConfig, path: string, grave: OperationClass | undefined, report: Report): void {
  if (grave && !approvals.acceptTimerForDestructive)
    report.error(path, `a timer may not approve operations of class ${grave}`, HINT);
  else report.warning(path, 'a timer that nobody stops approves by itself; it is recorded as decided by the timer');
}

/** The class's kind of approval, and whether those who are there can give it. */
export function strategies(config: GovernanceConfig, operations: readonly OperationSpec[], report: Report): void {
  const { approvals } = config;
  for (const { key, toml, class: name } of CLASSES) {
    const path = `approvals.strategies.${toml}`;
    const grave = graveClass({ classes: [name] });
    const inClass = operations.filter((operation) => operation.classes.includes(name));
    switch (approvals.strategies[key]) {
      case 'time-based-approval':
        timer(approvals, path, grave, report);
        break;
      case 'auto-approval':
        if (grave) report.error(path, `operations of class ${name} can not approve themselves`, HINT);
        break;
      case 'multi-approval':
        quorum(approvals, path, inClass, report);
        break;
      case 'single-approval':
        nobody(config, path, inClass, report);
    }
  }
}

/** Quorums that the eligible approvers can't reach, said once for operations that the same people may decide on. */
function quorum(approvals: ApprovalsConfig, path: string, operations: readonly OperationSpec[], report: Report): void {
  const { user, agent } = approvals.approvers;
  let fewest = Number.POSITIVE_INFINITY;
  let tolerant = false;
  const unreachable = new Map<string, string[]>();
  for (const operation of operations) {
    const may = (approver: ApproverConfig): boolean => mayApprove(approver, operation);
    const electorate = { people: user.filter(may), agents: agent.filter(may), isGrave: isGrave(operation) };
    fewest = Math.min(fewest, electorate.people.length + electorate.agents.length);
    const rule = ruleOf(approvals, operation.name);
    tolerant ||= rule.byzantineTolerance;
    const why = whyUnreachable(rule, electorate);
    if (why !== undefined) unreachable.set(why, [...(unreachable.get(why) ?? []), operation.name]);
  }
  for (const [why, names] of unreachable) {
    report.warning(path, `can't be reached for ${some(names)}: ${why}; requests are refused at once`);
  }
  if (tolerant && Number.isFinite(fewest) && toleratedFaults(fewest) === 0) {
    const counted = `${fewest} eligible approvers`;
    report.warning(path, `byzantine_tolerance tolerates no fault with ${counted}; it takes four or more`);
  }
}

/** Operations that people are asked about though none of the named approvers may decide on them. */
function nobody(config: GovernanceConfig, path: string, operations: readonly OperationSpec[], report: Report): void {
  const { user, agent } = config.approvals.approvers;
  if (user.length === 0) return; // whoever has a key decides
  const may = (operation: OperationSpec): boolean =>
    user.some((one) => mayApprove(one, operation)) ||
    (!isGrave(operation) && agent.some((one) => mayApprove(one, operation)));
  const names = operations
    .filter((operation) => isAskedAbout(config, operation) && !may(operation))
    .map((operation) => operation.name);
  if (names.length > 0) {
    report.warning(path, `no configured approver may decide on ${some(names)}: requests are refused at once`);
  }
}

function isAskedAbout({ policies }: GovernanceConfig, operation: OperationSpec): boolean {
  const { operational, security } = policies;
  if (operation.access === 'execute' && security.allowedCommands.requireApproval.length > 0) return true;
  return (
    operational.enabled &&
    ((operational.requireApprovalForDestructive && operation.classes.includes('destructive')) ||
      (operational.requireApprovalForExternalCalls && operation.classes.includes('external_call')) ||
      operational.requireApproval.operations.some((rule) => rule.pattern === operation.name))
  );
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
