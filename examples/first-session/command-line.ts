// Runs `ggen-mcp` as a person would, in the sample workspace.
import { spawn } from 'node:child_process';

/** What `ggen-mcp ARGS` prints; rejects with its message where it fails. */
export function ask(ggenMcp: string, workspace: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(ggenMcp, args, { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out.trimEnd()) : reject(new Error(err.trim() || out.trim()))));
  });
}

/** Runs `ggen-mcp ARGS` on the person's own terminal and resolves with its exit code. */
export function runOnTerminal(ggenMcp: string, workspace: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(ggenMcp, args, { cwd: workspace, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
