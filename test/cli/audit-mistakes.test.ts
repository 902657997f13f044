// Mistakes around the audit trail: nothing of the system's own is written over, nothing unreadable passes for nothing.
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditLogger } from '../../src/index.ts';
import { type CommandEnd, runCommandLine } from '../guide/command-line.ts';
import { createFolder, homeOf, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = createFolder({ 'src/a.ts': 'old' });
  const system = await openFolder(folder, { GGEN_HOME: homeOf(folder) });
  for (let i = 0; i < 3; i += 1)
    await system.governor.run({ actionType: 'read_file', target: 'src/a.ts', requester: 'writer' }, () => 1);
  await system.close();
});
afterEach(() => folder.remove());

const run = (line: string): Promise<CommandEnd> =>
  runCommandLine(`ggen-mcp ${line}`, folder.root, { ...process.env, GGEN_HOME: homeOf(folder) });
const at = (name: string) => join(folder.root, name);

describe('what a command writes', () => {
  it.each([
    'audit export --force --output .ggen/audit.db',
    'audit export --force --output .ggen/audit.db-wal',
    'audit export --force --output config/governance.toml',
    'audit export --force --output config/new.json',
    'audit export --force --output link.json',
    'audit prove 1 --force --output .ggen/audit.db',
    'audit prove 1 --force --output config/governance.toml',
    'keys create --approver ann --output config/ann.enrolment',
  ])('%s: never belongs to the system itself', async (line) => {
    symlinkSync(at('config/governance.toml'), at('link.json'));
    const before = readFileSync(at('config/governance.toml'), 'utf8');
    const end = await run(line);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/belongs to the system itself and is not written over \(name another file\)\n$/);
    expect(readFileSync(at('config/governance.toml'), 'utf8')).toBe(before);
    expect((await run('audit verify')).stdout).toMatch(/^holds: /);
  });

  it('is no file that is there already, but with --force', async () => {
    writeFileSync(at('p.tlog-proof'), 'mine');
    expect((await run('audit prove 1 --output p.tlog-proof')).stderr).toContain(
      'p.tlog-proof is there already (--force replaces it)',
    );
    expect(readFileSync(at('p.tlog-proof'), 'utf8')).toBe('mine');
    expect(await run('audit prove 1 --output p.tlog-proof --force')).toMatchObject({ code: 0 });
    mkdirSync(at('sub'));
    expect((await run('audit prove 1 --output sub')).stderr).toContain('--output sub is a folder');
  });

  it('is of the format that its name says', async () => {
    await run('audit export --output a.csv');
    expect(readFileSync(at('a.csv'), 'utf8')).toMatch(/^seq,/);
    await run('audit export --output a.txt');
    expect(readFileSync(at('a.txt'), 'utf8')).toMatch(/^\[/);
  });
});

describe('a trail', () => {
  it.skipIf(process.getuid?.() === 0)('that can not be read is not taken for one that is not there', async () => {
    chmodSync(at('.ggen'), 0);
    try {
      for (const line of ['audit tail', 'audit verify', 'audit stats'])
        expect(await run(line)).toMatchObject({ code: 2, stderr: expect.stringContaining("can't be read: EACCES") });
    } finally {
      chmodSync(at('.ggen'), 0o700);
    }
  });

  it('that is gone is told of by whatever looks for it', async () => {
    rmSync(at('.ggen'), { recursive: true });
    for (const [line, code] of [
      ['audit tail', 0],
      ['audit stats', 0],
      ['audit verify', 1],
    ] as const) {
      const end = await run(line);
      expect(end.code).toBe(code);
      expect(end.stderr).toMatch(
        /^NOT AS RECORDED {2}the log is not there, and .* has seen it: ggen-governance\/log\//,
      );
    }
    expect(existsSync(at('.ggen'))).toBe(false);
  });

  it('is not asked about times that mean nothing, or another in every place', async () => {
    for (const [options, message] of [
      ['--from 2026-02-30', '--from "2026-02-30" is a time that doesn\'t exist'],
      ['--from 2026-01-01T10:00:00', 'has no time zone (times are UTC: 2026-01-01T10:00:00Z)'],
      ['--last 1h --from 2020-01-01', '--last and --from or --to say the same thing twice'],
      ['--from 2027-01-01 --to 2026-01-01', 'the period ends before it begins'],
      ['--last 24', '--last "24" is no duration'],
    ] as const) {
      for (const command of ['audit query', 'audit export --output x.json'])
        expect((await run(`${command} ${options}`)).stderr, options).toContain(message);
    }
  });

  it('shows what another system handed over as such, and none of it as a decision here', async () => {
    const entry = (event: string) =>
      JSON.stringify({
        event_type: 'approval_decision',
        actor: { actor_type: 'user', id: 'ci', name: 'ci' },
        operation: { name: 'deploy' },
        result: 'success',
        metadata: { event, approval_id: 'x' },
      });
    folder.write(
      'in.jsonl',
      `${entry('approved')}\n${entry('approval_approved')}\n${entry('approver_key_enrolled')}\n`,
    );
    const end = await runCommandLine(
      `bash -c "cat in.jsonl | ${join(import.meta.dirname, '../../bin/ggen-mcp')} audit ingest"`,
      folder.root,
      {
        ...process.env,
        GGEN_HOME: homeOf(folder),
      },
    );
    const [first, ...rest] = end.stdout.trim().split('\n');
    expect(JSON.parse(first!)).toHaveProperty('seq');
    for (const line of rest) expect(line).toContain('is recorded by the system itself');
    expect((await run('audit tail')).stdout).toContain('deploy  (ingested)  #');
    expect((await run('approvals history')).stdout).toBe('');
  });

  it('nor what a program of its own logged', async () => {
    const logger = AuditLogger.fromConfig(join(folder.configDir, 'governance.toml'), {
      workspace: folder.root,
      env: { GGEN_HOME: homeOf(folder) },
    });
    await logger.log({
      id: randomUUID(),
      timestamp: new Date(),
      eventType: 'approval_decision',
      actor: { actorType: 'user', id: 'ann', name: 'ann' },
      operation: { name: 'deploy' },
      result: 'success',
      metadata: { event: 'approved', approval_id: 'x' },
    });
    await logger.close();
    expect((await run('audit tail')).stdout).toContain('deploy  (handed over)  #');
    expect((await run('approvals history')).stdout).toBe('');
  });
});

describe('a key or proof', () => {
  it('that is of no use is named with its file and line', async () => {
    folder.write('k.pub', '\nno key\n');
    folder.write('empty.pub', '\n');
    expect((await run('audit verify --key k.pub')).stderr).toContain('--key: k.pub:2: that is no Ed25519 verifier key');
    expect((await run('audit verify --key empty.pub')).stderr).toContain('--key: empty.pub holds no key');
    expect((await run('audit verify --key nowhere.pub')).stderr).toContain("--key: nowhere.pub can't be read: ENOENT");
    expect((await run('audit prove')).stderr).toContain('takes one entry’s id or sequence number (audit prove ID');
  });

  it('of another log is told once, however many checkpoints it did not sign', async () => {
    const other = 'ggen-governance/log/other+5c3e8b6e+AWKKVbEHbBUTKsrXYfPYEYyH4gOKCWRqbm7M8ZcyZTy4';
    const end = await run(`audit verify --key ${other}`);
    expect(end.code).not.toBe(0);
    if (end.code === 1)
      expect(end.stdout.match(/was not signed by|not signed by a key/g)?.length).toBeLessThanOrEqual(2);
  });

  it('does not hold with exit code 1, and can not be read with 2', async () => {
    await run('audit prove 1 --output p.tlog-proof');
    const key = (await run('audit key')).stdout.trim();
    expect(await run(`audit verify-proof p.tlog-proof --key ${key}`)).toMatchObject({ code: 0 });
    const program = join(import.meta.dirname, '../../dist/bin/ggen-verify.js');
    const alone = (words: string): Promise<CommandEnd> =>
      runCommandLine(`"${process.execPath}" "${program}" ${words}`, folder.root);
    expect(await alone(`p.tlog-proof ${key}`)).toMatchObject({ code: 0 });
    folder.write('bent', readFileSync(at('p.tlog-proof'), 'utf8').replace(/^index 0$/m, 'index 1'));
    expect(await run(`audit verify-proof bent --key ${key}`)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^DOES NOT HOLD: /),
    });
    expect(await alone(`bent ${key}`)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^does not hold: /) });
    expect(await run(`audit verify-proof nowhere --key ${key}`)).toMatchObject({ code: 2 });
    expect(await alone(`nowhere ${key}`)).toMatchObject({
      code: 2,
      stderr: "can't be checked: nowhere can't be read: ENOENT\n",
    });
    expect(await alone('p.tlog-proof nowhere.pub')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("can't be checked"),
    });
    expect(await alone(`p.tlog-proof ${key} a b`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('usage:'),
    });
    expect(await alone('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('usage:') });
  });

  it('of an export that was cut off or repeats itself does not hold', async () => {
    await run('audit export --output a.json');
    const key = (await run('audit key')).stdout.trim();
    const text = readFileSync(at('a.json'), 'utf8');
    writeFileSync(at('a.json'), text.slice(0, -20));
    expect(await run(`audit verify-export a.json --key ${key}`)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^NOT AS EXPORTED {2}/),
    });
  });
});
