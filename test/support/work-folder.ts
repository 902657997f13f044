// A governed folder whose approvals bring work: messages, agents that decide. What was opened is closed with it.
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createAgentKeyFiles } from '../../src/adapters/keys/index.ts';
import { renderApproverKey, VOTE_NAMESPACE } from '../../src/approvals/index.ts';
import { type GovernedSystem, openSystem, type SystemOptions } from '../../src/compose/index.ts';
import type { Action } from '../../src/model/action.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import type { Job } from '../../src/model/job.ts';
import { enrol } from './approvers.ts';
import { createFolder, homeOf, type TestFolder } from './test-system.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
export const write: Action = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
export const call: Action = { actionType: 'call_tool', target: 'deploy', requester: 'writer' };
export const PEOPLE = '[[approvers.user]]\nid = "ann"\ncan_approve = ["*"]\n';

/** An agent that decides by itself, as TOML. */
export function agent(id: string, more = ''): string {
  return `[[approvers.agent]]\nid = "${id}"\ncan_approve = ["*"]\nauto_approve = true\n${more}`;
}

export interface WorkFolder {
  readonly folder: TestFolder;
  configure(approvals: string): void;
  /** Makes the key with which this agent decides, and enrols it. */
  agentKey(id: string): void;
  open(more?: Partial<SystemOptions>): Promise<GovernedSystem>;
  /** Asks, and gives the request's id. */
  ask(system: GovernedSystem, action?: Action): Promise<string>;
  /** What waits of messages and votes: no timers. */
  waiting(system: GovernedSystem): Promise<Job[]>;
  /** Has all that waits done at once, as if its time had come; `attempts`: as if begun so often. */
  makeDue(attempts?: number): void;
  close(): Promise<void>;
}

export function createWorkFolder(): WorkFolder {
  const folder = createFolder({ 'config/governance.toml': GOVERNANCE });
  enrol(folder.configDir, 'ann');
  const systems: GovernedSystem[] = [];
  return {
    folder,
    configure: (approvals) => void folder.write('config/approvals.toml', approvals),
    agentKey: (id) => {
      const { key } = createAgentKeyFiles(`${homeOf(folder)}/.config/ggen-governance/keys`).create(id);
      const until = Number.POSITIVE_INFINITY;
      const line = renderApproverKey({ approver: id, key, from: 0, until, namespace: VOTE_NAMESPACE });
      appendFileSync(join(folder.configDir, 'approvers.allowed_signers'), `${line}\n`);
    },
    open: async (more = {}) => {
      const { configDir, root: workspace } = folder;
      const system = await openSystem({ configDir, workspace, home: homeOf(folder), env: {}, ...more });
      systems.push(system);
      return system;
    },
    ask: async (system, action = write) => {
      const asked = await system.governor.ask(action);
      if (asked.outcome !== 'waiting') throw new Error(`not asked: ${JSON.stringify(asked)}`);
      return asked.approval.id;
    },
    waiting: async (system) =>
      (await system.store.listJobs({ state: 'waiting', limit: 99 })).filter(({ kind }) => !kind.endsWith('_timer')),
    makeDue: (attempts) => {
      const db = new DatabaseSync(join(folder.root, '.ggen/audit.db'), { timeout: 20_000 });
      db.exec("UPDATE jobs SET due_at = 0 WHERE state = 'waiting' AND lease IS NULL AND kind <> 'approval_timer'");
      if (attempts !== undefined)
        db.prepare("UPDATE jobs SET attempts = ? WHERE kind <> 'approval_timer'").run(attempts);
      db.close();
    },
    close: async () => {
      await Promise.all(systems.map((system) => system.close()));
      folder.remove();
    },
  };
}

/** Waits until it is so; who waits in vain hears it from the test's own limit, or after 20 s. */
export async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) if (await is()) return;
  throw new Error('it never became so');
}

export async function events(system: GovernedSystem, event: string): Promise<RecordedEntry[]> {
  return (await system.store.query({ limit: 1000 })).filter(({ metadata }) => metadata.event === event);
}

export interface GotRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestReceiver {
  readonly url: string;
  readonly got: GotRequest[];
  close(): void;
}

/** A server on this machine that answers as it is told, and what it got. */
export async function openReceiver(
  answer: (response: ServerResponse, got: GotRequest) => unknown,
): Promise<TestReceiver> {
  const got: GotRequest[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, got.at(-1)!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
