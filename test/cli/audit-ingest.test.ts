import { PassThrough, Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { createFolder, homeOf, openFolder, type TestFolder } from '../support/test-system.ts';

const AUDIT = `[audit]
durability = "os"
[audit.filters]
never_log = ["noise"]
sampling_rates = { "cache_hit" = 0.0 }
`;
let folder: TestFolder;
beforeEach(() => {
  folder = createFolder({ 'config/audit.toml': AUDIT });
});
afterEach(() => folder.remove());

async function ingest(
  input: string | Readable,
): Promise<{ code: number; answers: Record<string, unknown>[]; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const sink = (add: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        add(String(chunk));
        done();
      },
    });
  const code = await runCommandLine({
    argv: ['audit', 'ingest'],
    cwd: folder.root,
    env: { GGEN_HOME: homeOf(folder) },
    stdin: typeof input === 'string' ? Readable.from([Buffer.from(input)]) : input,
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink((text) => {
      stderr += text;
    }),
    packageJson: 'package.json',
  });
  const answers = stdout.split('\n').filter((line) => line !== '');
  return { code, answers: answers.map((line) => JSON.parse(line) as Record<string, unknown>), stderr };
}

const entry = (change: Record<string, unknown> = {}) => ({
  event_type: 'system_event',
  actor: { actor_type: 'system', id: 'builder', name: 'Builder' },
  operation: { name: 'build' },
  result: 'success',
  metadata: { event: 'built' },
  ...change,
});
const lines = (...entries: unknown[]): string => entries.map((one) => `${JSON.stringify(one)}\n`).join('');

async function recorded() {
  const system = await openFolder(folder, { GGEN_HOME: homeOf(folder) });
  try {
    return {
      entries: (await system.store.query({ limit: 10_000 })).reverse(),
      stats: await system.store.stats({ groupBy: 'event_type' }),
    };
  } finally {
    await system.close();
  }
}

describe('audit ingest', () => {
  it('answers each line as soon as it is durable, to whoever waits for that before the next', async () => {
    const asked: unknown[] = [];
    const input = new PassThrough();
    let told: ((line: string) => void) | undefined;
    let buffered = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        buffered += String(chunk);
        for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n')) {
          told?.(buffered.slice(0, end));
          buffered = buffered.slice(end + 1);
        }
        done();
      },
    });
    const running = runCommandLine({
      argv: ['audit', 'ingest'],
      cwd: folder.root,
      env: { GGEN_HOME: homeOf(folder) },
      stdin: input,
      stdout,
      stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
      packageJson: 'package.json',
    });
    for (let n = 1; n <= 3; n += 1) {
      const answer = new Promise<string>((resolve) => {
        told = resolve;
      });
      input.write(lines(entry()));
      asked.push(JSON.parse(await answer));
    }
    input.end();
    expect(await running).toBe(0);
    expect(asked).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  });

  it('masks secrets in the names of operations and in addresses too', async () => {
    const secret = `ghp_${'a1'.repeat(18)}`;
    const actor = { actor_type: 'system', id: 'builder', name: 'Builder', ip_address: secret };
    await ingest(lines(entry({ operation: { name: `build ${secret}` }, actor })));
    const { entries } = await recorded();
    expect(JSON.stringify(entries)).not.toContain(secret);
    expect(entries[0]).toMatchObject({ operation: { name: 'build [secret:github-token]' } });
  });

  it('takes no entry from the far future, which retention would wait for', async () => {
    const { code, answers } = await ingest(lines(entry({ timestamp: '2999-01-01T00:00:00Z' }), entry()));
    expect(code).toBe(1);
    expect(answers).toMatchObject([
      { line: 1, error: 'timestamp lies more than a day ahead of this machine’s clock' },
      { seq: 1 },
    ]);
  });

  it('takes nothing that would make verify believe that entries were erased, or the key changed', async () => {
    const claims = ['audit_erased', 'log_key_changed'].map((event) => entry({ metadata: { event, erased_to: 256 } }));
    const { code, answers } = await ingest(lines(...claims, entry()));
    expect(code).toBe(1);
    expect(answers).toEqual([
      { line: 1, error: 'metadata.event "audit_erased" is recorded by the system itself', hint: 'name it otherwise' },
      {
        line: 2,
        error: 'metadata.event "log_key_changed" is recorded by the system itself',
        hint: 'name it otherwise',
      },
      expect.objectContaining({ seq: 1 }),
    ]);
  });

  it.each([
    'attempt',
    'outcome',
    'Refused',
    'approval_vote',
    'APPROVAL_APPROVED',
    'approval_requested\u200b',
    '\u0430pproval_granted', // Cyrillic а
    'approver_key_enrolled',
    'standing_grant_made',
    'standing_grant_used',
    'delegation_made',
    'notice_failed',
    'policy_changed',
    'consensus',
    'byzantine_fault',
    'audit_packed',
    'maintenance_failed',
  ])('takes no %j, which only the system itself records', async (event) => {
    const { answers } = await ingest(
      lines(entry({ metadata: { event } }), entry({ metadata: { event: `our ${event}` } })),
    );
    expect(answers).toMatchObject([
      { line: 1, error: expect.stringContaining('is recorded by the system itself') },
      { seq: 1 },
    ]);
  });

  it('records a line each, and answers in their order with id and number', async () => {
    const { code, answers } = await ingest(
      lines(...Array.from({ length: 5000 }, (_, i) => entry({ target: `t${i}` }))),
    );
    expect(code).toBe(0);
    expect(answers.map(({ seq }) => seq)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
    const { entries } = await recorded();
    expect(entries.map(({ target }) => target)).toEqual(Array.from({ length: 5000 }, (_, i) => `t${i}`));
    expect(entries.map(({ id }) => id)).toEqual(answers.map(({ id }) => id));
  });

  it('says what is wrong with a line, and takes the rest', async () => {
    const id = '01a20761-a9ed-709b-8e45-aa69793067ba';
    const input = `${lines(entry({ id }))}{"broken\n\n[]\n${lines(entry({ result: 'great' }), entry({ id }), entry())}`;
    const { code, answers } = await ingest(input);
    expect(code).toBe(1);
    expect(answers).toMatchObject([
      { id, seq: 1 },
      { line: 2, error: expect.stringContaining('JSON') },
      { line: 4, error: expect.stringContaining('object') },
      { line: 5, error: expect.stringContaining('great') },
      { line: 6, error: expect.stringContaining('recorded already') },
      { seq: 2 },
    ]);
  });

  it('refuses lines that are too long or no UTF-8, without keeping them in memory', async () => {
    const long = Readable.from(
      (function* () {
        for (let i = 0; i < 64; i += 1) yield Buffer.alloc(64 * 1024, 'x');
        yield Buffer.from('\n');
        yield Buffer.from([0x22, 0xff, 0x22, 0x0a]);
        yield Buffer.from(lines(entry()));
      })(),
    );
    const { code, answers } = await ingest(long);
    expect(code).toBe(1);
    expect(answers).toMatchObject([
      { line: 1, error: expect.stringContaining('longer than') },
      { line: 2, error: 'not valid UTF-8' },
      { seq: 1 },
    ]);
  });

  it('masks secrets, and marks where an entry came from whatever it says itself', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await ingest(lines(entry({ target: `x ${token}`, metadata: { event: 'built', source: 'governor', note: token } })));
    const [found] = (await recorded()).entries;
    expect(JSON.stringify(found)).not.toContain(token);
    expect(found?.metadata).toMatchObject({ event: 'built', source: 'ingest' });
  });

  it('counts what filters leave out', async () => {
    const { code, answers } = await ingest(
      lines(entry({ metadata: { event: 'cache_hit' } }), entry({ metadata: { event: 'noise' } }), entry()),
    );
    expect(code).toBe(0);
    expect(answers).toMatchObject([{ left_out: 'sampled' }, { left_out: 'never_log' }, { seq: 1 }]);
    expect((await recorded()).stats).toEqual([
      { key: 'system_event', recorded: 1, leftOut: 2, results: { success: 1 } },
    ]);
  });
});
