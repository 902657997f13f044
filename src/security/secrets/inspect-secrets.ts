import { printable } from '../../kernel/text.ts';
import type { SecurityPolicyConfig } from '../../model/configuration.ts';
import type { Finding } from '../../model/evidence.ts';
import type { SecretScanner } from './scanner.ts';

/**
 * The findings for secrets in the given strings, in their order. Each names the rule, the field, line and column,
 * never the value. At most `limit` characters of each string are scanned.
 */
export function inspectSecrets(
  scanner: SecretScanner,
  texts: readonly { field: string; text: string }[],
  action: SecurityPolicyConfig['secretPatterns']['action'],
  limit: number,
): Finding[] {
  const findings: Finding[] = [];
  for (const { field, text } of texts) {
    const scanned = text.length > limit ? text.slice(0, limit) : text;
    for (const { rule, span } of scanner.scan(scanned)) {
      const { line, column } = placeOf(scanned, span.start);
      const message = `${printable(scanner.mask(field), 120)} holds a secret at line ${line}, column ${column} (${rule.label})`;
      findings.push({ kind: 'secret', rule: rule.id, severity: action === 'block' ? 'block' : 'warn', message });
    }
  }
  return findings;
}

function placeOf(text: string, index: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: index - start + 1 };
}
