import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { configError, findPlaces, type LoadedSnapshot, snapshotOf } from '../compose/index.ts';
import { defaultConfig } from '../config/index.ts';
import type { Action } from '../model/action.ts';
import type { Finding } from '../model/evidence.ts';
import { SecurityConfig } from './security-config.ts';

export type ValidationResult = { readonly safe: true } | { readonly safe: false; readonly reason: string };

/** Looks at paths and commands on their own, without rules of who may do what. */
export class SecurityAgent {
  readonly #snapshot: LoadedSnapshot;

  constructor(config: Partial<SecurityConfig> & { readonly workspace?: string } = {}) {
    const settings = { ...SecurityConfig.default(), ...config };
    const loaded = defaultConfig();
    const workspace = resolve(config.workspace ?? process.cwd());
    const built = snapshotOf(
      {
        ...loaded,
        config: {
          ...loaded.config,
          policies: {
            ...loaded.config.policies,
            security: {
              ...loaded.config.policies.security,
              inputValidation: settings.inputValidation,
              secretScanning: settings.secretScanning,
              pathTraversalProtection: settings.pathTraversalProtection,
              commandInjectionProtection: settings.commandInjectionProtection,
              maxRequestSizeMb: settings.maxRequestSizeMb,
            },
          },
        },
      },
      findPlaces({ configDir: resolve(workspace, 'config'), workspace, home: homedir() }),
      process.env,
    );
    if (!built.ok) throw configError(built.problems);
    this.#snapshot = built.snapshot;
  }

  /** Unsafe where the path leaves the workspace, by `..`, encoding tricks or symbolic links, or can't be resolved. */
  async validatePath(path: string): Promise<ValidationResult> {
    return this.#validate({ actionType: 'read_file', target: path, requester: 'security_agent' });
  }

  /** Unsafe where the command is more than one simple command of literal words, or starts other programs. */
  async validateCommand(command: string): Promise<ValidationResult> {
    return this.#validate({ actionType: 'execute_shell', target: command, requester: 'security_agent' });
  }

  #validate(action: Action): ValidationResult {
    const evidence = this.#snapshot.inspector.inspect(action);
    const bad: Finding[] = evidence.findings.filter((finding) => finding.severity !== 'warn');
    const part = evidence.parts[0];
    const path = part?.path;
    if (action.actionType === 'read_file' && bad.length === 0 && path?.startsWith('/')) {
      return { safe: false, reason: `${path} lies outside the workspace` };
    }
    return bad.length === 0
      ? { safe: true }
      : { safe: false, reason: bad.map((finding) => finding.message).join('; ') };
  }
}
