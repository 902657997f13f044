import { buildSnapshot, findPlaces, readAnyConfigFiles } from '../../compose/index.ts';
import { type ConfigProblem, renderProblems } from '../../config/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';

/** `ggen-mcp policy validate`: everything that is wrong, doubtful or not enforced yet, all at once. */
export const policyValidate: Command = {
  name: 'policy validate',
  usage: 'policy validate [--json]',
  summary: 'check the configuration: errors, warnings, and what is not enforced yet',
  details: 'One line each: file, line, column, kind, key, and what is wrong with it.',
  options: { json: { type: 'boolean', about: 'the problems as JSON' } },
  exits: '0 where it can be used, 2 where it can not',
  positionals: [],
  async run(context) {
    const { problems, digest } = collect(context);
    const count = (severity: string): number => problems.filter((problem) => problem.severity === severity).length;
    const errors = count('error');
    if (context.values.json) {
      context.print(
        JSON.stringify({
          ok: errors === 0,
          policy_set: digest ?? null,
          problems: problems.map(({ severity, path, message, hint, position }) => ({
            severity,
            path,
            message,
            ...(hint === undefined ? {} : { hint }),
            ...position,
          })),
        }),
      );
    } else {
      if (problems.length) context.print(renderProblems(problems));
      context.print(
        `${errors === 0 ? 'usable' : 'NOT usable'}: ${many(errors, 'error')}, ${many(count('warning'), 'warning')}, ` +
          `${many(count('not_enforced'), 'key')} not enforced yet`,
      );
    }
    return errors === 0 ? EXIT.ok : EXIT.error;
  },
};

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function collect(context: CommandContext): { problems: readonly ConfigProblem[]; digest?: string } {
  try {
    const built = buildSnapshot(readAnyConfigFiles(context.configDir), findPlaces(context), context.env);
    return built.ok ? { problems: built.problems, digest: built.snapshot.set.digest } : { problems: built.problems };
  } catch (error) {
    if (!(error instanceof GgenError) || error.code !== 'CONFIG_INVALID') throw error;
    const position = error.position ?? { file: context.configDir, line: 0, column: 0 };
    return { problems: [{ severity: 'error', path: '', message: error.message, position }] };
  }
}
