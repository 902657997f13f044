import type { Position } from '../kernel/errors.ts';
import { splitLiteralCommand } from '../kernel/shell-words.ts';
import type { RuleEntry } from '../model/configuration.ts';
import type { Decision, Reason } from '../model/decision.ts';
import { compileDomains, type DomainPattern, type DomainSet, parseDomain } from './domains.ts';
import { compileGlobs, type GlobSet } from './globs/glob-set.ts';
import { type PathPattern, parseNamePattern, parsePattern } from './globs/pattern.ts';
import { normalPath } from './lexical-target.ts';
import { compileWords, parseWords, type WordSet } from './word-patterns.ts';

/** One rule with what is said when it decides; made once, so that deciding allocates nothing. */
export interface Rule {
  readonly id: string;
  readonly pattern: string;
  readonly file: string;
  readonly line: number;
  readonly reason: Reason;
  /** allowing decisions that begin with this rule's reason, by the reason that permits */
  readonly decisions: Map<Reason | undefined, Decision>;
}

/** What a list is made of and with: filled while the set is compiled, complete before anything is decided. */
export interface Compilation {
  readonly home: string;
  readonly workspace: string;
  locate(path: string): Position;
  readonly rules: Rule[];
  readonly problems: Reason[];
  readonly warnings: Reason[];
}

export function makeRule(compilation: Compilation, id: string, pattern: string, message: string): Rule {
  const { file, line } = compilation.locate(id);
  const rule: Rule = { id, pattern, file, line, reason: { rule: id, message, file, line }, decisions: new Map() };
  compilation.rules.push(rule);
  return rule;
}

export function placed(compilation: Compilation, rule: string, message: string): Reason {
  const { file, line } = compilation.locate(rule);
  return { rule, message, file, line };
}

interface ListOf<S, P> {
  readonly set: S;
  /** by the index that the set answers with */
  readonly rules: readonly Rule[];
  readonly patterns: readonly P[];
}
export type PathList = ListOf<GlobSet, PathPattern>;
export type WordList = ListOf<WordSet, readonly string[]>;
export type DomainList = ListOf<DomainSet, DomainPattern>;

/**
 * A list of paths, or with `names` of names. `deny` lists compare without case, and their
 * paths cover what lies below, too. `say` makes the message of a rule that
 * decides, from its pattern.
 */
export function compilePathList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
  { deny, names = false }: { deny: boolean; names?: boolean },
): PathList {
  const { home, workspace } = compilation;
  const options = { workspace, foldCase: deny, names };
  const rules: Rule[] = [];
  const patterns: PathPattern[] = [];
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const parsed = names ? parseNamePattern(entry.pattern) : parsePattern(entry.pattern, home);
    if (!parsed.ok) {
      compilation.problems.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} ${parsed.why}`));
      return;
    }
    // THREAT: `secrets` in a deny list means the directory with all that is in it, not the bare name alone.
    const pattern = deny && !names ? { ...parsed.pattern, subtree: true } : parsed.pattern;
    rules.push(makeRule(compilation, id, entry.pattern, say(entry.pattern)));
    patterns.push(pattern);
    checkExamples(compilation, entry, id, () => {
      const alone = compileGlobs([pattern], options);
      return (example) => {
        const target = names ? example : normalPath(example, { workspace, home });
        return typeof target === 'string' && alone.match(target, 'self') >= 0;
      };
    });
  });
  return { set: compileGlobs(patterns, options), rules, patterns };
}

export function compileWordList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
  { deny }: { deny: boolean },
): WordList {
  const rules: Rule[] = [];
  const patterns: (readonly string[])[] = [];
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const parsed = parseWords(entry.pattern);
    if (!parsed.ok) {
      compilation.problems.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} ${parsed.why}`));
      return;
    }
    rules.push(makeRule(compilation, id, entry.pattern, say(entry.pattern)));
    patterns.push(parsed.words);
    checkExamples(compilation, entry, id, () => {
      const alone = compileWords([parsed.words], { deny });
      return (example) => {
        const words = splitLiteralCommand(example);
        return words.ok && alone.match(words.argv) >= 0;
      };
    });
  });
  return { set: compileWords(patterns, { deny }), rules, patterns };
}

export function compileDomainList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
): DomainList {
  const rules: Rule[] = [];
  const domains: DomainPattern[] = [];
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const parsed = parseDomain(entry.pattern);
    if (!parsed.ok) {
      compilation.problems.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} ${parsed.why}`));
      return;
    }
    rules.push(makeRule(compilation, id, entry.pattern, say(entry.pattern)));
    domains.push(parsed);
    checkExamples(compilation, entry, id, () => {
      const alone = compileDomains([parsed]);
      return (example) => alone.match(example.toLowerCase()) >= 0;
    });
  });
  return { set: compileDomains(domains), rules, patterns: domains };
}

/** Rules that prove themselves: an example that doesn't hold is an error at load. */
function checkExamples(
  compilation: Compilation,
  { pattern, match, noMatch }: RuleEntry,
  id: string,
  prepare: () => (example: string) => boolean,
): void {
  if (match.length === 0 && noMatch.length === 0) return;
  const matches = prepare();
  const report = (message: string): void => {
    compilation.problems.push(placed(compilation, id, `${JSON.stringify(pattern)} ${message}`));
  };
  for (const example of match) {
    if (!matches(example)) report(`does not match its example ${JSON.stringify(example)}`);
  }
  for (const example of noMatch) {
    if (matches(example)) report(`matches ${JSON.stringify(example)}, which stands under no_match`);
  }
}
