// What the audit log costs: durable appends beside other ways to record, several processes, and reading a long log.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAppend } from './append.ts';
import { benchLog } from './log.ts';
import { measureParquet } from './parquet-row.ts';
import { benchProcesses } from './processes.ts';

const quick = process.argv.includes('--quick');
const asked = process.argv.find((word) => word.startsWith('--entries='))?.split('=')[1];
const entries = asked === undefined ? (quick ? 50_000 : 300_000) : Number(asked.replaceAll('_', ''));
if (!Number.isSafeInteger(entries) || entries < 50_000) {
  console.error('--entries must be a whole number from 50000');
  process.exit(2);
}

const processors = cpus();
console.log(
  `${processors.length} cores (${processors[0]?.model.trim()}), Node ${process.version}, ${process.platform} ${process.arch}\n`,
);
const folder = mkdtempSync(join(tmpdir(), 'ggen-bench-audit-'));
try {
  console.log(`${await benchAppend(folder, quick ? 4 : 12)}\n`);
  console.log(`${await benchProcesses(folder, quick ? 2 : 5, quick ? 8_000 : 32_000)}\n`);
  await benchLog(folder, entries, quick ? 50 : 100);
  console.log(`\nParquet: ${await measureParquet(quick ? 50_000 : 200_000)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
