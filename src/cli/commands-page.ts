import type { Command } from './command.ts';
import { renderCommandHelp } from './help.ts';

const HEAD = `# The commands of ggen-mcp

What \`ggen-mcp COMMAND --help\` prints, for every command. They are tried step by step in the
[tutorial](../../README.md#five-minutes). \`--config\` and \`--workspace\` may also be given as \`GGEN_CONFIG_DIR\` and
\`GGEN_WORKSPACE\` ([environment variables](environment.md)).

| exit code | means |
| ---: | --- |
| 0 | done; the action is allowed |
| 1 | done, and the answer is no: a policy test that failed, a check that found something |
| 2 | wrong usage, a configuration that can't be used, a fault: one line on standard error says what, where, and what to do |
| 3 | the action requires approval |
| 4 | the action is denied |
`;

/** docs/reference/commands.md: every command as its own help says it. */
export function commandsPage(commands: readonly Command[]): string {
  const sections = commands.map(
    (command) => `## ${command.name}\n\n\`\`\`text\n${renderCommandHelp(command)}\n\`\`\`\n`,
  );
  return [HEAD, ...sections].join('\n');
}
