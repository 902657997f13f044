import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { displayPath } from '../compose/index.ts';
import { GgenError, renderError } from '../kernel/errors.ts';
import { forTerminal, nearest, printable } from '../kernel/text.ts';
import type { Command, CommandContext } from './command.ts';
import { COMMANDS, NOT_YET } from './commands/index.ts';
import { COMMON_OPTIONS, renderCommandHelp, renderGroupHelp, renderHelp } from './help.ts';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly packageJson: string;
}

/** Finds the command, reads its options, runs it; the exit code. What is wrong is one line on stderr and code 2. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const print = (text: string): void => {
    line.stdout.write(`${forTerminal(text)}\n`);
  };
  const first = line.argv[0];
  const asked = first === 'help' ? line.argv.slice(1) : line.argv;
  if (asked[0] === undefined || isHelp(asked[0])) {
    print(renderHelp(COMMANDS));
    return 0;
  }
  const group = COMMANDS.filter((one) => one.name.startsWith(`${asked[0]} `));
  if (group.length > 0 && (first === 'help' ? asked.length === 1 : isHelp(asked[1]))) {
    print(renderGroupHelp(group));
    return 0;
  }
  if (first === '--version' || first === '-V' || first === 'version') {
    print(String((JSON.parse(readFileSync(line.packageJson, 'utf8')) as { version: string }).version));
    return 0;
  }
  let command: Command | undefined;
  try {
    command = findCommand(asked);
    if (first === 'help') {
      print(renderCommandHelp(command));
      return 0;
    }
    const args = line.argv.slice(command.name.split(' ').length);
    const { values, positionals, rest } = readOptions(command, args);
    if (values.help) {
      print(renderCommandHelp(command));
      return 0;
    }
    const context: CommandContext = {
      configDir: resolve(line.cwd, String(values.config ?? line.env.GGEN_CONFIG_DIR ?? 'config')),
      workspace: resolve(line.cwd, String(values.workspace ?? line.env.GGEN_WORKSPACE ?? '.')),
      values,
      positionals,
      rest,
      env: line.env,
      stdin: line.stdin,
      stdout: line.stdout,
      stderr: line.stderr,
      print,
    };
    assertFolder(context.configDir, '--config', 'folder of governance.toml');
    assertFolder(context.workspace, '--workspace', 'folder that agents work in');
    return await command.run(context);
  } catch (error) {
    line.stderr.write(`ggen-mcp${command ? ` ${command.name}` : ''}: ${printable(renderError(error), 2000)}\n`);
    return 2;
  }
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

/** What is missing is told by the command, which may make it; a file is not what anybody meant. */
function assertFolder(path: string, option: string, meant: string): void {
  if (!(statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  const hint = basename(path).endsWith('.toml') ? `did you mean ${option} ${displayPath(dirname(path))}?` : undefined;
  throw new GgenError('USAGE', `${option} takes the ${meant}; ${displayPath(path)} is a file`, hint ? { hint } : {});
}

function findCommand(argv: readonly string[]): Command {
  const two = argv.slice(0, 2).join(' ');
  const found = COMMANDS.find((c) => c.name === two) ?? COMMANDS.find((c) => c.name === argv[0]);
  if (found) return found;
  const later = NOT_YET[two] ?? NOT_YET[argv[0] ?? ''];
  if (later) throw new GgenError('NOT_AVAILABLE', `${printable(two, 60)} is not available yet: ${later}`);
  const group = COMMANDS.filter((c) => c.name.startsWith(`${argv[0]} `));
  if (group.length) {
    const names = group.map((c) => c.name.split(' ')[1]!);
    const near = argv[1] === undefined ? undefined : nearest(argv[1], names);
    throw new GgenError(
      'USAGE',
      `${argv[0]} takes one of: ${names.join(', ')}`,
      near ? { hint: `did you mean ${near}?` } : {},
    );
  }
  const near = nearest(argv[0] ?? '', new Set(COMMANDS.map((c) => c.name.split(' ')[0]!)));
  throw new GgenError('USAGE', `unknown command ${printable(argv[0] ?? '', 60)}`, {
    hint: near ? `did you mean ${near}? ggen-mcp help lists all` : 'ggen-mcp help lists all',
  });
}

function readOptions(command: Command, args: readonly string[]) {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? undefined : args.slice(end + 1);
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...own],
      options: { ...command.options, ...COMMON_OPTIONS, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new GgenError('USAGE', optionMistake(error as Error, command), { hint: `usage: ggen-mcp ${command.usage}` });
  }
  const values = parsed.values as Record<string, string | boolean | undefined>;
  const repeated = command.positionals.at(-1)?.endsWith('…') ?? false;
  const count = command.positionals.length - (repeated ? 1 : 0);
  const given = parsed.positionals.length;
  if (!values.help && (given < count || (given > count && !repeated))) {
    const mistake =
      given < count
        ? `${command.positionals.slice(given, count).join(' and ')} missing`
        : `unexpected word ${JSON.stringify(printable(parsed.positionals[count]!, 60))}`;
    throw new GgenError('USAGE', mistake, { hint: `usage: ggen-mcp ${command.usage}` });
  }
  return { values, positionals: parsed.positionals, rest };
}

/** What parseArgs found wrong, in one sentence, with the option that was probably meant. */
function optionMistake(error: Error, command: Command): string {
  const message = error.message.split('\n', 1)[0]!.replace(/\. To specify .*$/, '');
  const unknown = /^Unknown option '--?([^']*)'/.exec(message)?.[1];
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys({ ...command.options, ...COMMON_OPTIONS }));
    return near ? `${message}, did you mean --${near}?` : message;
  }
  const ambiguous = /^Option '(?:-\w, )?(--[\w-]+).*' argument is ambiguous/.exec(message)?.[1];
  return ambiguous ? `${ambiguous} takes a value; one that begins with a dash is written ${ambiguous}=VALUE` : message;
}
