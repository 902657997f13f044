import { existsSync, readdirSync } from 'node:fs';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { buildSnapshot, findPlaces, maintainOnce, openStore, readConfigFiles } from '../../src/compose/index.ts';
import { parseConfig } from '../../src/config/index.ts';
import {
  type Action,
  AuditLogger,
  AuditQuery,
  createGovernor,
  isGgenError,
  type OpenGovernor,
  PolicyEngine,
} from '../../src/index.ts';
import type { AuditConfig } from '../../src/model/configuration.ts';
import { newId, sampleEntry } from '../contract/store-samples.ts';
import { CONFIRM, ownKey, signerOf } from '../support/approvers.ts';
import { runOnTerminal } from './command-line.ts';
import { type Folder, openFolder } from './folder.ts';

/** One key, several values, and what each makes of the same attempt. */
interface Effect {
  readonly key: string;
  /** keys that this one needs beside it, by path */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly probe: Probe;
  /** value → what is seen; a value is written as JSON */
  readonly seen: Readonly<Record<string, string>>;
}
type Probe = (folder: Folder) => Promise<string>;

type Tree = { [key: string]: unknown };

const base = (): Tree => ({
  policies: {
    version: '1.0',
    operational: { require_approval_for_destructive: true },
    agents: { worker: { can_read: ['*'], can_write: ['src/*'], can_call: ['*'] } },
  },
});

const worker = (actionType: string, target: string, more: Partial<Action> = {}): Action => ({
  actionType,
  target,
  requester: 'worker',
  ...more,
});

/** The outcome of judging each action, joined by commas. */
const judged =
  (...actions: readonly Action[]): Probe =>
  async (folder) => {
    const engine = await PolicyEngine.fromFile(folder.path('config/governance.toml'), { workspace: folder.workspace });
    const outcomes: string[] = [];
    for (const action of actions) outcomes.push((await engine.evaluate(action)).outcome);
    await engine.close();
    return outcomes.join(', ');
  };

/** What `use` sees of a running governor. */
const governed =
  (use: (governor: OpenGovernor, folder: Folder) => Promise<string>): Probe =>
  async (folder) => {
    const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
    try {
      return await use(governor, folder);
    } finally {
      await governor.close();
    }
  };

/** How each action fares in turn: permitted, refused, or waiting for a person. */
const authorized = (...actions: readonly Action[]): Probe =>
  governed(async (governor) => {
    const ends: string[] = [];
    for (const action of actions) {
      const answer = await governor.authorize(action);
      ends.push(answer.outcome === 'refused' && answer.approval ? 'waiting' : answer.outcome);
    }
    return ends.join(', ');
  });

const parsedAudit = (folder: Folder): AuditConfig => {
  const result = parseConfig(readConfigFiles(folder.configDir), {});
  if (!result.ok) throw new Error('the configuration can not be used');
  return result.loaded.config.audit;
};

/** Whether a log of more than one tile is compressed where there is time for it. */
const compactedEntries: Probe = async (folder) => {
  const store = await openStore({ ...parsedAudit(folder), durability: 'os' }, findPlaces(folder));
  try {
    await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry())));
    const compacted = await store.compact();
    expect(await store.query({ limit: 10_000 })).toHaveLength(300);
    return compacted > 0 ? 'some' : 'none';
  } finally {
    await store.close();
  }
};

const policiesOf = (folder: Folder) => {
  const built = buildSnapshot(readConfigFiles(folder.configDir), findPlaces(folder), {});
  if (!built.ok) throw new Error('the configuration can not be used');
  return built.snapshot;
};

/** Five people, of whom two must approve where nothing else is said. */
const SEVERAL = {
  'approvals.strategies.destructive_operations': 'multi-approval',
  'approvals.multi-approval.min_approvers': 2,
  'approvals.multi-approval.quorum_percentage': 0.25,
  'approvers.user': ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, can_approve: ['*'] })),
};
const approvalsNeeded: Probe = governed(async (governor) => {
  const answer = await governor.authorize(remove);
  const quorum = answer.outcome === 'refused' ? answer.approval?.quorum : undefined;
  return quorum ? `${quorum.required} of ${quorum.of}` : 'refused at once';
});

/** From which of ten days on entries are left after retention; a tile of 256 entries is of one day. */
const keptDays: Probe = async (folder) => {
  const policies = policiesOf(folder);
  const audit = { ...policies.loaded.config.audit, durability: 'os', compressionEnabled: false } as const;
  const store = await openStore(audit, findPlaces(folder));
  const DAY = 86_400_000;
  try {
    for (let day = 0; day <= 10; day += 1) {
      await Promise.all(Array.from({ length: 256 }, () => store.append(sampleEntry({ timestamp: day * DAY }))));
    }
    await maintainOnce(store, policies, findPlaces(folder), 10 * DAY);
    const [oldest] = (await store.query({ limit: 10_000 })).slice(-1);
    return `kept from day ${(oldest?.timestamp ?? 0) / DAY}`;
  } finally {
    await store.close();
  }
};

/** What a day's rounds of housekeeping, five hours apart, leave as exports. */
const scheduledExports: Probe = async (folder) => {
  const policies = policiesOf(folder);
  const places = findPlaces(folder);
  const store = await openStore({ ...policies.loaded.config.audit, durability: 'os' }, places);
  try {
    for (let round = 0; round < 5; round += 1) {
      await store.append(sampleEntry());
      await maintainOnce(store, policies, places, Date.now() + round * 5 * 3_600_000);
    }
  } finally {
    await store.close();
  }
  return ['exports', '.ggen/audit-exports', 'elsewhere']
    .flatMap((name) =>
      existsSync(folder.path(name)) ? readdirSync(folder.path(name)).map((file) => `${name}/${file}`) : [],
    )
    .filter((name) => /\.(json|csv|parquet)$/.test(name))
    .join(', ');
};
const EXPORTING = { 'audit.export.enabled': true, 'audit.export.destination': 'exports' };

/** What is on record of three events that a program logs. */
const loggedEvents: Probe = async (folder) => {
  const logger = AuditLogger.fromConfig(folder.path('config/governance.toml'), { workspace: folder.workspace });
  try {
    for (const event of ['cache_hit', 'template_validation', undefined]) {
      await logger.log({
        id: newId(),
        timestamp: new Date(),
        eventType: 'system_event',
        actor: { actorType: 'system', id: 'cache', name: 'cache' },
        operation: { name: event === undefined ? 'delete_file' : 'look_up' },
        result: 'success',
        metadata: event === undefined ? {} : { event },
      });
    }
    const entries = (await logger.query(new AuditQuery())).reverse();
    return entries.map(({ metadata, operation }) => metadata.event ?? operation.name).join(', ') || 'nothing';
  } finally {
    await logger.close();
  }
};

const decidedBy = (approver: string): Probe =>
  governed(async (governor) => {
    const answer = await governor.authorize(worker('delete_file', 'src/a.ts'));
    const id = answer.outcome === 'refused' ? answer.approval?.id : undefined;
    if (id === undefined) return 'refused at once';
    const decision = { approvalId: id, approved: true, signer: signerOf(approver), via: 'test' };
    return (await governor.system.desk.decide(decision)).status;
  });

const write = worker('write_file', 'src/a.ts', { content: 'let a = 1;\n' });
const outside = worker('write_file', 'docs/a.md', { content: 'a\n' });
const remove = worker('delete_file', 'src/a.ts');
const read = worker('read_file', 'src/a.ts');
const fetchPage = worker('http_request', 'https://api.example.com/v1');
const git = worker('execute_shell', 'git status');
const withSecret = worker('write_file', 'src/a.ts', { content: `token = "tok_${'a1B2c3D4'.repeat(4)}"\n` });
const TOKEN = '(?i)token\\s*=\\s*"?tok_[a-z0-9]{20,}';
const DOMAINS = { 'policies.network.allowed_domains': ['api.example.com'] };
const executor = (action: Action): Action => ({ ...action, requester: 'template_executor' });
const single = (key: string) => ({ [`approvals.strategies.${key}`]: 'single-approval' });
const byProvider = (provider: string): Action[] =>
  [1, 2].map((n) => worker('read_file', `src/${n}`, { context: { provider } }));

const EFFECTS: readonly Effect[] = [
  { key: 'policies.version', probe: judged(write), seen: { '"1.0"': 'allowed', '"2.0"': 'CONFIG_INVALID' } },
  {
    key: 'policies.enforcement_mode',
    probe: judged(outside, remove),
    seen: {
      '"strict"': 'denied, requires_approval',
      '"permissive"': 'allowed, requires_approval',
      '"audit-only"': 'allowed, allowed',
    },
  },
  {
    key: 'policies.security.enabled',
    probe: judged(worker('read_file', 'src/a\u0007.ts')),
    seen: { true: 'denied', false: 'allowed' },
  },
  {
    key: 'policies.security.input_validation',
    probe: judged(worker('read_file', 'src/a\u0007.ts')),
    seen: { true: 'denied', false: 'allowed' },
  },
  {
    key: 'policies.security.secret_scanning',
    given: { 'policies.security.secret_patterns.patterns': [TOKEN] },
    probe: judged(withSecret),
    seen: { true: 'denied', false: 'allowed' },
  },
  {
    key: 'policies.security.path_traversal_protection',
    given: { 'policies.agents.worker.can_read': ['/usr/share/*'] },
    probe: judged(worker('read_file', '../../../../../../../../usr/share/doc')),
    seen: { true: 'denied', false: 'allowed' },
  },
  {
    key: 'policies.security.command_injection_protection',
    // permissive lifts other denials
    given: {
      'policies.security.allowed_commands.commands': ['git'],
      'policies.enforcement_mode': 'permissive',
    },
    probe: judged(worker('execute_shell', 'git -c alias.x=!id x')),
    seen: { true: 'denied', false: 'allowed' },
  },
  {
    key: 'policies.security.allowed_commands.commands',
    probe: judged(git),
    seen: { '["git"]': 'allowed', '["cargo"]': 'denied', '[]': 'denied' },
  },
  {
    key: 'policies.security.allowed_commands.require_approval',
    probe: judged(git),
    seen: { '["git"]': 'requires_approval', '["rm"]': 'denied' },
  },
  {
    key: 'policies.security.secret_patterns.patterns',
    probe: judged(withSecret),
    seen: { [JSON.stringify([TOKEN])]: 'denied', '[]': 'allowed' },
  },
  {
    key: 'policies.security.secret_patterns.action',
    given: { 'policies.security.secret_patterns.patterns': [TOKEN] },
    probe: judged(withSecret),
    seen: { '"block"': 'denied', '"warn"': 'allowed', '"log"': 'allowed' },
  },
  {
    key: 'policies.security.action',
    given: { 'policies.security.secret_patterns.patterns': [TOKEN] },
    probe: judged(withSecret),
    seen: { '"block"': 'denied', '"warn"': 'allowed', '"log"': 'allowed' },
  },
  {
    key: 'policies.resource.enabled',
    given: { 'policies.resource.rate_limits.anthropic_requests_per_minute': 1 },
    probe: authorized(...byProvider('anthropic')),
    seen: { true: 'permitted, refused', false: 'permitted, permitted' },
  },
  {
    key: 'policies.resource.max_concurrent_agents',
    given: { 'policies.agents.default': { can_read: ['*'] } },
    probe: authorized(read, { ...read, requester: 'other' }),
    seen: { 1: 'permitted, refused', 2: 'permitted, permitted', 0: 'permitted, permitted' },
  },
  {
    key: 'policies.resource.rate_limits.anthropic_requests_per_minute',
    probe: authorized(...byProvider('anthropic')),
    seen: { 1: 'permitted, refused', 2: 'permitted, permitted', 0: 'permitted, permitted' },
  },
  {
    key: 'policies.resource.rate_limits.openai_requests_per_minute',
    probe: authorized(...byProvider('openai')),
    seen: { 1: 'permitted, refused', 2: 'permitted, permitted', 0: 'permitted, permitted' },
  },
  {
    key: 'policies.resource.rate_limits.ollama_requests_per_minute',
    probe: authorized(...byProvider('ollama')),
    seen: { 1: 'permitted, refused', 2: 'permitted, permitted', 0: 'permitted, permitted' },
  },
  { key: 'policies.operational.enabled', probe: judged(remove), seen: { true: 'requires_approval', false: 'allowed' } },
  {
    key: 'policies.operational.require_approval_for_destructive',
    probe: judged(remove),
    seen: { true: 'requires_approval', false: 'allowed' },
  },
  {
    key: 'policies.operational.require_approval_for_external_calls',
    given: DOMAINS,
    probe: judged(fetchPage),
    seen: { true: 'requires_approval', false: 'allowed' },
  },
  {
    key: 'policies.operational.auto_approve_read_only',
    probe: judged(read),
    seen: { true: 'allowed', false: 'denied' },
  },
  {
    key: 'policies.operational.audit_all_operations',
    probe: governed(async (governor) => {
      await governor.run(read, () => 'read');
      await governor.system.store.flush();
      return `${(await governor.system.store.query({ limit: 10 })).length} entries`;
    }),
    seen: { true: '2 entries', false: '1 entries' },
  },
  {
    key: 'policies.operational.auto_approval.operations',
    given: { 'policies.operational.auto_approve_read_only': false },
    probe: judged(read),
    seen: { '["read_file"]': 'allowed', '["list_files"]': 'denied' },
  },
  {
    key: 'policies.operational.require_approval.operations',
    probe: judged(write),
    seen: { '["write_file"]': 'requires_approval', '[]': 'allowed' },
  },
  {
    key: 'policies.agents.template_executor.can_read',
    probe: judged(executor(read)),
    seen: { '["src/*"]': 'allowed', '["lib/*"]': 'denied' },
  },
  {
    key: 'policies.agents.template_executor.can_write',
    probe: judged(executor(write)),
    seen: { '["src/*"]': 'allowed', '["lib/*"]': 'denied' },
  },
  {
    key: 'policies.agents.template_executor.cannot_write',
    given: { 'policies.agents.template_executor.can_write': ['*'] },
    probe: judged(executor(write)),
    seen: { '["/etc/*"]': 'allowed', '["src/*"]': 'denied' },
  },
  {
    key: 'policies.agents.graph_monitor.can_execute',
    given: { 'policies.security.allowed_commands.commands': ['git'] },
    probe: judged({ ...git, requester: 'graph_monitor' }),
    seen: { '[]': 'denied', '["git"]': 'allowed' },
  },
  {
    key: 'policies.network.allow_outbound',
    given: DOMAINS,
    probe: judged(fetchPage),
    seen: { true: 'allowed', false: 'denied' },
  },
  {
    key: 'policies.network.allowed_domains',
    probe: judged(fetchPage),
    seen: { '["api.example.com"]': 'allowed', '["*.example.com"]': 'allowed', '["example.org"]': 'denied' },
  },
  {
    key: 'policies.network.blocked_domains',
    given: DOMAINS,
    probe: judged(fetchPage),
    seen: { '["*.example.com"]': 'denied', '["*.example.org"]': 'allowed' },
  },
  {
    key: 'policies.network.require_tls',
    given: DOMAINS,
    probe: judged({ ...fetchPage, target: 'http://api.example.com/v1' }),
    seen: { true: 'denied', false: 'allowed' },
  },
  { key: 'approvals.enabled', probe: authorized(remove), seen: { true: 'waiting', false: 'refused' } },
  {
    key: 'approvals.default_timeout_seconds',
    probe: governed(async (governor) => {
      const answer = await governor.authorize(remove);
      const record = answer.outcome === 'refused' ? answer.approval : undefined;
      return `${(record?.decideBy ?? 0) - (record?.createdAt ?? 0)} ms`;
    }),
    seen: { 300: '300000 ms', 7: '7000 ms' },
  },
  {
    key: 'approvals.strategies.destructive_operations',
    probe: authorized(remove),
    seen: { '"single-approval"': 'waiting', '"multi-approval"': 'refused', '"auto-approval"': 'CONFIG_INVALID' },
  },
  {
    key: 'approvals.strategies.external_calls',
    given: { ...DOMAINS, 'policies.operational.require_approval_for_external_calls': true },
    probe: authorized(fetchPage),
    seen: { '"single-approval"': 'waiting', '"multi-approval"': 'refused', '"auto-approval"': 'permitted' },
  },
  {
    key: 'approvals.strategies.high_risk_operations',
    given: { 'policies.security.allowed_commands.require_approval': ['git'] },
    probe: authorized(git),
    seen: { '"single-approval"': 'waiting', '"multi-approval"': 'refused', '"auto-approval"': 'CONFIG_INVALID' },
  },
  {
    key: 'approvals.strategies.read_only_operations',
    given: { 'policies.operational.require_approval.operations': ['read_file'] },
    probe: authorized(read),
    // listed under require_approval, a read is asked about even where its class would approve itself
    seen: { '"single-approval"': 'waiting', '"multi-approval"': 'refused', '"auto-approval"': 'waiting' },
  },
  {
    key: 'approvals.multi-approval.min_approvers',
    given: SEVERAL,
    probe: approvalsNeeded,
    seen: { 1: '2 of 5', 3: '3 of 5', 5: '5 of 5', 6: 'refused at once' },
  },
  {
    key: 'approvals.multi-approval.quorum_percentage',
    given: SEVERAL,
    probe: approvalsNeeded,
    seen: { 0: '2 of 5', '0.67': '4 of 5', 1: '5 of 5' },
  },
  {
    key: 'approvals.multi-approval.byzantine_tolerance',
    given: SEVERAL,
    probe: approvalsNeeded,
    seen: { true: '4 of 5', false: '2 of 5' },
  },
  {
    key: 'approvers.user.id',
    given: { ...single('destructive_operations'), 'approvers.user.can_approve': ['*'] },
    probe: decidedBy('admin'),
    seen: { '"admin"': 'approved', '"somebody"': 'NOT_PERMITTED' },
  },
  {
    key: 'approvers.user.can_approve',
    given: { ...single('destructive_operations'), 'approvers.user.id': 'admin' },
    probe: decidedBy('admin'),
    seen: { '["*"]': 'approved', '["destructive"]': 'approved', '["graph_operations"]': 'refused at once' },
  },
  {
    key: 'approvers.user.role',
    given: { ...single('destructive_operations'), 'approvers.user.id': 'admin', 'approvers.user.can_approve': ['*'] },
    probe: governed(async (governor, folder) => {
      const answer = await governor.authorize(remove);
      const id = answer.outcome === 'refused' ? answer.approval?.id : undefined;
      await ownKey(folder.configDir, 'admin');
      const { stdout } = await runOnTerminal(`ggen-mcp approvals approve ${id}`, folder.workspace, [[CONFIRM, '']]);
      return /approve this as (.*)\?/.exec(stdout)?.[1] ?? stdout;
    }),
    seen: { '"administrator"': 'admin (administrator)', '"deputy"': 'admin (deputy)' },
  },
  { key: 'audit.enabled', probe: authorized(read), seen: { true: 'permitted', false: 'CONFIG_INVALID' } },
  {
    key: 'audit.compression_enabled',
    probe: (folder) => compactedEntries(folder),
    seen: { true: 'some', false: 'none' },
  },
  {
    key: 'audit.filters.always_log',
    given: { 'audit.filters.never_log': ['system_event'] },
    probe: loggedEvents,
    seen: { '[]': 'nothing', '["cache_hit"]': 'cache_hit', '["destructive_operation"]': 'delete_file' },
  },
  {
    key: 'audit.filters.never_log',
    probe: loggedEvents,
    seen: { '[]': 'cache_hit, template_validation, delete_file', '["cache_hit"]': 'template_validation, delete_file' },
  },
  {
    key: 'audit.filters.sampling_rates.template_validation',
    probe: loggedEvents,
    seen: { '1': 'cache_hit, template_validation, delete_file', '0': 'cache_hit, delete_file' },
  },
  {
    key: 'audit.filters.sampling_rates.cache_hit',
    probe: loggedEvents,
    seen: { '1': 'cache_hit, template_validation, delete_file', '0': 'template_validation, delete_file' },
  },
  {
    key: 'audit.storage.backend',
    probe: authorized(read),
    seen: { '"sqlite"': 'permitted', '"postgres"': 'CONFIG_INVALID', '"s3"': 'NOT_AVAILABLE' },
  },
  {
    key: 'audit.storage.connection_string',
    given: { 'audit.storage.backend': 'postgres' },
    probe: authorized(read),
    seen: { '"postgresql://nobody@127.0.0.1:1/none"': 'STORE_UNAVAILABLE', '""': 'CONFIG_INVALID' },
  },
  {
    key: 'audit.retention_days',
    probe: keptDays,
    seen: { '1': 'kept from day 9', '5': 'kept from day 5', '90': 'kept from day 0' },
  },
  {
    key: 'compliance.iso27001.audit_retention_days',
    given: {
      'audit.retention_days': 1,
      'compliance.iso27001.enabled': true,
      'compliance.iso27001.require_change_management': false,
    },
    probe: keptDays,
    seen: { '1': 'kept from day 9', '5': 'kept from day 5' },
  },
  {
    key: 'compliance.iso27001.require_change_management',
    given: {
      'audit.retention_days': 1,
      'compliance.iso27001.enabled': true,
      'compliance.iso27001.audit_retention_days': 1,
      'approvals.strategies.destructive_operations': 'single-approval',
    },
    probe: keptDays,
    seen: { true: 'kept from day 0', false: 'kept from day 9' },
  },
  {
    key: 'audit.export.enabled',
    given: { 'audit.export.destination': 'exports' },
    probe: scheduledExports,
    seen: { true: 'exports/audit-1-1.json', false: '' },
  },
  {
    key: 'audit.export.format',
    given: EXPORTING,
    probe: scheduledExports,
    seen: {
      '"json"': 'exports/audit-1-1.json',
      '"csv"': 'exports/audit-1-1.csv',
      '"parquet"': 'exports/audit-1-1.parquet',
    },
  },
  {
    key: 'audit.export.interval_hours',
    given: EXPORTING,
    probe: scheduledExports,
    seen: { '24': 'exports/audit-1-1.json', '18': 'exports/audit-1-1.json, exports/audit-2-5.json' },
  },
  {
    key: 'audit.export.destination',
    given: { 'audit.export.enabled': true },
    probe: scheduledExports,
    seen: { '".ggen/audit-exports/"': '.ggen/audit-exports/audit-1-1.json', '"elsewhere"': 'elsewhere/audit-1-1.json' },
  },
  {
    key: 'audit.storage.path',
    probe: governed(async (governor, folder) => {
      await governor.authorize(read);
      return ['.ggen/audit.db', '.ggen/other.db'].filter((name) => existsSync(folder.path(name))).join(', ');
    }),
    seen: { '".ggen/audit.db"': '.ggen/audit.db', '".ggen/other.db"': '.ggen/other.db' },
  },
];

describe('every key of the guide that is enforced has an effect', () => {
  for (const { key, given = {}, probe, seen } of EFFECTS) {
    it(key, async () => {
      const got: Record<string, string> = {};
      for (const value of Object.keys(seen)) {
        const tree = base();
        for (const [path, other] of Object.entries(given)) put(tree, path, other);
        put(tree, key, JSON.parse(value));
        got[value] = await inFolder(tree, probe);
      }
      expect(got).toEqual(seen);
    });
  }
});

async function inFolder(tree: Tree, probe: Probe): Promise<string> {
  const { policies, compliance, approvals, approvers, audit } = tree;
  const folder = openFolder({
    'governance.toml': stringify(compliance === undefined ? { policies } : { policies, compliance }),
    ...(approvals || approvers
      ? { 'approvals.toml': stringify({ ...(approvals ? { approvals } : {}), ...(approvers ? { approvers } : {}) }) }
      : {}),
    ...(audit ? { 'audit.toml': stringify({ audit }) } : {}),
  });
  try {
    return await probe(folder);
  } catch (error) {
    if (isGgenError(error)) return error.code;
    throw error;
  } finally {
    folder.remove();
  }
}

/** Sets a dotted path; `approvers.user` is the one approver in its list. */
function put(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let table = tree;
  keys.forEach((key, i) => {
    if (keys[i - 1] === 'approvers') {
      table[key] ??= [{ role: 'administrator' }];
      table = (table[key] as Tree[])[0] as Tree;
    } else {
      table[key] ??= {};
      table = table[key] as Tree;
    }
  });
  table[last] = value;
}
