import { createHmac } from 'node:crypto';
import { parseRe2 } from '../../kernel/re2-syntax.ts';
import type { RuleEntry } from '../../model/configuration.ts';
import { compileMatcher, type SecretMatcher } from '../secrets/engine.ts';
import { requiredLiterals } from '../secrets/required-literals.ts';
import { compileLiterals } from './literal-automaton.ts';
import type { ScanFinding } from './scan-bytes.ts';

/** Files are searched for the patterns of the configuration: by the linear engine, where they hold what one needs. */
export interface PatternScanner {
  scan(bytes: Uint8Array): ScanFinding[];
}

/** THREAT: patterns come from a file that people write; they never run on an engine that backtracks. */
export function createPatternScanner(patterns: readonly RuleEntry[], key: string | Uint8Array): PatternScanner {
  const rules = patterns.map(({ pattern }, index) => {
    const tree = parseRe2(pattern);
    return {
      pattern,
      id: `secret_patterns[${index}]`,
      literals: tree === undefined ? undefined : requiredLiterals(tree),
    };
  });
  const literals = rules.flatMap((rule, index) => (rule.literals ?? []).map((text) => ({ text, index })));
  const automaton = literals.length === 0 ? undefined : compileLiterals(literals.map(({ text }) => text));
  const matchers = new Map<string, SecretMatcher>();
  return {
    scan(bytes) {
      const wanted = new Set(rules.flatMap((rule, index) => (rule.literals === undefined ? [index] : [])));
      automaton?.run(bytes, automaton.start, (literal) => wanted.add(literals[literal]!.index));
      if (wanted.size === 0) return [];
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      const found: ScanFinding[] = [];
      for (const index of [...wanted].sort((a, b) => a - b)) {
        const { pattern, id } = rules[index]!;
        const matcher = matchers.get(pattern) ?? compileMatcher(pattern);
        matchers.set(pattern, matcher);
        let line = 1;
        let lineStart = 0;
        for (const { start, end } of matcher.all(text)) {
          for (let at = text.indexOf('\n', lineStart); at >= 0 && at < start; at = text.indexOf('\n', lineStart)) {
            line += 1;
            lineStart = at + 1;
          }
          const lineEnd = text.indexOf('\n', end);
          if (text.slice(start, lineEnd < 0 ? undefined : Math.min(lineEnd, end + 4096)).includes('ggen:allow-secret'))
            continue;
          const fingerprint = createHmac('sha256', key)
            .update(`${id}\n${text.slice(start, end)}`)
            .digest('hex')
            .slice(0, 32);
          found.push({
            rule: id,
            title: 'a pattern of the configuration',
            line,
            column: start - lineStart + 1,
            fingerprint,
          });
        }
      }
      return found;
    },
  };
}
