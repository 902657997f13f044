// A program of its own for whoever trusts nobody: reads a proof and a public key, imports nothing but the verifier.
import { existsSync, readFileSync } from 'node:fs';
import { parseVerifierKey } from '../audit/proof/index.ts';
import { renderError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import { checkProof } from './proof-check.ts';

const USAGE = 'usage: node ggen-verify.js PROOF KEY-OR-FILE [OLD-CHECKPOINT]';

function main([proof, key, old]: readonly string[]): number {
  if (proof === undefined || key === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    const keys = (existsSync(key) ? readFileSync(key, 'utf8') : key)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseVerifierKey);
    const before = old === undefined ? undefined : readFileSync(old, 'utf8');
    for (const line of checkProof(readFileSync(proof, 'utf8'), keys, before)) console.log(line);
    return 0;
  } catch (error) {
    console.error(`does not hold: ${printable(renderError(error), 2000)}`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
