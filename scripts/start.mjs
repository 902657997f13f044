// npm start: a governed session of a real MCP client over a sample workspace. Sets everything up by itself.
import { bootstrap, ROOT } from './lib/bootstrap.mjs';
import { run } from './lib/run.mjs';

await bootstrap();
const { code } = await run(process.execPath, [`${ROOT}/examples/first-session/main.ts`, ...process.argv.slice(2)]);
process.exit(code);
