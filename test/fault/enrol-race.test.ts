// Two processes that change the approvers' keys at once: neither loses what the other wrote.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseApproverKeys } from '../../src/approvals/index.ts';

const CHILD = fileURLToPath(new URL('./enrol-child.ts', import.meta.url));
const COUNT = 20;
let configDir: string;
beforeEach(() => {
  configDir = mkdtempSync(join(tmpdir(), 'ggen-enrol-'));
});
afterEach(() => rmSync(configDir, { recursive: true, force: true }));

it('two processes that enrol twenty keys each enrol forty', async () => {
  const children = ['ann', 'ben'].map((name) =>
    spawn(process.execPath, [CHILD, configDir, name, String(COUNT)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const ended = children.map((child) => once(child, 'close'));
  // Neither begins before the other can.
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  for (const child of children) child.stdin.end('go\n');
  expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
  const text = readFileSync(join(configDir, 'approvers.allowed_signers'), 'utf8');
  const names = parseApproverKeys({ name: 'keys', text }).all.map(({ approver }) => approver);
  const expected = ['ann', 'ben'].flatMap((name) => Array.from({ length: COUNT }, (_, i) => `${name}-${i}`));
  expect(names.toSorted()).toEqual(expected.toSorted());
  expect(text.trim().split('\n')).toHaveLength(2 * COUNT);
  expect(readdirSync(configDir)).toEqual(['approvers.allowed_signers']);
});
