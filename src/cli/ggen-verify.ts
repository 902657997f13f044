// A program of its own for whoever trusts nobody: reads a proof and a public key, imports nothing but the verifier.
import { existsSync, readFileSync } from 'node:fs';
import { type NoteVerifier, parseVerifierKey } from '../audit/proof/index.ts';
import { renderError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import { checkProof } from './proof-check.ts';

const USAGE = 'usage: node ggen-verify.js PROOF KEY-OR-FILE [OLD-CHECKPOINT]';

/** Exit code 0: it holds, 1: it does not, 2: it can't be checked. */
function main(words: readonly string[]): number {
  const [proof, key, old] = words;
  if (proof === '--help' || proof === '-h') {
    console.log(USAGE);
    return 0;
  }
  if (proof === undefined || key === undefined || words.length > 3) {
    console.error(USAGE);
    return 2;
  }
  try {
    const text = read(proof);
    const keys = keysIn(key);
    const before = old === undefined ? undefined : read(old);
    return check(text, keys, before);
  } catch (error) {
    console.error(`can't be checked: ${printable(renderError(error), 2000)}`);
    return 2;
  }
}

function check(text: string, keys: readonly NoteVerifier[], old: string | undefined): number {
  try {
    for (const line of checkProof(text, keys, old)) console.log(line);
    return 0;
  } catch (error) {
    console.error(`does not hold: ${printable(renderError(error), 2000)}`);
    return 1;
  }
}

function keysIn(given: string): NoteVerifier[] {
  const text = given.includes('+') && !existsSync(given) ? given : read(given);
  const keys = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseVerifierKey);
  if (keys.length === 0) throw new Error(`${given} holds no key`);
  return keys;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new Error(`${path} can't be read: ${code}`);
  }
}

process.exitCode = main(process.argv.slice(2));
