import { auditEntryToJson, followLog, isHandedOver, queryAll, renderEntryLine } from '../../audit/index.ts';
import { type GovernedSystem, openSystem, sleep } from '../../compose/index.ts';
import { printable } from '../../kernel/text.ts';
import type { RecordedEntry } from '../../model/audit-entry.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';

/** What of the audit trail is about requests. */
const EVENT_TYPES = ['approval_request', 'approval_decision', 'security_incident'] as const;
const MOST = 1000;

/** `ggen-mcp approvals history`: what became of requests, from the audit trail. */
export const approvalsHistory: Command = {
  name: 'approvals history',
  usage: 'approvals history [--request ID] [--json]',
  summary: 'show what was asked, voted and decided, and by whom',
  details: `From the audit trail, oldest first: of one request, or the newest ${MOST} events of all.`,
  options: {
    request: { type: 'string', value: 'ID', about: 'of this request only' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 shown, none included; 2 no such request, or the trail can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const id = context.values.request;
      const entries = typeof id === 'string' ? await ofRequest(system, id) : await newest(system);
      for (const entry of entries
        .filter(isOurs)
        .sort((a, b) => a.seq - b.seq)
        .slice(-MOST))
        print(context, entry);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

function newest({ store }: GovernedSystem): Promise<RecordedEntry[]> {
  const of = EVENT_TYPES.map((eventType) => store.query({ eventType, limit: MOST }));
  return Promise.all(of).then((pages) => pages.flat());
}

/** All of one request, however much else has its correlation id. */
async function ofRequest({ store, desk }: GovernedSystem, id: string): Promise<RecordedEntry[]> {
  const { correlationId } = await desk.show(id);
  const found: RecordedEntry[] = [];
  for (const eventType of EVENT_TYPES) {
    for await (const page of queryAll(store, { correlationId, eventType }))
      found.push(...page.filter(({ metadata }) => metadata.approval_id === id));
  }
  return found;
}

/** `ggen-mcp approvals watch`: the same as it happens. */
export const approvalsWatch: Command = {
  name: 'approvals watch',
  usage: 'approvals watch [--json]',
  summary: 'show requests and decisions as they happen, until interrupted',
  details: 'Whoever asks and decides, in whatever process.',
  options: { json: { type: 'boolean', about: 'one JSON object a line' } },
  exits: '0 ended, 2 the trail can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    const ended = new AbortController();
    context.stdout.once('close', () => ended.abort());
    try {
      for await (const entry of followLog(system.store, { sleep, signal: ended.signal })) {
        if (EVENT_TYPES.some((type) => type === entry.eventType) && isOurs(entry)) print(context, entry);
      }
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** What other systems hand over may call itself a decision, and is none of a request here. */
function isOurs(entry: RecordedEntry): boolean {
  return typeof entry.metadata.approval_id === 'string' && !isHandedOver(entry);
}

function print(context: CommandContext, entry: RecordedEntry): void {
  const id = printable(String(entry.metadata.approval_id));
  context.print(
    context.values.json
      ? JSON.stringify({ seq: entry.seq, ...auditEntryToJson(entry) })
      : `${renderEntryLine(entry)}  ${id}`,
  );
}
