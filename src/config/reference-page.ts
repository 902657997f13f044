import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';

const HEAD = `# Configuration reference

Generated from the specification in \`src/config/keys/\`; a test keeps it true. Any root table may stand in any of
\`governance.toml\`, \`approvals.toml\` and \`audit.toml\`, each key in one file only. A rule is a text, or
\`{ pattern, match, no_match }\` with examples that are checked at load. "Not enforced yet" keys are accepted, and
\`ggen-mcp policy validate\` names them. \`\${NAME}\` stands for an environment variable only where the key says so.

\`[[approvers.user]]\` and \`[[approvals.approvers.user]]\` are the same, and so are \`action\` in \`[policies.security]\` and in
\`[policies.security.secret_patterns]\`. Limits: 8 MiB a file, 64 levels, 256 characters a key.
`;

/** docs/reference/configuration.md: every key, generated from the one specification. */
export function referencePage(): string {
  const sections: string[] = [HEAD];
  const walk = (spec: Spec<unknown>, path: string, isList: boolean): void => {
    const rows: string[] = [];
    const tables: [Spec<unknown>, string, boolean][] = [];
    for (const [key, member] of spec.members ?? []) {
      const here = path === '' ? key : `${path}.${key}`;
      if (member.members) tables.push([member, here, false]);
      else if (member.item?.members && member.kind === 'record') tables.push([member.item, `${here}.NAME`, false]);
      else if (member.item?.members) tables.push([member.item, here, true]);
      else rows.push(`| \`${key}\` | ${cell(member.accepts)} | ${defaultOf(member)} | ${cell(says(member))} |`);
    }
    if (rows.length > 0) {
      const name = isList ? `[[${path}]]` : `[${path}]`;
      sections.push(
        `## \`${name}\`\n\n${spec.doc}\n\n| key | accepts | default | what for |\n|---|---|---|---|\n${rows.join('\n')}\n`,
      );
    }
    for (const [member, here, list] of tables) walk(member, here, list);
  };
  walk(ROOT as Spec<unknown>, '', false);
  return sections.join('\n');
}

function says({ doc, later, item, takesVariables }: Spec<unknown>): string {
  const parts = [doc];
  if (takesVariables || item?.takesVariables) parts.push('Takes `${NAME}`.');
  const why = later ?? item?.later;
  if (why !== undefined) parts.push(`**Not enforced yet:** ${why}.`);
  return parts.join(' ');
}

function defaultOf(spec: Spec<unknown>): string {
  if (spec.required) return 'required';
  const value = spec.absent();
  if (value === undefined) return 'absent';
  if (Array.isArray(value) && value.length > 0) return 'the guide’s';
  return cell(`\`${JSON.stringify(value)}\``);
}

/** A `|` would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
