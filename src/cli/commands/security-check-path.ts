import { GgenError } from '../../kernel/errors.ts';
import { securityCheck } from './security-check.ts';

/** `ggen-mcp security check-path`: does a path stay in the workspace, however it is spelt? */
export const securityCheckPath = securityCheck(
  'PATH',
  {
    usage: 'security check-path PATH | --stdin [--write] [--json]',
    summary: 'does a path stay in the workspace, however it is spelt',
    details: 'Links are followed, encodings undone for the judgement. Nothing is opened.',
    options: { write: { type: 'boolean', about: 'judge it as a file that is written' } },
  },
  ({ rest, values }) => {
    if (rest !== undefined) throw new GgenError('USAGE', 'one PATH is taken, and none behind --');
    return (agent, path) => agent.validatePath(path, values.write ? 'write' : 'read');
  },
);
