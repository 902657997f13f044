import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { percentile, renderTable } from './statistics.ts';

const RUNS = 40;

/** A fresh process that opens an existing database, records one attempt durably and closes it, as a hook does. */
export function benchColdStart(folder: string): string {
  const hook = join(folder, 'hook.cjs');
  buildSync({
    entryPoints: [fileURLToPath(new URL('./cold-hook.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: hook,
    logLevel: 'error',
  });
  const crypto = join(folder, 'crypto.cjs');
  writeFileSync(crypto, "require('node:crypto').randomUUID();\n");
  const commands: readonly (readonly [name: string, args: string[]])[] = [
    ['node -e 0', ['-e', '0']],
    ['one UUID from node:crypto', [crypto]],
    ['the same, open, attempt, close ("disk")', [hook, join(folder, 'cold-disk.db'), 'disk']],
    ['the same, open, attempt, close ("os")', [hook, join(folder, 'cold-os.db'), 'os']],
  ];
  const samples = commands.map((): number[] => []);
  for (let run = -1; run < RUNS; run += 1) {
    commands.forEach(([name, args], i) => {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      const ms = performance.now() - start;
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      // the first run creates the databases
      if (run >= 0) samples[i]!.push(ms);
    });
  }
  const base = percentile(samples[0]!, 0.5);
  const rows = commands.map(([name], i) => {
    const p50 = percentile(samples[i]!, 0.5);
    return [name, p50.toFixed(1), (p50 - base).toFixed(1), (p50 / base).toFixed(2)];
  });
  return renderTable([['a fresh process', 'p50 ms', 'beyond bare', '× bare'], ...rows]);
}
