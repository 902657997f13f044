import { foldPath } from '../kernel/fold-path.ts';
import { nearest } from '../kernel/text.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import type { Reason } from '../model/decision.ts';
import type { PartEvidence } from '../model/evidence.ts';
import type { Bounds } from './bounds.ts';
import { splitPath } from './globs/glob-set.ts';
import type { OperationRules } from './operation-rules.ts';
import type { DomainList, Rule, WordList } from './rule-list.ts';
import type { WordSet } from './word-patterns.ts';

/** Everything of a compiled set that judging one part needs. */
export interface PartRules {
  readonly config: GovernanceConfig;
  readonly operations: ReadonlyMap<string, OperationRules>;
  readonly bounds: ReadonlyMap<string, Bounds>;
  readonly defaultBounds: Bounds | undefined;
  readonly commands: WordList;
  readonly askedCommands: WordList;
  /** the same list, by the program exactly as written */
  readonly namedCommands: WordSet;
  /** entries of `commands` that name more than a program, wherever they stand in the list */
  readonly namedUses: WordSet;
  readonly allowedDomains: DomainList;
  readonly blockedDomains: DomainList;
  place(rule: string, message: string): Reason;
}

/** `bound` is the rule whose bounds the target is in; `permit` what permits the operation; both made at load. */
export type PartVerdict =
  | { readonly kind: 'allow'; readonly bound: Rule | undefined; readonly permit: Reason }
  | {
      readonly kind: 'ask';
      readonly bound: Rule | undefined;
      readonly permit: Reason | undefined;
      readonly reasons: readonly Reason[];
    }
  | {
      readonly kind: 'deny';
      /** which of the two questions was answered no */
      readonly at: 'bounds' | 'permit';
      readonly bound?: Rule | undefined;
      readonly reasons: readonly Reason[];
      /** where the denial is lifted, people must be asked all the same */
      readonly asks?: readonly Reason[] | undefined;
    };

/** Is the target inside the agent’s bounds? Does something permit the operation? Must people be asked? */
export function judgePart(rules: PartRules, requester: string, part: PartEvidence): PartVerdict {
  const operation = rules.operations.get(part.actionType);
  if (!operation) return deny(unknownOperation(rules, part.actionType));
  const verdict = judgeOperation(rules, requester, operation, part);
  if (verdict.kind !== 'deny' || verdict.asks || operation.asks.length === 0) return verdict;
  return { ...verdict, asks: operation.asks };
}

function judgeOperation(
  rules: PartRules,
  requester: string,
  operation: OperationRules,
  part: PartEvidence,
): PartVerdict {
  const bounds = rules.bounds.get(requester) ?? rules.defaultBounds;
  if (!bounds) {
    const message = `agent ${shown(requester)} has no [policies.agents] table and there is no default`;
    return deny(rules.place('policies.agents', message));
  }
  switch (operation.spec.access) {
    case 'read':
    case 'write':
      return judgePath(rules, operation, bounds, part);
    case 'execute':
      return judgeCommand(rules, operation, bounds, part);
    case 'connect':
      return judgeUrl(rules, operation, part);
    case 'call':
      return judgeName(rules, operation, bounds, part);
  }
}

function judgePath(rules: PartRules, operation: OperationRules, bounds: Bounds, part: PartEvidence): PartVerdict {
  const writes = operation.spec.access === 'write';
  const { can, cannot, outside } = writes ? bounds.write : bounds.read;
  const { path } = part;
  if (path === undefined)
    return deny(rules.place('builtin.unresolved-target', `the target of ${part.actionType} could not be resolved`));
  const split = splitPath(path);
  const folded = foldPath(path);
  const denied = cannot.set.matchSplit(folded === path ? split : splitPath(folded), 'self');
  if (denied >= 0) return deny(about(path, cannot.rules[denied]!.reason));
  const within = operation.wholeTree ? touched(operation, cannot, path) : undefined;
  if (within !== undefined) return deny(within);
  const index = can ? can.set.matchSplit(split, operation.reach) : -1;
  if (!can || index < 0) {
    const message = `searching ${shown(path)} looks into all below it, which no can_read covers; narrow the path`;
    const partly = operation.reach === 'tree' && can && can.set.match(path, 'self') >= 0;
    return deny(partly ? { ...outside, message } : about(path, outside));
  }
  const bound = can.rules[index]!;
  return permitted(rules, operation, bound, operation.permits ?? (writes ? bound.reason : undefined), path);
}

/** What a search would look into, or a deletion take along, though a `cannot` list names it. */
function touched(operation: OperationRules, cannot: Bounds['read']['cannot'], path: string): Reason | undefined {
  const searches = operation.spec.recursive === true;
  const index = searches ? cannot.set.overlaps(path) : cannot.set.holds(path);
  if (index < 0) return undefined;
  const { reason, pattern } = cannot.rules[index]!;
  const what = searches ? `searching ${shown(path)} would look into` : `${operation.spec.name} of ${shown(path)} takes`;
  return { ...reason, message: `${what} ${JSON.stringify(pattern)}${searches ? ' too' : ' along'}; narrow the path` };
}

function judgeCommand(rules: PartRules, operation: OperationRules, bounds: Bounds, part: PartEvidence): PartVerdict {
  const { argv } = part;
  if (argv === undefined) return deny(rules.place('builtin.unresolved-target', 'the command could not be known'));
  const asked = rules.askedCommands.set.match(argv);
  const allowed = rules.commands.set.match(argv);
  const reasons: Reason[] = asked >= 0 ? [rules.askedCommands.rules[asked]!.reason] : [];
  // An entry of more words than the program's name says that its author knows what this use of it does.
  const named = rules.namedUses.match(argv) >= 0;
  if (!named) for (const use of part.asks ?? []) reasons.push(rules.place('builtin.command', use));
  const asks =
    reasons.length > 0 && rules.config.policies.security.enabled ? [...reasons, ...operation.asks] : undefined;
  const denied = bounds.execute.cannot.set.match(argv);
  if (denied >= 0) return deny(about(argv.join(' '), bounds.execute.cannot.rules[denied]!.reason), asks);
  // A program under another path (`/tmp/x/cargo`) is asked about like `cargo`, but not permitted by its entry.
  const namedAsked = asked < 0 ? -1 : rules.namedCommands.match(argv);
  const listed =
    namedAsked >= 0
      ? rules.askedCommands.rules[namedAsked]!
      : allowed >= 0
        ? rules.commands.rules[allowed]!
        : undefined;
  let bound: Rule | undefined = listed;
  if (part.builtin && !listed && !asks && (!bounds.execute.can || bounds.execute.can.rules.length > 0)) {
    return permitted(
      rules,
      operation,
      undefined,
      rules.place('builtin.shell', `${shown(argv[0] ?? '')} stays in the shell`),
      argv[0] ?? '',
    );
  }
  if (bounds.execute.can) {
    const index = bounds.execute.can.set.match(argv);
    if (index < 0) return deny(about(argv.join(' '), bounds.execute.outside), asks);
    bound = bounds.execute.can.rules[index]!;
  } else if (!listed) {
    const place = 'policies.security.allowed_commands.commands';
    return deny(rules.place(place, `${shown(argv.join(' '))} is in neither list of allowed_commands`), asks);
  }
  const permit = operation.permits ?? listed?.reason;
  if (permit && asks) return { kind: 'ask', bound, permit, reasons: asks };
  const verdict = permitted(rules, operation, bound, permit, argv[0] ?? '');
  return verdict.kind === 'deny' && asks ? { ...verdict, asks } : verdict;
}

function judgeUrl(rules: PartRules, operation: OperationRules, part: PartEvidence): PartVerdict {
  const { network } = rules.config.policies;
  const { url } = part;
  if (url === undefined) return deny(rules.place('builtin.unresolved-target', 'the URL is not usable'));
  if (!network.allowOutbound)
    return deny(rules.place('policies.network.allow_outbound', 'outbound connections are off'));
  const blocked = rules.blockedDomains.set.match(url.host);
  if (blocked >= 0) return deny(about(url.host, rules.blockedDomains.rules[blocked]!.reason));
  const index = rules.allowedDomains.set.match(url.host);
  if (index < 0)
    return deny(rules.place('policies.network.allowed_domains', `${shown(url.host)} is in no allowed_domains`));
  if (network.requireTls && (url.scheme === 'http' || url.scheme === 'ws') && !isLoopback(url.host)) {
    return deny(
      rules.place(
        'policies.network.require_tls',
        `${url.scheme}://${shown(url.host)} is not encrypted, and require_tls is on`,
      ),
    );
  }
  const bound = rules.allowedDomains.rules[index]!;
  return permitted(rules, operation, bound, operation.permits ?? bound.reason, url.host);
}

function judgeName(rules: PartRules, operation: OperationRules, bounds: Bounds, part: PartEvidence): PartVerdict {
  const target = part.target.normalize('NFC');
  const denied = bounds.call.cannot.set.match(target, 'self');
  if (denied >= 0) return deny(about(target, bounds.call.cannot.rules[denied]!.reason));
  if (!bounds.call.can) return permitted(rules, operation, undefined, operation.permits, target);
  const index = bounds.call.can.set.match(target, 'self');
  if (index >= 0) {
    const bound = bounds.call.can.rules[index]!;
    return permitted(rules, operation, bound, operation.permits ?? bound.reason, target);
  }
  // can_call bounds tools; an operation of its own (publish_template) is named by the operation lists.
  if (operation.spec.name === 'call_tool') return deny(about(target, bounds.call.outside));
  return permitted(rules, operation, undefined, operation.permits, target);
}

function permitted(
  rules: PartRules,
  operation: OperationRules,
  bound: Rule | undefined,
  permit: Reason | undefined,
  subject: string,
): PartVerdict {
  if (operation.asks.length && (permit ?? operation.listed)) {
    return { kind: 'ask', bound, permit, reasons: operation.asks };
  }
  if (permit) return { kind: 'allow', bound, permit };
  const reason = rules.place('builtin.nothing-permits', `nothing permits ${operation.spec.name} of ${shown(subject)}`);
  return { kind: 'deny', at: 'permit', bound, reasons: [reason] };
}

function unknownOperation(rules: PartRules, name: string): Reason {
  const near = nearest(name, rules.operations.keys());
  return rules.place(
    'builtin.unknown-operation',
    `${shown(name)} is no operation${near ? `; did you mean ${near}?` : ''}`,
  );
}

function deny(reason: Reason, asks?: readonly Reason[]): PartVerdict {
  return { kind: 'deny', at: 'bounds', reasons: [reason], asks };
}

function about(subject: string, { rule, message, file, line }: Reason): Reason {
  return { rule, message: `${shown(subject)} ${message}`, file, line };
}

function shown(text: string): string {
  return text === '' ? 'the workspace' : text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Loopback needs no TLS: nothing leaves the machine. It is exempt only where allowed_domains lists it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
