import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Action } from '../../model/action.ts';
import type { RuleEntry, SecurityPolicyConfig } from '../../model/configuration.ts';
import type { Evidence, Finding } from '../../model/evidence.ts';
import { BUILTIN_OPERATIONS } from '../../model/operation.ts';
import { type ActionInspector, createInspector, protectedPathsFor } from '../../security/index.ts';
import { nodeFileSystem } from './index.ts';

/** The guide's own patterns. */
export const GUIDE_PATTERNS = [
  '(?i)(api[_-]?key|apikey)\\s*[:=]\\s*[\'"]?([a-zA-Z0-9_-]{20,})[\'"]?',
  '(?i)(password|passwd|pwd)\\s*[:=]\\s*[\'"]?([^\'"\\s]{8,})[\'"]?',
  '-----BEGIN (RSA |DSA )?PRIVATE KEY-----',
];

/** The guide's security settings, with what a test wants otherwise. */
export function securitySettings(more: Partial<SecurityPolicyConfig> = {}): SecurityPolicyConfig {
  return {
    enabled: true,
    inputValidation: true,
    secretScanning: true,
    pathTraversalProtection: true,
    commandInjectionProtection: true,
    maxRequestSizeMb: 1,
    allowedCommands: { commands: [], requireApproval: [] },
    harmlessVariables: [],
    programs: {},
    secretPatterns: { patterns: GUIDE_PATTERNS.map(entry), action: 'block' },
    ...more,
  };
}

export function entry(pattern: string): RuleEntry {
  return { pattern, match: [], noMatch: [] };
}

/** A workspace and a home in a temporary folder of the real file system, with an inspector over them. */
export interface TempWorkspace {
  readonly root: string;
  readonly workspace: string;
  readonly home: string;
  file(path: string, text?: string): void;
  folder(path: string): void;
  link(path: string, to: string): void;
  hardLink(path: string, existing: string): void;
  inspector(more?: Partial<SecurityPolicyConfig>): ActionInspector;
  inspect(actionType: string, target: string, more?: Partial<Action>): Evidence;
  /** severities and rules of what is found, `block policies.security.…` */
  found(actionType: string, target: string, more?: Partial<Action>): string[];
  remove(): void;
}

export function openTempWorkspace(): TempWorkspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-inspect-')));
  const workspace = join(root, 'ws');
  const home = join(root, 'home');
  mkdirSync(workspace);
  mkdirSync(home);
  const at = (path: string): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  const inspector = (more: Partial<SecurityPolicyConfig> = {}): ActionInspector =>
    createInspector({
      security: securitySettings(more),
      operation: (name) => BUILTIN_OPERATIONS.find((operation) => operation.name === name),
      workspace,
      home,
      protectedPaths: protectedPathsFor({
        workspace,
        configDir: join(workspace, 'config'),
        storePath: join(workspace, '.ggen/audit.db'),
        witnesses: [],
        exportDir: join(workspace, '.ggen/audit-exports'),
        programDir: '/opt/ggen-governance',
        home,
        env: {},
      }),
      files: nodeFileSystem(),
    });
  const usual = inspector();
  const inspect = (actionType: string, target: string, more: Partial<Action> = {}): Evidence =>
    usual.inspect({ actionType, target, requester: 'writer', ...more });
  return {
    root,
    workspace,
    home,
    file: (path, text = '') => writeFileSync(at(path), text),
    folder: (path) => mkdirSync(at(path), { recursive: true }),
    link: (path, to) => symlinkSync(to, at(path)),
    hardLink: (path, existing) => linkSync(join(root, existing), at(path)),
    inspector,
    inspect,
    found: (...action) => inspect(...action).findings.map(brief),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export function brief(finding: Finding): string {
  return `${finding.severity} ${finding.rule}`;
}
