import type { Position } from '../kernel/errors.ts';
import { splitLiteralCommand } from '../kernel/shell-words.ts';
import type { RuleEntry } from '../model/configuration.ts';
import type { Decision, Reason } from '../model/decision.ts';
import { compileDomains, type DomainSet, parseDomain } from './domains.ts';
import { compileGlobs, type GlobSet } from './globs/glob-set.ts';
import { type PathPattern, parsePattern } from './globs/pattern.ts';
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

interface ListOf<S> {
  readonly set: S;
  readonly rules: readonly Rule[];
}
export type PathList = ListOf<GlobSet> & { readonly patterns: readonly PathPattern[] };
export type WordList = ListOf<WordSet>;
export type DomainList = ListOf<DomainSet>;

/** `say` makes the message of a rule that decides, from its pattern. */
export function compilePathList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
  options: { foldCase: boolean; names?: boolean },
): PathList {
  const rules: Rule[] = [];
  const patterns: PathPattern[] = [];
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const parsed = parsePattern(entry.pattern, compilation.home);
    if (!parsed.ok) {
      compilation.problems.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} ${parsed.why}`));
      return;
    }
    const pattern = options.names ? parsed.pattern : insideWorkspace(parsed.pattern, compilation.workspace);
    rules.push(makeRule(compilation, id, entry.pattern, say(entry.pattern)));
    patterns.push(pattern);
    const alone = compileGlobs([pattern], options);
    checkExamples(compilation, entry, id, (example) => {
      const target = options.names ? example : normalPath(expandHome(example, compilation.home), compilation.workspace);
      return target !== undefined && alone.match(target, true) >= 0;
    });
  });
  return { set: compileGlobs(patterns, options), rules, patterns };
}

/** An absolute pattern that names something inside the workspace is the relative one. */
function insideWorkspace(pattern: PathPattern, workspace: string): PathPattern {
  if (!pattern.absolute) return pattern;
  const root = workspace.split('/').filter((segment) => segment !== '');
  if (!root.every((segment, index) => pattern.segments[index] === segment)) return pattern;
  return { absolute: false, subtree: pattern.subtree, segments: pattern.segments.slice(root.length) };
}

function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

export function compileWordList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
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
    const alone = compileWords([parsed.words]);
    checkExamples(compilation, entry, id, (example) => {
      const words = splitLiteralCommand(example);
      return words.ok && alone.match(words.argv) >= 0;
    });
  });
  return { set: compileWords(patterns), rules };
}

export function compileDomainList(
  compilation: Compilation,
  entries: readonly RuleEntry[],
  path: string,
  say: (pattern: string) => string,
): DomainList {
  const rules: Rule[] = [];
  const domains: { host: string; below: boolean }[] = [];
  entries.forEach((entry, index) => {
    const id = `${path}[${index}]`;
    const parsed = parseDomain(entry.pattern);
    if (!parsed.ok) {
      compilation.problems.push(placed(compilation, id, `${JSON.stringify(entry.pattern)} ${parsed.why}`));
      return;
    }
    rules.push(makeRule(compilation, id, entry.pattern, say(entry.pattern)));
    domains.push(parsed);
    const alone = compileDomains([parsed]);
    checkExamples(compilation, entry, id, (example) => alone.match(example.toLowerCase()) >= 0);
  });
  return { set: compileDomains(domains), rules };
}

/** Rules that prove themselves: an example that doesn't hold is an error at load. */
function checkExamples(
  compilation: Compilation,
  entry: RuleEntry,
  id: string,
  matches: (example: string) => boolean,
): void {
  for (const example of entry.match) {
    if (!matches(example)) {
      compilation.problems.push(
        placed(
          compilation,
          id,
          `${JSON.stringify(entry.pattern)} does not match its example ${JSON.stringify(example)}`,
        ),
      );
    }
  }
  for (const example of entry.noMatch) {
    if (matches(example)) {
      compilation.problems.push(
        placed(
          compilation,
          id,
          `${JSON.stringify(entry.pattern)} matches ${JSON.stringify(example)}, which stands under no_match`,
        ),
      );
    }
  }
}
