import { fileURLToPath } from 'node:url';
import { renderError } from '../kernel/errors.ts';
import { runCommandLine } from './run.ts';

/** Runs the command line of this process and leaves with its exit code once everything is written out. */
async function main(): Promise<void> {
  // A reader that closes early (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  try {
    process.exitCode = await runCommandLine({
      argv: process.argv.slice(2),
      env: process.env,
      cwd: process.cwd(),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      packageJson: fileURLToPath(new URL('../../package.json', import.meta.url)),
    });
  } catch (error) {
    process.stderr.write(`ggen-mcp: ${renderError(error)}\n`);
    process.exitCode = 2;
  }
}

await main();
