import { type AccessBounds, agentPath, type Bounds } from './bounds.ts';
import { coversDomain } from './domains.ts';
import type { PartRules } from './judge-part.ts';
import { type Compilation, type PathList, placed, type Rule, type WordList } from './rule-list.ts';
import { coversWords, meetsWords } from './word-patterns.ts';

/**
 * Warns of rules that are legal but can't do what their author hopes: another rule decides all that they could.
 * INVARIANT: what is called dead is dead; a rule that only several others cover together goes unnoticed.
 */
export function warnDeadRules(compilation: Compilation, rules: PartRules): void {
  const dead = (rule: Rule, why: string): void => {
    compilation.warnings.push(placed(compilation, rule.id, `${JSON.stringify(rule.pattern)} has no effect: ${why}`));
  };
  for (const bounds of rules.bounds.values()) {
    deadPaths(bounds.read, 'self', dead);
    deadPaths(bounds.write, 'inside', dead);
    deadPaths(bounds.call, 'self', dead);
    deadWords(bounds.execute.can, bounds.execute.cannot, 'denies', dead);
    uselessCommands(bounds, rules, dead);
  }
  deadWords(rules.commands, rules.askedCommands, 'asks about', dead, true);
  deadDomains(rules, dead);
  emptySwitches(compilation, rules);
}

type Dead = (rule: Rule, why: string) => void;

function deadPaths({ can, cannot }: AccessBounds<PathList>, reach: 'inside' | 'self', dead: Dead): void {
  deadWithin(cannot, 'self', dead, () => undefined);
  if (!can) return;
  deadWithin(can, reach, dead, (index) => {
    const denier = cannot.set.coveredBy(can.patterns[index]!, -1, 'self');
    return denier < 0 ? undefined : `${cannot.rules[denier]!.id} denies all of it`;
  });
}

function deadWithin(
  list: PathList,
  reach: 'inside' | 'self',
  dead: Dead,
  other: (index: number) => string | undefined,
): void {
  list.patterns.forEach((pattern, index) => {
    const rule = list.rules[index]!;
    const elsewhere = other(index);
    if (elsewhere !== undefined) {
      dead(rule, elsewhere);
      return;
    }
    const by = list.set.coveredBy(pattern, index, reach);
    // Of two that mean the same, the later one is dead.
    if (by < 0 || (by > index && list.set.coveredBy(list.patterns[by]!, by, reach) === index)) return;
    dead(rule, `${list.rules[by]!.id} covers all of it`);
  });
}

function deadWords(list: WordList | undefined, stronger: WordList, verb: string, dead: Dead, settles = false): void {
  list?.patterns.forEach((words, index) => {
    const rule = list.rules[index]!;
    const other = stronger.patterns.findIndex((one) => coversWords(one, words));
    if (other >= 0) {
      dead(rule, `${stronger.rules[other]!.id} ${verb} all of it`);
      return;
    }
    const same = list.patterns.findIndex(
      (one, at) =>
        at !== index &&
        coversWords(one, words) &&
        (at < index || !coversWords(words, one)) &&
        // Beside its program alone, an entry of more words settles what would be asked about.
        (one.length > 1 || words.length === 1 || !settles),
    );
    if (same >= 0) dead(rule, `${list.rules[same]!.id} covers all of it`);
  });
}

/** An agent's can_execute only narrows the lists of commands: what is in neither of them is never permitted. */
function uselessCommands({ execute }: Bounds, rules: PartRules, dead: Dead): void {
  const shell = rules.operations.get('execute_shell');
  if (shell?.permits !== undefined) return;
  execute.can?.patterns.forEach((words, index) => {
    const listed = (list: WordList): boolean => list.patterns.some((one) => meetsWords(one, words));
    if (listed(rules.commands) || listed(rules.askedCommands)) return;
    dead(execute.can!.rules[index]!, 'neither list of policies.security.allowed_commands permits such a command');
  });
}

function deadDomains({ allowedDomains: allowed, blockedDomains: blocked }: PartRules, dead: Dead): void {
  allowed.patterns.forEach((domain, index) => {
    const rule = allowed.rules[index]!;
    const blocker = blocked.patterns.findIndex((one) => coversDomain(one, domain));
    if (blocker >= 0) {
      dead(rule, `${blocked.rules[blocker]!.id} blocks all of it`);
      return;
    }
    const same = allowed.patterns.findIndex(
      (one, at) => at !== index && coversDomain(one, domain) && (at < index || !coversDomain(domain, one)),
    );
    if (same >= 0) dead(rule, `${allowed.rules[same]!.id} covers all of it`);
  });
}

function emptySwitches(compilation: Compilation, { config }: PartRules): void {
  const { operational, agents } = config.policies;
  const warn = (path: string, message: string): void => {
    compilation.warnings.push(placed(compilation, path, message));
  };
  if (!operational.enabled) {
    warn('policies.operational.enabled', 'is false: no operation list applies, so nothing permits reading');
  }
  for (const [name, agent] of Object.entries(agents)) {
    const nothing =
      !agent.canRead?.length && !agent.canWrite?.length && agent.canExecute?.length === 0 && !agent.canCall?.length;
    if (nothing) warn(agentPath(name), `agent ${name} may do nothing with files, commands or tools`);
  }
}
