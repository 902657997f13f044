// The proxy as a process over a governor that allows everything: `node proxy-main.ts COMMAND…`.
import { runProxy } from '../../../src/gateway/mcp/index.ts';
import { scriptedSystem } from '../../../src/gateway/mcp/scripted-system.fixture.ts';

// as the command line has it
process.stdout.on('error', () => process.exit(0));
const code = await runProxy({
  system: scriptedSystem().system,
  agent: 'tester',
  server: undefined,
  command: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
if (process.env.PRINT_PEAK_MEMORY) process.stderr.write(`peak memory ${process.resourceUsage().maxRSS} KiB\n`);
process.exit(code);
