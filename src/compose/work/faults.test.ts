import { expect, it } from 'vitest';
import { openTempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import type { LeasedJob } from '../../model/job.ts';
import type { LoadedSnapshot } from '../snapshot.ts';
import { faultTeller } from './faults.ts';

it('a fault of background work is told in one line, without secrets, and not again and again', () => {
  const temp = openTempWorkspace();
  const snapshot = () => ({ inspector: temp.inspector() }) as unknown as LoadedSnapshot;
  const lines: string[] = [];
  const { onFault, reasonOf } = faultTeller({ snapshot, onFault: (line) => lines.push(line) });
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const fault = new Error(`no store at ${token}\u001b[31m\nat /somewhere`);
  const job = { kind: 'approval_timer', subject: 'ID' } as LeasedJob;
  onFault?.(fault, job, 'later');
  for (let i = 0; i < 100; i += 1) onFault?.(fault);
  onFault?.(fault, job, 'dead');
  expect(lines).toEqual([
    'approval_timer of ID is tried again later: no store at [secret:github-token]\\u{1b}[31m',
    'background work failed: no store at [secret:github-token]\\u{1b}[31m',
    'approval_timer of ID is given up: no store at [secret:github-token]\\u{1b}[31m',
  ]);
  expect(reasonOf?.(new Error('x'.repeat(1000))).length).toBeLessThan(350);
  temp.remove();
});
