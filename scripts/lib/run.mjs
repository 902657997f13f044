// Runs other programs for the scripts of this repository. Plain JavaScript for any Node >= 18: it works before
// anything is installed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program to its end. `output: 'inherit'` shows what it prints, `'capture'` returns it (both streams in one
 * text, in the order they came). Never throws for a failing program: `code` tells, 127 where it can't be started,
 * 128 + n where signal n ended it.
 */
export function run(command, args, { cwd, env = process.env, output = 'inherit', input = 'inherit' } = {}) {
  return new Promise((resolve) => {
    const show = output === 'inherit' ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd, env, stdio: [input, show, show] });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 127, text: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), text: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

/** Seconds since `start` (of `performance.now()`), for a person: `3.2 s`. */
export function since(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
