import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { ApproverConfig } from '../../model/configuration.ts';
import { decideByCommand } from './decide-by-command.ts';
import { decideOverHttp } from './decide-over-http.ts';

const AGENT: ApproverConfig = { id: 'bot', role: '', canApprove: ['*'], autoApprove: true };
const record: ApprovalRecord = {
  id: '0192d3c4-1111-7000-8000-000000000001',
  status: 'pending',
  operation: { name: 'call_tool' },
  target: 'deploy',
  requester: 'writer',
  metadata: {},
  actionDigest: 'd',
  policySet: 'p',
  strategy: 'single-approval',
  createdAt: 0,
  decideBy: 1,
  reasons: [],
  shown: {},
  correlationId: 'c',
} as ApprovalRecord;

/** what a decider says, and what is made of it */
const ANSWERS: readonly (readonly [string, string, string | undefined])[] = [
  ['a word', '{"approved": true, "comment": "fine"}', undefined],
  ['two words in one', '{"approved": false, "approved": true}', 'a key occurs twice'],
  ['two words one after the other', '{"approved": true}\n{"approved": false}', 'more text after the value'],
  ['a word and what was cut off', `{"approved": true}${' '.repeat(65_536)}no`, 'no end within 65536 bytes'],
  ['a word and blanks without end', `{"approved": true}${' '.repeat(70_000)}`, 'no end within 65536 bytes'],
];

describe('a program that decides', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'ggen-decide-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const decide = (script: string) => {
    writeFileSync(join(dir, 'decide.mjs'), script);
    const agent = { ...AGENT, command: [process.execPath, 'decide.mjs'] };
    return decideByCommand(agent, record, { configDir: dir, workspace: '/nowhere' }, new AbortController().signal);
  };

  it.each(ANSWERS)('that says %s', async (_, said, why) => {
    const answer = decide(`process.stdout.write(${JSON.stringify(said)})`);
    if (why === undefined) await expect(answer).resolves.toEqual(JSON.parse(said));
    else await expect(answer).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(why) });
  });

  it('may complain as much as it likes', async () => {
    const answer = decide(`process.stderr.write('x'.repeat(200_000)); process.stdout.write('{"approved": false}')`);
    await expect(answer).resolves.toEqual({ approved: false });
  });

  it('is not waited for by what it left running', async () => {
    const answer = decide(`import { spawn } from 'node:child_process';
      spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
      process.stdout.write('{"approved": true}', () => process.exit(0));`);
    await expect(answer).resolves.toEqual({ approved: true });
  });
});

describe('a decider behind HTTP', () => {
  it.each(ANSWERS)('that says %s', async (_, said, why) => {
    const server = createServer((_request, response) => response.end(said)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = decideOverHttp({ ...AGENT, url, allowPrivate: true }, record, new AbortController().signal);
    if (why === undefined) await expect(answer).resolves.toEqual(JSON.parse(said));
    else await expect(answer).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(why) });
    server.closeAllConnections();
    server.close();
  });
});
