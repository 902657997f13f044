import type { Command, CommandOption } from './command.ts';

/** The options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  config: {
    type: 'string',
    value: 'DIR',
    about: 'folder of governance.toml, approvals.toml, audit.toml (default ./config)',
  },
  workspace: { type: 'string', value: 'DIR', about: 'the folder that agents work in (default .)' },
  help: { type: 'boolean', about: 'this page, also as -h' },
};

export function renderHelp(commands: readonly Command[]): string {
  return [
    'ggen-mcp: decides what agents may do, asks people when it must, and records what happened',
    '',
    ...renderSummaries(commands),
    '',
    'Every command takes --config DIR (default ./config) and --workspace DIR (default .).',
    'ggen-mcp COMMAND --help, or ggen-mcp help COMMAND, says more. ggen-mcp --version prints the version.',
  ].join('\n');
}

/** The help of `policy`, `audit`, …: the commands that begin with that word. */
export function renderGroupHelp(commands: readonly Command[]): string {
  return [...renderSummaries(commands), '', 'ggen-mcp COMMAND --help says more.'].join('\n');
}

function renderSummaries(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map((command) => command.name.length));
  return commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
}

export function renderCommandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([name, option]) => [`--${name}${option.type === 'string' ? ` ${option.value}` : ''}`, option.about] as const,
  );
  const width = Math.max(...options.map(([option]) => option.length));
  return [
    `usage: ggen-mcp ${command.usage}`,
    '',
    command.summary,
    ...(command.details ? ['', command.details] : []),
    '',
    'options:',
    ...options.map(([option, about]) => `  ${option.padEnd(width)}  ${about}`),
    '',
    `exit code: ${command.exits}`,
  ].join('\n');
}
