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
