// The proxy as a process over a governor that allows everything: `node proxy-main.ts COMMAND…`.
import { runProxy } from '../../../src/gateway/mcp/index.ts';
import { scriptedSystem } from './scripted-system.ts';

process.exitCode = await runProxy({
  system: scriptedSystem().system,
  agent: 'tester',
  server: undefined,
  command: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
process.exit();
