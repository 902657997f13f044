// The proxy over the real system: `node governed-proxy.ts CONFIG WORKSPACE AGENT WAIT_SECONDS COMMAND…`.
import { join } from 'node:path';
import { openSystem } from '../../../src/compose/index.ts';
import { runProxy } from '../../../src/gateway/mcp/index.ts';

const [configDir = '', workspace = '', agent = '', wait = '', ...command] = process.argv.slice(2);
const system = await openSystem({ configDir, workspace, home: join(workspace, '..', 'home'), watch: true });
const code = await runProxy({
  system,
  agent,
  server: undefined,
  command,
  waitSeconds: Number(wait),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
await system.close();
process.exit(code);
