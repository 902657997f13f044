import { createHmac } from 'node:crypto';
import { compileLiterals, type LiteralAutomaton } from './literal-automaton.ts';
import { ASSIGNMENTS } from './rules/assignments.ts';
import { STRUCTURES } from './rules/structures.ts';
import { TOKENS } from './rules/tokens.ts';
import type { ScanRule } from './scan-rule.ts';

/** A secret in a file: where, by which rule, never what. */
export interface ScanFinding {
  readonly rule: string;
  readonly title: string;
  /** from 1 */
  readonly line: number;
  /** from 1, in bytes */
  readonly column: number;
  /** the same for the same secret under the same key; says nothing of it without the key */
  readonly fingerprint: string;
}

export interface FileScanner {
  /** everything that is found in the bytes, in their order */
  scan(bytes: Uint8Array): ScanFinding[];
  /** for what comes in pieces: memory is bounded by the piece */
  stream(): StreamScanner;
}

export interface StreamScanner {
  push(chunk: Uint8Array): ScanFinding[];
  /** what the end of the last piece held back */
  end(): ScanFinding[];
}

/** Our own rules, the one that only judges last: what a format names is not named again. */
export const SCAN_RULES: readonly ScanRule[] = [...TOKENS, ...STRUCTURES, ...ASSIGNMENTS];

/** An allow comment on the line of a finding: somebody looked, and it is no secret. */
const ALLOWED = 'ggen:allow-secret';

interface Compiled {
  readonly rule: ScanRule;
  readonly expression: RegExp;
}

interface Match {
  readonly rule: ScanRule;
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

let compiled: { automaton: LiteralAutomaton; owners: readonly Compiled[]; reach: number } | undefined;

function compile(): NonNullable<typeof compiled> {
  const owners: Compiled[] = [];
  const literals: string[] = [];
  for (const rule of SCAN_RULES) {
    const one = { rule, expression: new RegExp(rule.pattern, rule.ignoreCase ? 'gi' : 'g') };
    for (const keyword of rule.keywords) {
      literals.push(keyword);
      owners.push(one);
    }
  }
  const longest = Math.max(...literals.map((literal) => literal.length));
  const reach = Math.max(...SCAN_RULES.map(({ before, after }) => before + after)) + longest;
  return { automaton: compileLiterals(literals), owners, reach };
}

/** `key` keys the fingerprints; without it they are the same everywhere, and short secrets could be guessed from them. */
export function createFileScanner(key: string | Uint8Array): FileScanner {
  const find = (bytes: Uint8Array): Match[] => {
    compiled ??= compile();
    return matchesIn(bytes, compiled.automaton, compiled.owners);
  };
  const report = (bytes: Uint8Array, matches: readonly Match[], lineBefore: number): ScanFinding[] => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let line = lineBefore;
    let lineStart = 0;
    return matches.flatMap(({ rule, start, secret }) => {
      for (let at = buffer.indexOf(10, lineStart); at >= 0 && at < start; at = buffer.indexOf(10, lineStart)) {
        line += 1;
        lineStart = at + 1;
      }
      const lineEnd = buffer.indexOf(10, start);
      const rest = buffer.toString('latin1', start, Math.min(lineEnd < 0 ? buffer.length : lineEnd, start + 4096));
      if (rest.includes(ALLOWED)) return [];
      const fingerprint = createHmac('sha256', key).update(`${rule.id}\n${secret}`).digest('hex').slice(0, 32);
      return [{ rule: rule.id, title: rule.title, line, column: start - lineStart + 1, fingerprint }];
    });
  };
  return {
    scan: (bytes) => report(bytes, find(bytes), 1),
    stream() {
      let held: Buffer = Buffer.alloc(0);
      let lines = 1;
      let done = 0; // bytes of `held` whose matches were told
      const take = (bytes: Buffer, last: boolean): ScanFinding[] => {
        compiled ??= compile();
        // A match that begins in the last stretch may go on in what comes next.
        const safe = last ? bytes.length : Math.max(0, bytes.length - compiled.reach - 4096);
        const matches = find(bytes).filter(({ start }) => start >= done && start < safe);
        const findings = report(bytes, matches, lines);
        // The line's start and what could stand before a match are kept.
        const keep = Math.max(0, bytes.lastIndexOf(10, Math.max(0, safe - compiled.reach)) + 1);
        const from = Math.min(keep, Math.max(0, safe - compiled.reach));
        const cut = Math.max(from, Math.max(0, safe - 65_536));
        for (let at = bytes.indexOf(10); at >= 0 && at < cut; at = bytes.indexOf(10, at + 1)) lines += 1;
        held = Buffer.from(bytes.subarray(cut));
        done = Math.max(0, safe - cut);
        return findings;
      };
      return {
        push: (chunk) => take(Buffer.concat([held, chunk]), false),
        end: () => take(held, true),
      };
    },
  };
}

function matchesIn(bytes: Uint8Array, automaton: LiteralAutomaton, owners: readonly Compiled[]): Match[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const windows = new Map<Compiled, [number, number][]>();
  automaton.run(bytes, automaton.start, (literal, end) => {
    const owner = owners[literal]!;
    const from = Math.max(0, end - owner.rule.before - 40);
    const to = Math.min(bytes.length, end + owner.rule.after);
    const list = windows.get(owner);
    const last = list?.at(-1);
    // Hits near each other are searched once, in stretches that stay small.
    if (last && from <= last[1] && to - last[0] < 65_536) last[1] = Math.max(last[1], to);
    else if (list) list.push([from, to]);
    else windows.set(owner, [[from, to]]);
  });
  const found: Match[] = [];
  for (const [{ rule, expression }, list] of windows) {
    let told = -1;
    for (const [from, to] of list) {
      const text = buffer.toString('latin1', from, to);
      expression.lastIndex = 0;
      for (let match = expression.exec(text); match; match = expression.exec(text)) {
        if (match[0] === '') expression.lastIndex += 1;
        const start = from + match.index;
        const secret = match[rule.group ?? 0] ?? '';
        if (start <= told || (rule.accept && !rule.accept(secret, match))) continue;
        told = start;
        found.push({ rule, start, end: start + match[0].length, secret });
      }
    }
  }
  found.sort((a, b) => a.start - b.start || SCAN_RULES.indexOf(a.rule) - SCAN_RULES.indexOf(b.rule));
  // What a format names is not told again by a rule that only judges, nor twice by two formats.
  const named = found.filter(({ rule }) => !ASSIGNMENTS.includes(rule));
  return found.filter((match, index) => {
    if (ASSIGNMENTS.includes(match.rule)) {
      return !named.some(({ start, end }) => start < match.end && match.start < end);
    }
    return !found
      .slice(0, index)
      .some((other) => !ASSIGNMENTS.includes(other.rule) && match.start < other.end && match.end <= other.end);
  });
}
