import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { GgenError, renderError } from '../kernel/errors.ts';
import { nearest, printable } from '../kernel/text.ts';
import type { Command, CommandContext } from './command.ts';
import { COMMANDS, NOT_YET } from './commands/index.ts';
import { renderCommandHelp, renderHelp } from './help.ts';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly packageJson: string;
}

const COMMON = {
  config: { type: 'string' },
  workspace: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Finds the command, reads its options, runs it; the exit code. What is wrong is one line on stderr and code 2. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const print = (text: string): void => {
    line.stdout.write(`${text}\n`);
  };
  const first = line.argv[0];
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    print(renderHelp(COMMANDS));
    return 0;
  }
  if (first === '--version' || first === '-V') {
    print(String((JSON.parse(readFileSync(line.packageJson, 'utf8')) as { version: string }).version));
    return 0;
  }
  let command: Command | undefined;
  try {
    command = findCommand(line.argv);
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
    return await command.run(context);
  } catch (error) {
    line.stderr.write(`ggen-mcp${command ? ` ${command.name}` : ''}: ${printable(renderError(error), 2000)}\n`);
    return 2;
  }
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
      options: { ...COMMON, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new GgenError('USAGE', (error as Error).message.split('\n', 1)[0]!.replace(/\. To specify .*$/, ''), {
      hint: `usage: ggen-mcp ${command.usage}`,
    });
  }
  const values = parsed.values as Record<string, string | boolean | undefined>;
  const repeated = command.positionals.at(-1)?.endsWith('…') ?? false;
  const count = command.positionals.length - (repeated ? 1 : 0);
  const given = parsed.positionals.length;
  if (!values.help && (given < count || (given > count && !repeated))) {
    throw new GgenError('USAGE', `usage: ggen-mcp ${command.usage}`);
  }
  return { values, positionals: parsed.positionals, rest };
}
