import { approvers } from './keys/approvals.ts';
import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';

/** docs/reference/configuration.md: every key, generated from the one specification. */
export function referencePage(): string {
  const lines = [
    '# Configuration reference',
    '',
    'Generated from the specification in `src/config/keys/`; a test keeps it true. Any table may stand in any of',
    '`governance.toml`, `approvals.toml` and `audit.toml`. A rule is a text, or `{ pattern, match, no_match }` with',
    'examples that are checked at load. "Not enforced yet" keys are accepted, and `ggen-mcp policy validate` names them.',
    '',
    '| key | accepts | default | what for |',
    '|---|---|---|---|',
  ];
  const row = (path: string, spec: Spec<unknown>): void => {
    const note = spec.later === undefined ? '' : ` **Not enforced yet:** ${spec.later}.`;
    lines.push(`| \`${path}\` | ${cell(spec.accepts)} | ${cell(defaultOf(spec))} | ${cell(spec.doc)}${note} |`);
  };
  const walk = (spec: Spec<unknown>, path: string): void => {
    for (const [key, member] of spec.members ?? []) {
      const here = path === '' ? key : `${path}.${key}`;
      const inner = member.item?.members ? member.item : member;
      if (inner.members) {
        const name = member.item ? `${here}${member.kind === 'record' ? '.NAME' : '[]'}` : here;
        walk(inner, name);
      } else row(here, member);
    }
  };
  walk(ROOT as Spec<unknown>, '');
  walk(approvers as Spec<unknown>, 'approvers');
  return `${lines.join('\n')}\n`;
}

function defaultOf(spec: Spec<unknown>): string {
  const value = spec.absent();
  if (value === undefined) return 'absent';
  if (Array.isArray(value) && value.length > 0) return 'the guide’s';
  return `\`${JSON.stringify(value)}\``;
}

/** A `|` would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
