// A governed folder with approvers on either database, and the processes that work in it.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApprovalManager } from '../../src/api/index.ts';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { signerOf } from '../../test/support/approvers.ts';
import { createKeyedFolder, type KeyedFolder } from '../../test/support/keyed-folder.ts';

export type Backend = 'sqlite' | 'postgres';
export const APPROVER = 'ann';

const GOVERNANCE = `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.writer]
can_write = ["src/*"]
can_call = ["*"]
`;
const APPROVALS = `[approvals]
default_timeout_seconds = 86400
auto_approve_after_seconds = 1
[[approvers.user]]
id = "${APPROVER}"
can_approve = ["*"]
[approvals.operations.call_tool]
strategy = "time-based-approval"
`;

export interface House {
  readonly root: string;
  readonly env: { readonly GGEN_HOME: string };
  open(watch?: boolean): Promise<GovernedSystem>;
  manager(): ApprovalManager;
  remove(): Promise<void>;
}

export async function createHouse(backend: Backend): Promise<House> {
  const folder: KeyedFolder = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, [APPROVER]);
  const env = { GGEN_HOME: homeOf(folder.root) };
  return {
    root: folder.root,
    env,
    open: (watch = false) => folder.open({ env, watch }),
    manager: () => managerIn(folder.root),
    remove: () => folder.remove(),
  };
}

/** One that signs with the approver's key. */
export function managerIn(root: string): ApprovalManager {
  const env = { GGEN_HOME: homeOf(root) };
  return ApprovalManager.fromConfig(join(root, 'config/approvals.toml'), {
    workspace: root,
    env,
    signer: signerOf(APPROVER),
  });
}

export function homeOf(root: string): string {
  return `${root}-home`;
}

/** Milliseconds of the one clock that all processes of this machine share. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Member {
  /** Sends a message, and resolves with the next that comes. */
  ask<T>(message: unknown): Promise<T>;
  /** The next that comes without being asked for. */
  next<T>(): Promise<T>;
  end(): Promise<void>;
}

/** A process of its own, which says something when it is ready. */
export async function startMember(program: URL, ...words: readonly string[]): Promise<Member> {
  const child: ChildProcess = fork(fileURLToPath(program), [...words]);
  const said: unknown[] = [];
  let waiting: ((message: never) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  child.on('message', (message) => {
    if (waiting) waiting(message as never);
    else said.push(message);
    waiting = undefined;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      fail?.(new Error(`${program} ended with ${code}`));
      resolve();
    });
  });
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      if (said.length > 0) return resolve(said.shift() as T);
      waiting = resolve;
      fail = reject;
    });
  await next();
  return {
    next,
    ask: (message) => {
      child.send(message as object);
      return next();
    },
    end: async () => {
      fail = undefined;
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
