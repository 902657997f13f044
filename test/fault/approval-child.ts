/**
 * A process that does for its parent what is written to it, a task a line, as many at a time as come:
 * `node approval-child.ts PLACE`. It answers a line for each as soon as it is acknowledged, so that the parent knows of
 * it even when this process is killed. Nothing that it said can be taken back; what it did not say may have happened.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSystem } from '../../src/compose/index.ts';
import { renderError } from '../../src/kernel/errors.ts';
import type { Action } from '../../src/model/action.ts';
import { signerOf } from '../support/approvers.ts';

/** Where the child works, and whether it does what is due by itself. */
export interface ChildPlace {
  readonly root: string;
  readonly watch: boolean;
}

export type Task =
  | { readonly do: 'ask' | 'use'; readonly action: Action }
  | { readonly do: 'vote'; readonly id: string; readonly approver: string; readonly approved: boolean }
  | { readonly do: 'wait'; readonly id: string; readonly timeoutMs: number };

/** What became of a task. `refused`: by the system, with the code of its error; `fault`: the store could not be used. */
export type Answer =
  | { readonly is: 'asked'; readonly id: string; readonly status: string }
  | { readonly is: 'voted' | 'decided'; readonly status: string }
  | { readonly is: 'used'; readonly id: string; readonly attempt: string }
  | { readonly is: 'refused' | 'fault'; readonly why: string };

const { root, watch } = JSON.parse(process.argv[2] ?? '{}') as ChildPlace;
const say = (told: object): void => {
  writeSync(1, `${JSON.stringify(told)}\n`);
};
const system = await openSystem({
  configDir: join(root, 'config'),
  workspace: root,
  home: `${root}-home`,
  env: {},
  watch,
  // Waits to be killed while it decides.
  approverAgents: { stalling: () => new Promise(() => say({ begun: 'stalling' })) },
});

const perform = async (task: Task): Promise<Answer> => {
  switch (task.do) {
    case 'ask': {
      const asked = await system.governor.ask(task.action);
      if (asked.outcome === 'refused') return refusedFor(asked.refusal.message);
      if (asked.outcome === 'allowed') return { is: 'refused', why: 'it needs nobody' };
      return { is: 'asked', id: asked.approval.id, status: asked.outcome };
    }
    case 'use': {
      const permit = await system.governor.authorize(task.action);
      if (permit.outcome === 'refused') return refusedFor(permit.message);
      return { is: 'used', id: permit.approvalId ?? '', attempt: permit.attemptId };
    }
    case 'vote': {
      const { id, approved, approver } = task;
      const decision = { approvalId: id, approved, signer: signerOf(approver), via: `process ${process.pid}` };
      return { is: 'voted', status: (await system.desk.decide(decision)).status };
    }
    case 'wait':
      return { is: 'decided', status: await system.governor.awaitDecision(task.id, { timeoutMs: task.timeoutMs }) };
  }
};

const refusedFor = (message: string): Answer => ({
  is: message.includes('could not be decided or recorded') ? 'fault' : 'refused',
  why: message.slice(0, 500),
});

say({ ready: process.pid });
const under = new Set<Promise<void>>();
for await (const line of createInterface({ input: process.stdin })) {
  const { task, n } = JSON.parse(line) as { readonly n: number; readonly task: Task };
  const done = perform(task)
    .catch((error: unknown): Answer => {
      const code = (error as { code?: string }).code ?? '';
      return {
        is: code === 'STORE_UNAVAILABLE' ? 'fault' : 'refused',
        why: `${code} ${renderError(error)}`.slice(0, 500),
      };
    })
    .then((answer) => say({ n, answer }));
  under.add(done);
  void done.finally(() => under.delete(done));
}
await Promise.all(under);
await system.close();
