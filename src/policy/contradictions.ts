import type { PartRules } from './judge-part.ts';
import { type Compilation, placed } from './rule-list.ts';

/** Rules that are legal but contradict each other: one of the two can't do what its author hopes. */
export function warnContradictions(compilation: Compilation, rules: PartRules): void {
  const { security, network, agents, operational } = rules.config.policies;
  const asked = new Set(security.allowedCommands.requireApproval.map((entry) => entry.pattern));
  security.allowedCommands.commands.forEach((entry, index) => {
    if (!asked.has(entry.pattern)) return;
    const id = `policies.security.allowed_commands.commands[${index}]`;
    compilation.warnings.push(
      placed(compilation, id, `${JSON.stringify(entry.pattern)} stands in require_approval too, which wins`),
    );
  });
  network.allowedDomains.forEach((entry, index) => {
    if (entry.pattern.includes('*') || rules.blockedDomains.set.match(entry.pattern.toLowerCase()) < 0) return;
    const id = `policies.network.allowed_domains[${index}]`;
    compilation.warnings.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} is blocked too, which wins`));
  });
  if (!operational.enabled) {
    const message = 'is false: no operation list applies, so nothing permits reading';
    compilation.warnings.push(placed(compilation, 'policies.operational.enabled', message));
  }
  for (const [name, agent] of Object.entries(agents)) {
    const nothing =
      !agent.canRead?.length && !agent.canWrite?.length && agent.canExecute?.length === 0 && !agent.canCall?.length;
    if (nothing)
      compilation.warnings.push(
        placed(compilation, `policies.agents.${name}`, `agent ${name} may do nothing with files, commands or tools`),
      );
  }
}
