import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ActorType,
  type AuditEntry,
  AuditLogger,
  AuditQuery,
  EventType,
  Operation,
  OperationResult,
} from '../../src/index.ts';
import { type Folder, openFolder } from './folder.ts';

let folder: Folder;
let logger: AuditLogger;
beforeEach(async () => {
  folder = openFolder();
  logger = await open();
});
afterEach(async () => {
  await logger.close();
  folder.remove();
});

const open = async () => AuditLogger.fromConfig(folder.path('config/audit.toml'), { workspace: folder.workspace });

function sample(): AuditEntry {
  return {
    id: randomUUID(),
    timestamp: new Date(),
    eventType: EventType.TemplateGeneration,
    actor: { actorType: ActorType.Agent, id: 'template_executor_1', name: 'Template Executor' },
    operation: Operation.generateTemplate({ description: 'REST API endpoint', format: 'rust' }),
    target: 'templates/api_endpoint.rs',
    result: OperationResult.Success,
    metadata: { validation_score: 0.92, iterations: 2, tokens_used: 1247 },
    correlationId: randomUUID(),
  };
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

describe('Audit Log Schema', () => {
  it('AuditEntry carries every field of the guide, and an ip address where there is one', async () => {
    const entry: AuditEntry = {
      ...sample(),
      actor: { actorType: ActorType.User, id: 'admin', name: 'Admin', ipAddress: '192.0.2.7' },
    };
    await logger.log(entry);
    expect(await logger.queryByCorrelationId(entry.correlationId ?? '')).toMatchObject([entry]);
  });

  it('EventType has the eight event types of the guide', () => {
    expect(Object.entries(EventType)).toEqual([
      ['TemplateGeneration', 'template_generation'],
      ['GraphOperation', 'graph_operation'],
      ['ApprovalRequest', 'approval_request'],
      ['ApprovalDecision', 'approval_decision'],
      ['PolicyViolation', 'policy_violation'],
      ['SecurityIncident', 'security_incident'],
      ['AgentAction', 'agent_action'],
      ['SystemEvent', 'system_event'],
    ]);
  });

  it('ApprovalDecision of a program is marked as handed over, whatever it says, and our own events are refused', async () => {
    const decision = { ...sample(), eventType: EventType.ApprovalDecision };
    await logger.log({ ...decision, metadata: { event: 'signed off', source: 'governor', approval_id: 'x' } });
    const [found] = await logger.queryByCorrelationId(decision.correlationId ?? '');
    expect(found?.metadata).toEqual({ event: 'signed off', source: 'library', approval_id: 'x' });
    for (const event of ['approval_approved', 'Standing_Grant_made', 'delegation_made', 'attempt', 'policy_changed'])
      await expect(logger.log({ ...sample(), metadata: { event } })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('ActorType has user, agent and system', () => {
    expect(ActorType).toEqual({ User: 'user', Agent: 'agent', System: 'system' });
  });
});

describe('Writing Audit Logs', () => {
  it('AuditLogger.log writes an entry that another process reads', async () => {
    const entry = sample();
    await logger.log(entry);
    const elsewhere = await open();
    expect(await elsewhere.query(new AuditQuery().limit(1))).toMatchObject([entry]);
    await elsewhere.close();
  });

  it('AuditLogger.log refuses an entry that is none', async () => {
    const bad: AuditEntry[] = [
      { ...sample(), id: 'one' },
      { ...sample(), timestamp: new Date(Number.NaN) },
      { ...sample(), eventType: 'breakfast' as EventType },
      { ...sample(), correlationId: '...' },
    ];
    for (const entry of bad) await expect(logger.log(entry)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await logger.query(new AuditQuery())).toEqual([]);
  });
});

describe('Querying Audit Logs', () => {
  it('AuditQuery narrows by time, event type and number', async () => {
    const old = { ...sample(), eventType: EventType.PolicyViolation, timestamp: hoursAgo(30) };
    const other = sample();
    const recent = [3, 2, 1].map((hours) => ({
      ...sample(),
      eventType: EventType.PolicyViolation,
      timestamp: hoursAgo(hours),
    }));
    for (const entry of [old, other, ...recent]) await logger.log(entry);
    const query = new AuditQuery().from(hoursAgo(24)).to(new Date()).eventType(EventType.PolicyViolation).limit(100);
    const entries = await logger.query(query);
    expect(entries.map((entry) => entry.id)).toEqual(recent.map((entry) => entry.id).reverse());
    const line = entries.map((e) => `${e.timestamp.toISOString()}: ${e.eventType} by ${e.actor.name}`)[0];
    expect(line).toMatch(/^\d{4}-.*Z: policy_violation by Template Executor$/);
    const two = await logger.query(new AuditQuery().eventType(EventType.PolicyViolation).limit(2));
    expect(two).toHaveLength(2);
  });

  it('AuditLogger.queryByCorrelationId finds what belongs together', async () => {
    const first = sample();
    const second = { ...sample(), correlationId: first.correlationId ?? '' };
    for (const entry of [first, sample(), second]) await logger.log(entry);
    const related = await logger.queryByCorrelationId(first.correlationId ?? '');
    expect(new Set(related.map((entry) => entry.id))).toEqual(new Set([first.id, second.id]));
  });

  it('AuditLogger.queryByCorrelationId finds all of it, however much that is', async () => {
    const { correlationId = '' } = sample();
    const entries = Array.from({ length: 2000 }, () => ({ ...sample(), correlationId }));
    await Promise.all(entries.map((entry) => logger.log(entry)));
    expect(await logger.queryByCorrelationId(correlationId)).toEqual(entries.reverse());
    await logger.log({ ...sample(), correlationId });
    expect(await logger.queryByCorrelationId(correlationId)).toHaveLength(2001);
  });

  it('AuditLogger.stream gives everything that matches, oldest first', async () => {
    const entries = Array.from({ length: 1200 }, () => sample());
    await Promise.all(entries.map((entry) => logger.log(entry)));
    await logger.log({ ...sample(), eventType: EventType.SystemEvent });
    const found: AuditEntry[] = [];
    for await (const entry of logger.stream(new AuditQuery().eventType(EventType.TemplateGeneration)))
      found.push(entry);
    expect(found).toEqual(entries);
  });
});
