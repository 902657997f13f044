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
export function runCommandLine(line: string, cwd: string, env = process.env): Promise<CommandEnd> {
  const [program = '', ...args] = splitWords(line);
  return start(program === 'ggen-mcp' ? GGEN_MCP : program, args, cwd, env);
}

/**
 * The same on a terminal of its own (`script` of util-linux or BSD), where a person types each answer once its question
 * is there; `answers` are pairs of question and answer.
 */
export function runOnTerminal(
  line: string,
  cwd: string,
  answers: readonly (readonly [question: string, answer: string])[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<CommandEnd> {
  const words = splitWords(line).map((word) => (word === 'ggen-mcp' ? GGEN_MCP : word));
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const args = process.platform === 'darwin' ? ['-q', '/dev/null', ...words] : ['-qec', quoted, '/dev/null'];
  return start('script', args, cwd, env, answers);
}

export function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function start(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  answers: readonly (readonly [string, string])[] = [],
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    // detached: a session of its own, without the terminal that the tests may run on
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const left = [...answers];
    let stdout = '';
    let stderr = '';
    let answered = 0;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const [question, answer] = left[0] ?? [];
      if (question === undefined || !stdout.includes(question, answered)) return;
      answered = stdout.length;
      left.shift();
      child.stdin.write(`${answer}\n`);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {}); // it may end before it was asked anything
    if (answers.length === 0) child.stdin.end();
    child.on('error', reject);
    child.on('close', (code) => {
      child.stdin.destroy();
      resolve({ code, stdout, stderr });
    });
  });
}
