// A governed folder whose approvers may click in Slack, with a door for clicks; whatever was opened is closed with it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createRelayKeyFiles, type OpenKey } from '../../src/adapters/keys/index.ts';
import { renderApproverKey, SLACK_NAMESPACE } from '../../src/approvals/index.ts';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';
import { type KeptDoor, keepSlackDoor } from '../../src/gateway/http/index.ts';
import type { Action } from '../../src/model/action.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import { enrol } from './approvers.ts';
import {
  type Answered,
  clickBody,
  openSlack,
  postAsSlack,
  type Sending,
  SLACK_SECRET,
  type SlackMessage,
  type TestSlack,
} from './slack.ts';
import { createFolder, homeOf, type TestFolder } from './test-system.ts';

export const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "delete_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
export const write = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'Beans.' };
const PEOPLE = ['ann', 'ben', 'cid', 'Writer'];
const CLICKERS = ['ann', 'ben', 'Writer'];

/** `writer` asks; ann and ben may click, cid may not; call_tool takes two. */
export function approvalsFor(slack: TestSlack, listen = '127.0.0.1:0', buttons = true): string {
  return `[approvals]
link = "https://approvals.example.com/{id}"
[approvals.operations.call_tool]
strategy = "multi-approval"
[approvals.slack]
buttons = ${buttons}
signing_secret = "\${SLACK_SIGNING_SECRET}"
listen = "${listen}"
[approvals.slack.users]
U0ANN = "ann"
U0BEN = "ben"
U0WRITER = "Writer"
[approvals.webhooks]
enabled = true
[[approvals.webhooks.endpoint]]
url = "${slack.webhook}"
format = "slack"
events = ["approval_required"]
allow_private = true
${PEOPLE.map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('')}`;
}

export interface SlackFolder {
  readonly slack: TestSlack;
  readonly folder: TestFolder;
  readonly system: GovernedSystem;
  readonly door: KeptDoor;
  /** the keys that pass clicks on */
  readonly relays: ReadonlyMap<string, OpenKey>;
  /** what the door said, a line each */
  readonly reported: readonly string[];
  /** where it listens now */
  port(): number;
  /** what somebody does who writes the database file */
  sql(text: string): void;
  ask(action?: Action): Promise<ApprovalRecord>;
  stored(id: string): Promise<ApprovalRecord>;
  events(event: string): ReturnType<GovernedSystem['store']['query']>;
  /** Presses a button of the message, as Slack tells of it. */
  press(message: SlackMessage, click?: Click): Promise<Answered>;
  close(): Promise<void>;
}

export interface Click extends Sending {
  readonly action?: 'ggen_approve' | 'ggen_reject';
  readonly user?: string;
  readonly responseUrl?: string;
}

export async function openSlackFolder(): Promise<SlackFolder> {
  const slack = await openSlack();
  const folder = createFolder({ 'config/governance.toml': GOVERNANCE, 'config/approvals.toml': approvalsFor(slack) });
  enrol(folder.configDir, ...PEOPLE);
  const files = createRelayKeyFiles(join(homeOf(folder), '.config/ggen-governance/keys'));
  const relays = new Map(CLICKERS.map((approver) => [approver, files.create(approver)]));
  for (const { approver, key } of relays.values()) {
    const times = { from: 0, until: Number.POSITIVE_INFINITY };
    const line = renderApproverKey({ approver, key, ...times, namespace: SLACK_NAMESPACE });
    appendFileSync(join(folder.configDir, 'approvers.allowed_signers'), `${line}\n`);
  }
  const reported: string[] = [];
  let kept: KeptDoor | undefined;
  const system = await openSystem({
    configDir: folder.configDir,
    workspace: folder.root,
    home: homeOf(folder),
    env: { SLACK_SIGNING_SECRET: SLACK_SECRET },
    watch: true,
    onReload: async () => kept?.renew(),
    onReloadError: (error) => reported.push(String(error)),
  });
  const door = await keepSlackDoor(system, (line) => reported.push(line));
  kept = door;
  const port = (): number =>
    Number(reported.map((line) => /:(\d+)\/slack\/actions$/.exec(line)?.[1]).findLast(Boolean));
  return {
    slack,
    folder,
    system,
    door,
    relays,
    reported,
    port,
    sql: (text) => {
      const db = new DatabaseSync(join(folder.root, '.ggen/audit.db'));
      db.exec(text);
      db.close();
    },
    ask: async (action = write) => {
      const asked = await system.governor.ask(action);
      if (asked.outcome !== 'waiting') throw new Error(`not asked: ${JSON.stringify(asked)}`);
      return asked.approval;
    },
    stored: async (id) => (await system.store.getRequest(id))!,
    events: async (event) =>
      (await system.store.query({ limit: 1000 })).filter(({ metadata }) => metadata.event === event),
    press: (message, { action = 'ggen_approve', user = 'U0ANN', responseUrl, ...sending } = {}) => {
      const button = message.buttons.find((one) => one.action_id === action);
      if (button === undefined) throw new Error(`no button ${action}`);
      return postAsSlack(port(), clickBody(button, user, responseUrl), sending);
    },
    close: async () => {
      await door.close();
      await system.close();
      slack.close();
      folder.remove();
    },
  };
}
