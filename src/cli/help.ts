import type { Command } from './command.ts';

export function renderHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'ggen-mcp: decides what agents may do, asks people when it must, and records what happened',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Every command takes --config DIR (default ./config) and --workspace DIR (default .).',
    'ggen-mcp COMMAND --help says more.',
  ].join('\n');
}

export function renderCommandHelp(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, option]) => `  --${name}${option.type === 'string' ? ' VALUE' : ''}`,
  );
  return [
    `usage: ggen-mcp ${command.usage}`,
    '',
    command.summary,
    ...(command.details ? ['', command.details] : []),
    ...(options.length ? ['', 'options:', ...options] : []),
    '  --config DIR      folder of governance.toml, approvals.toml, audit.toml (default ./config)',
    '  --workspace DIR   the folder that agents work in (default .)',
  ].join('\n');
}
