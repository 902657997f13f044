import { nearest } from '../kernel/text.ts';
import { type ApprovalStrategy, strictestStrategy } from '../model/approval.ts';
import type { GovernanceConfig, RuleEntry } from '../model/configuration.ts';
import type { Reason } from '../model/decision.ts';
import {
  type Access,
  BUILTIN_OPERATIONS,
  type OperationClass,
  type OperationSpec,
  type TargetKind,
} from '../model/operation.ts';
import type { Reach } from './globs/glob-set.ts';
import { type Compilation, makeRule, placed, type Rule } from './rule-list.ts';

/** One operation with everything the lists and switches say of it. */
export interface OperationRules {
  readonly spec: OperationSpec;
  /** the auto-approval entry, or auto_approve_read_only: permits without a list of targets */
  readonly permits: Reason | undefined;
  /** entries and switches that turn a yes into a question */
  readonly asks: readonly Reason[];
  /** the first of `asks` that names the operation: being listed there permits it, but only with approval */
  readonly listed: Reason | undefined;
  /** what of a `can` list's subtrees the target must lie in */
  readonly reach: Reach;
  /** true where what lies below the target is touched too: a search, a deletion */
  readonly wholeTree: boolean;
}

/** Which kinds of target each kind of bounds can judge. */
const FITS: Readonly<Record<Access, readonly TargetKind[]>> = {
  read: ['path'],
  write: ['path'],
  execute: ['command'],
  connect: ['url'],
  call: ['name'],
};

export function compileOperations(compilation: Compilation, config: GovernanceConfig): Map<string, OperationRules> {
  const specs = new Map<string, OperationSpec>(BUILTIN_OPERATIONS.map((spec) => [spec.name, spec]));
  for (const [name, custom] of Object.entries(config.operations)) {
    if (BUILTIN_OPERATIONS.some((spec) => spec.name === name)) {
      compilation.problems.push(
        placed(compilation, `operations.${name}`, `${name} is built in and can not be declared again`),
      );
    } else if (!FITS[custom.access].includes(custom.target)) {
      const message = `access ${custom.access} needs a target of kind ${FITS[custom.access].join(' or ')}, not ${custom.target}`;
      compilation.problems.push(placed(compilation, `operations.${name}`, message));
    } else specs.set(name, { name, ...custom });
  }
  const { operational } = config.policies;
  const auto = named(
    compilation,
    specs,
    operational.autoApproval.operations,
    'policies.operational.auto_approval.operations',
    'is approved by itself',
  );
  const ask = named(
    compilation,
    specs,
    operational.requireApproval.operations,
    'policies.operational.require_approval.operations',
    'requires approval',
  );
  const on = operational.enabled;
  const base = 'policies.operational';
  const readOnly = placed(compilation, `${base}.auto_approve_read_only`, 'operations that only read are permitted');
  const destructive = placed(
    compilation,
    `${base}.require_approval_for_destructive`,
    'destructive operations require approval',
  );
  const external = placed(
    compilation,
    `${base}.require_approval_for_external_calls`,
    'calls to the outside require approval',
  );
  const compiled = new Map<string, OperationRules>();
  for (const spec of specs.values()) {
    const is = (name: string): boolean => spec.classes.some((one) => one === name);
    const listed = on ? ask.get(spec.name)?.reason : undefined;
    compiled.set(spec.name, {
      spec,
      permits: on
        ? (auto.get(spec.name)?.reason ?? (is('read_only') && operational.autoApproveReadOnly ? readOnly : undefined))
        : undefined,
      asks: [
        ...(listed ? [listed] : []),
        ...(on && is('destructive') && operational.requireApprovalForDestructive ? [destructive] : []),
        ...(on && is('external_call') && operational.requireApprovalForExternalCalls ? [external] : []),
      ],
      listed,
      reach: spec.recursive ? 'tree' : spec.access === 'read' || spec.name === 'create_directory' ? 'self' : 'inside',
      wholeTree: spec.recursive === true || is('destructive'),
    });
  }
  return compiled;
}

/** Operations by the first entry that names them; an entry that names none is dead. */
function named(
  compilation: Compilation,
  specs: ReadonlyMap<string, OperationSpec>,
  entries: readonly RuleEntry[],
  path: string,
  says: string,
): Map<string, Rule> {
  const found = new Map<string, Rule>();
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const rule = makeRule(compilation, id, entry.pattern, `${entry.pattern} ${says}`);
    const prefix = entry.pattern.endsWith('*') ? entry.pattern.slice(0, -1) : undefined;
    const names = (name: string): boolean => (prefix === undefined ? name === entry.pattern : name.startsWith(prefix));
    const wrong = [...entry.match.filter((one) => !names(one)), ...entry.noMatch.filter(names)];
    for (const example of wrong) {
      compilation.problems.push(placed(compilation, id, `the example ${JSON.stringify(example)} does not hold`));
    }
    const named = [...specs.keys()].filter(names);
    const fresh = named.filter((name) => !found.has(name));
    for (const name of fresh) found.set(name, rule);
    if (fresh.length) return;
    const near = named.length ? undefined : nearest(entry.pattern, specs.keys());
    const message = named.length
      ? `${entry.pattern} has no effect: earlier entries of this list name all that it names`
      : `${JSON.stringify(entry.pattern)} names no operation and has no effect${near ? `; did you mean ${near}?` : ''}`;
    compilation.warnings.push(placed(compilation, id, message));
  });
  return found;
}

/** What `[approvals.operations]` says; else the strictest strategy of the operation's classes, one person where none is named. */
export function strategyFor(
  spec: OperationSpec,
  { approvals: { strategies, operations } }: GovernanceConfig,
): ApprovalStrategy {
  const own = Object.hasOwn(operations, spec.name) ? operations[spec.name]!.strategy : undefined;
  if (own !== undefined) return own;
  // Asked for by name though it only reads: the list is explicit, so one person decides rather than nobody.
  const reading = strategies.readOnlyOperations === 'auto-approval' ? 'single-approval' : strategies.readOnlyOperations;
  const byClass: Record<OperationClass, ApprovalStrategy> = {
    destructive: strategies.destructiveOperations,
    high_risk: strategies.highRiskOperations,
    external_call: strategies.externalCalls,
    read_only: reading,
  };
  const asked = spec.classes.map((name) => byClass[name]);
  if (asked.length === 0) return 'single-approval';
  return strictestStrategy(asked);
}
