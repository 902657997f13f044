import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './guide.ts';

/** The launcher that users run; `npm test` builds first. */
export const GGEN_MCP = join(ROOT, 'bin', 'ggen-mcp');

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line (split at spaces, double quotes kept together) in a folder, in a session without a terminal. */
export function runCommandLine(line: string, cwd: string): Promise<CommandEnd> {
  const [program = '', ...args] = splitWords(line);
  return start(program === 'ggen-mcp' ? GGEN_MCP : program, args, cwd);
}

/** The same on a terminal of its own (`script` of util-linux or BSD), where a person types `answers`. */
export function runOnTerminal(line: string, cwd: string, answers: string): Promise<CommandEnd> {
  const words = splitWords(line).map((word) => (word === 'ggen-mcp' ? GGEN_MCP : word));
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const args = process.platform === 'darwin' ? ['-q', '/dev/null', ...words] : ['-qec', quoted, '/dev/null'];
  return start('script', args, cwd, answers);
}

export function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function start(program: string, args: readonly string[], cwd: string, input?: string): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    // detached: a session of its own, without the terminal that the tests may run on
    const child = spawn(program, args, { cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      // a person answers once the question is there
      if (input !== undefined && child.stdin.writable && stdout.includes('to confirm: ')) child.stdin.end(input);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    if (input === undefined) child.stdin.end();
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
