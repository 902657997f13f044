import { securityCheck } from './security-check.ts';

/** `ggen-mcp security check-command`: is a command line safe by itself, whoever runs it? */
export const securityCheckCommand = securityCheck(
  'COMMAND',
  {
    usage: "security check-command 'LINE' | -- PROGRAM ARG… | --stdin [--json]",
    summary: 'is a command line safe by itself, whoever runs it',
    details:
      'Behind --, the words are taken as they are, as for a program started without a shell. Which programs an agent may\n' +
      'run is for the policies: ggen-mcp check says it.',
  },
  () => (agent, line) => agent.validateCommand(line),
);
