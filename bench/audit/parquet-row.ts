import { hash } from 'node:crypto';
import { openEncoder } from '../../src/adapters/export/entry-encoder.ts';
import { auditEntryToJson, type LoggedEntry } from '../../src/audit/index.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { createIdSource } from '../../src/kernel/ids.ts';
import { EVENT_TYPES, OPERATION_RESULTS } from '../../src/model/audit-entry.ts';
import { judged } from './goals.ts';

const START = Date.UTC(2026, 0, 1);
const MODELS = ['sonnet', 'opus', 'haiku', 'gpt', 'llama'];
const FORMATS = ['rust', 'typescript', 'python', 'sql', 'markdown'];

/**
 * Entries as large as the row of the first measurements: 616 bytes of canonical JSON, 278 of them metadata. Ids,
 * correlation ids, sessions (160 bits), tokens, milliseconds and scores are drawn; names and paths come from lists.
 */
export function* parquetRows(count: number): Generator<LoggedEntry> {
  let now = START;
  let drawn = 0;
  const bytes = (name: string, n: number): Buffer => hash('sha256', `${name} ${n}`, 'buffer');
  const newId = createIdSource(
    () => now,
    (size) => {
      drawn += 1;
      return bytes('id', drawn).subarray(0, size);
    },
  );
  for (let n = 0; n < count; n += 1) {
    const random = bytes('row', n);
    const draw = (at: number, below: number): number => random.readUInt16LE(at) % below;
    const pick = <T>(at: number, list: readonly T[]): T => list[draw(at, list.length)]!;
    now += draw(0, 40);
    const agent = `executor_${draw(2, 40)}`;
    const format = pick(4, FORMATS);
    const call = bytes('call', n).toString('hex');
    const path = `templates/${draw(6, 50)}/${draw(8, 4000)}.tera`;
    const metadata = {
      decision: 'allowed',
      door: 'mcp_proxy',
      duration_ms: draw(10, 5000),
      event: 'outcome',
      iterations: draw(12, 5),
      mode: 'strict',
      model: `claude-${pick(14, MODELS)}-4`,
      rules: [`policies.agents.template_executor.can_write[${draw(16, 9)}]`],
      session: hash('sha256', `session ${n}`).slice(0, 40),
      tokens_used: draw(20, 8000),
      validation_score: draw(22, 100) / 100,
    };
    yield {
      seq: n + 1,
      salt: bytes('salt', n).toString('hex').slice(0, 32),
      id: newId(),
      timestamp: now,
      eventType: pick(24, EVENT_TYPES),
      actor: { actorType: 'agent', id: agent, name: 'Executor' },
      operation: { name: `generate_${format}` },
      target: path,
      result: pick(26, OPERATION_RESULTS),
      metadata,
      correlationId: `${call.slice(0, 8)}-${call.slice(8, 12)}-4${call.slice(13, 16)}-a${call.slice(17, 20)}-${call.slice(20, 32)}`,
    };
  }
}

/** Bytes an entry as Parquet, and how fast: the row without its salt is that of the first measurements. */
export async function measureParquet(count: number): Promise<string> {
  const encoder = await openEncoder('parquet', 0);
  let size = encoder.start.length;
  let json = 0;
  let metadata = 0;
  let spent = 0;
  let page: LoggedEntry[] = [];
  const add = (): void => {
    const begin = performance.now();
    size += encoder.add(page).length;
    spent += performance.now() - begin;
    page = [];
  };
  for (const entry of parquetRows(count)) {
    if (entry.seq % 100 === 0) {
      json += canonicalJson(auditEntryToJson(entry)).length;
      metadata += canonicalJson(entry.metadata).length;
    }
    page.push(entry);
    if (page.length === 500) add();
  }
  add();
  size += encoder.end().length;
  const sampled = Math.floor(count / 100);
  const rate = Math.round((count / spent) * 1000);
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  return (
    `${count} entries of ${Math.round(json / sampled)} B (metadata ${Math.round(metadata / sampled)} B): ` +
    `${(size / count).toFixed(1)} B an entry, 16 of them its salt (${judged(size / count, '≤', 95, ' B')}), ${rate} entries/s, ${memory} MB`
  );
}
