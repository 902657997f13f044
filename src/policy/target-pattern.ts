import { hasControlCharacter } from '../kernel/text.ts';
import type { PartEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import { compileDomains, parseDomain } from './domains.ts';
import { compileGlobs } from './globs/glob-set.ts';
import { insideWorkspace, type PathPattern, parseNamePattern, parsePattern } from './globs/pattern.ts';
import { matchesSegment } from './globs/segment-globs.ts';

/** Targets that a pattern outside the configuration names; `why` goes on after the pattern. */
export type TargetPattern =
  | { readonly ok: true; readonly everything: boolean; matches(part: PartEvidence): boolean }
  | { readonly ok: false; readonly why: string };

/**
 * A pattern for the targets of one operation, in the dialect that the lists have for them: paths relative to the
 * workspace, hosts, names. A command has no such pattern: what it does can't be told from its words.
 */
export function compileTargetPattern(
  operation: OperationSpec,
  text: string,
  { workspace, home }: { readonly workspace: string; readonly home: string },
): TargetPattern {
  switch (operation.target) {
    case 'path':
    case 'name': {
      const names = operation.target === 'name';
      const parsed = names ? parseNamePattern(text) : parsePattern(text, home);
      if (!parsed.ok) return parsed;
      const set = compileGlobs([parsed.pattern], { workspace, foldCase: false, names });
      const reach = operation.recursive ? 'tree' : 'inside';
      return {
        ok: true,
        everything: names ? coversAll(parsed.pattern) : coversWorkspace(parsed.pattern, workspace),
        matches: (part) => {
          const target = names ? part.target : part.path;
          return target !== undefined && !hasControlCharacter(target) && set.match(target.normalize('NFC'), reach) >= 0;
        },
      };
    }
    case 'url': {
      const parsed = parseDomain(text);
      if (!parsed.ok) return parsed;
      const set = compileDomains([parsed]);
      const everything = parsed.host === '' && parsed.below;
      return { ok: true, everything, matches: ({ url }) => url !== undefined && set.match(url.host) >= 0 };
    }
    case 'command':
      return { ok: false, why: 'is a pattern for a command, which is asked about each time' };
  }
}

/** However it is written: relative, absolute, or as a folder above that holds the workspace. */
function coversWorkspace(pattern: PathPattern, workspace: string): boolean {
  const folders = workspace.split('/').filter((name) => name !== '');
  const left = insideWorkspace(pattern, folders, matchesSegment);
  // What names the workspace itself is meant to be all of it.
  return left.some((part) => coversAll(part) || (pattern.absolute && part.segments.length === 0));
}

function coversAll({ segments, subtree }: PathPattern): boolean {
  return subtree && segments.every((segment) => /^\*+$/.test(segment));
}
