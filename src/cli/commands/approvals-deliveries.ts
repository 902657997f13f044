import { endpointsOf, TIMER_JOBS } from '../../approvals/index.ts';
import { type GovernedSystem, newId, openSystem, processUser } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { Job } from '../../model/job.ts';
import { type Command, EXIT } from '../command.ts';
import { sendNow } from '../send-now.ts';

const LIMIT = 1000;

/** `ggen-mcp approvals deliveries`: messages and agents' decisions that wait, or were given up. */
export const approvalsDeliveries: Command = {
  name: 'approvals deliveries',
  usage: 'approvals deliveries [--dead] [--json]',
  summary: 'list messages and agents’ decisions that wait, or were given up',
  details: 'Without --dead those that wait for their next try, the soonest first. What was delivered is not listed.',
  options: {
    dead: { type: 'boolean', about: 'those that were given up, with the reason' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 listed, 2 the store can not be read',
  positionals: [],
  async run(context) {
    const system = await openSystem(context);
    try {
      const state = context.values.dead === true ? 'dead' : 'waiting';
      const jobs = await system.store.listJobs({ state, except: TIMER_JOBS, limit: LIMIT });
      for (const job of jobs) context.print(context.values.json ? JSON.stringify(toJson(job)) : render(system, job));
      if (jobs.length === 0 && !context.values.json) context.print(state === 'dead' ? 'none given up' : 'none waits');
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

/** `ggen-mcp approvals redeliver`: has what was given up tried again. */
export const approvalsRedeliver: Command = {
  name: 'approvals redeliver',
  usage: 'approvals redeliver [ID…] [--all] [--json]',
  summary: 'try messages again that were given up',
  details: 'A receiver that is off, since it answered 410, is told again from then on.',
  options: {
    all: { type: 'boolean', about: 'all that were given up' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  exits: '0 tried again, 2 no such message',
  positionals: ['ID…'],
  async run(context) {
    const all = context.values.all === true;
    if (all === context.positionals.length > 0) throw new GgenError('USAGE', 'name messages, or say --all');
    const system = await openSystem(context);
    try {
      const dead = await system.store.listJobs({ state: 'dead', except: TIMER_JOBS, limit: LIMIT });
      const wanted = all ? dead : context.positionals.map((id) => oneOf(dead, id));
      for (const job of wanted) {
        const endpoint = job.payload.endpoint;
        if (typeof endpoint === 'string') {
          await system.store.enableEndpoint(endpoint, entryOf('notice_endpoint_enabled', job, endpoint));
        }
        await system.store.reviveJob(job.id, entryOf('notice_redelivered', job, job.id));
      }
      if (context.values.json)
        for (const job of wanted) context.print(JSON.stringify({ ...toJson(job), state: 'waiting' }));
      else context.print(`${wanted.length} tried again`);
      await sendNow(system);
      return EXIT.ok;
    } finally {
      await system.close();
    }
  },
};

function oneOf(jobs: readonly Job[], id: string): Job {
  const job = jobs.find((one) => one.id === id);
  if (job) return job;
  throw new GgenError('NOT_FOUND', `no message ${printable(id, 100)} was given up`, {
    hint: 'see `ggen-mcp approvals deliveries --dead`',
  });
}

function render(system: GovernedSystem, job: Job): string {
  const endpoint = endpointsOf(system.loaded().config.approvals).find(({ id }) => id === job.payload.endpoint);
  const host = endpoint?.kind === 'webhook' ? URL.parse(endpoint.webhook.url)?.host : undefined;
  const to = endpoint?.kind === 'email' ? endpoint.email.to.join(', ') : (host ?? String(job.payload.endpoint ?? ''));
  const what = typeof job.payload.event === 'string' ? `${job.payload.event} to ${to}` : job.kind;
  const when = new Date(job.dueAt).toISOString();
  const why = job.lastError === undefined ? '' : `: ${printable(job.lastError, 500)}`;
  const stands = job.state === 'dead' ? 'given up' : `due ${when}`;
  return `${job.id}  ${printable(what, 200)}, request ${printable(job.subject, 100)}, ${stands} after ${job.attempts} tries${why}`;
}

function toJson(job: Job) {
  return {
    id: job.id,
    state: job.state,
    kind: job.kind,
    approval_id: job.subject,
    ...job.payload,
    attempts: job.attempts,
    due_at: new Date(job.dueAt).toISOString(),
    created_at: new Date(job.createdAt).toISOString(),
    ...(job.lastError === undefined ? {} : { error: job.lastError }),
  };
}

function entryOf(event: string, job: Job, target: string): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: processUser(),
    operation: { name: 'notify' },
    target,
    result: 'success',
    metadata: { event, approval_id: job.subject, job: job.id },
  };
}
