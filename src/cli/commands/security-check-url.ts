import { GgenError } from '../../kernel/errors.ts';
import { securityCheck } from './security-check.ts';

/** `ggen-mcp security check-url`: is a URL what it seems to be, and its host one that may be reached? */
export const securityCheckUrl = securityCheck(
  'URL',
  {
    usage: 'security check-url URL | --stdin [--json]',
    summary: 'is a URL what it seems to be, and its host one that may be reached',
    details:
      'With a configuration, [policies.network] says which hosts may be reached; without one, every public host and this\n' +
      'machine. No name is looked up and nothing is sent.',
  },
  ({ rest }) => {
    if (rest !== undefined) throw new GgenError('USAGE', 'one URL is taken, and none behind --');
    return (agent, url) => agent.validateUrl(url);
  },
);
