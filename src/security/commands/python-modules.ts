import { builtinProgram, type Complaint, type Match, matchArguments, type Use } from '../programs/index.ts';
import type { Argument } from '../shell/index.ts';
import type { Judge } from './analysis.ts';

/** Modules that test, check or format what the project has. */
const KNOWN: ReadonlySet<string> = new Set(
  'pytest unittest mypy ruff black flake8 pylint isort json.tool compileall py_compile coverage doctest tox nox build tabnanny'.split(
    ' ',
  ),
);

/** `python -m NAME`: a tool that is known, the project's own module, or something that is asked about. */
export function judgeModule(judge: Judge, argument: Argument, cwds: readonly string[] | undefined): void {
  if (argument.kind === 'literal' && KNOWN.has(argument.text)) return;
  const path = argument.text.replaceAll('.', '/');
  const own =
    argument.kind === 'literal' &&
    /^[A-Za-z_][\w.]*$/.test(argument.text) &&
    (cwds ?? []).every((cwd) => [`${path}.py`, path].some((file) => judge.scene.exists(`${cwd}/${file}`)));
  if (!own || cwds === undefined)
    judge.ask(argument, `the module "${argument.text}" is neither known nor the project's own`);
}

/** How deep modules may stand in modules (`coverage run -m …`). */
const MAX_NESTED = 4;

/** What modules do with the words behind them: they are their own, and `python` doesn't look at them. */
export function usesOfModules(uses: readonly Use[], depth = 0): { uses: Use[]; complaints: Complaint[] } {
  const complaints: Complaint[] = [];
  const all = uses.flatMap((use): Use[] => {
    if (use.kind !== 'MODULE' || use.rest === undefined || use.rest.length === 0) return [use];
    const inner = moduleMatch(use.argument, use.rest);
    complaints.push(...inner.complaints);
    if (depth >= MAX_NESTED) {
      complaints.push({ verdict: 'deny', reason: 'modules in modules', argument: use.argument });
      return [use];
    }
    const deeper = usesOfModules(inner.uses, depth + 1);
    complaints.push(...deeper.complaints);
    return [use, ...deeper.uses];
  });
  return { uses: all, complaints };
}

function moduleMatch(module: Argument, rest: readonly Argument[]): Pick<Match, 'uses' | 'complaints'> {
  const table = module.kind === 'literal' && KNOWN.has(module.text) ? builtinProgram(module.text) : undefined;
  if (table !== undefined) return matchArguments(table, rest);
  const words = rest.map((word): Use => {
    const value = /^-[\w-]*=?/.exec(word.text)?.[0].length ?? 0;
    return { kind: 'WORD', argument: { ...word, text: word.text.slice(value) } };
  });
  return { uses: words, complaints: [] };
}
