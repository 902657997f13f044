import type { Position } from '../kernel/errors.ts';
import type { Reason } from '../model/decision.ts';
import { compileBounds } from './bounds.ts';
import { warnDeadRules } from './dead-rules.ts';
import { createPolicySet } from './decide.ts';
import type { PartRules } from './judge-part.ts';
import { compileOperations } from './operation-rules.ts';
import type { PolicyInput, PolicySet } from './policy-set.ts';
import { type Compilation, compileDomainList, compileWordList } from './rule-list.ts';
import { compileWords } from './word-patterns.ts';

export type CompileResult =
  | { readonly ok: true; readonly set: PolicySet }
  /** patterns that can't be used and examples that don't hold: all of them, each with its place */
  | { readonly ok: false; readonly problems: readonly Reason[] };

/** Compiles a configuration into a set that decides in about a microsecond. */
export function compilePolicies(input: PolicyInput): CompileResult {
  const { config } = input;
  const compilation: Compilation = { ...input, rules: [], problems: [], warnings: [] };
  const { allowedCommands } = config.policies.security;
  const { network } = config.policies;
  const says = (what: string) => (pattern: string) => `${JSON.stringify(pattern)} ${what}`;
  const commands = (key: string, entries: typeof allowedCommands.commands, what: string, deny: boolean) =>
    compileWordList(compilation, entries, `policies.security.allowed_commands.${key}`, says(what), { deny });
  const domains = (key: string, entries: typeof network.allowedDomains, what: string) =>
    compileDomainList(compilation, entries, `policies.network.${key}`, says(what));

  const bounds = compileBounds(compilation, config);
  const asked = commands(
    'require_approval',
    allowedCommands.requireApproval,
    'is a command that requires approval',
    true,
  );
  const listed = commands('commands', allowedCommands.commands, 'is an allowed command', false);
  const rules: PartRules = {
    config,
    operations: compileOperations(compilation, config),
    bounds,
    defaultBounds: bounds.get('default'),
    commands: listed,
    namedUses: compileWords(
      listed.patterns.filter((words) => words.length > 1),
      { deny: false },
    ),
    askedCommands: asked,
    namedCommands: compileWords(asked.patterns, { deny: false }),
    allowedDomains: domains('allowed_domains', network.allowedDomains, 'is an allowed domain'),
    blockedDomains: domains('blocked_domains', network.blockedDomains, 'is a blocked domain'),
    place: createPlacer(input),
  };
  if (compilation.problems.length) return { ok: false, problems: compilation.problems };
  warnDeadRules(compilation, rules);
  return { ok: true, set: createPolicySet(input, compilation, rules) };
}

/** Reasons with their places; a place is looked up once for each rule, of which there are finitely many. */
function createPlacer({ locate }: PolicyInput): PartRules['place'] {
  const places = new Map<string, Position>();
  return (rule, message) => {
    let place = places.get(rule);
    if (!place) {
      place = locate(rule);
      places.set(rule, place);
    }
    return { rule, message, file: place.file, line: place.line };
  };
}
