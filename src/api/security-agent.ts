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

  /**
   * Unsafe where a part of the line can't be known before it runs, runs other code through a program's options, asks for
   * a person, or reads, writes or deletes outside the workspace. Which programs may run at all is for the policy to say.
   */
  async validateCommand(command: string): Promise<ValidationResult> {
    return this.#validate({ actionType: 'execute_shell', target: command, requester: 'security_agent' });
  }

  #validate(action: Action): ValidationResult {
    const evidence = this.#snapshot.inspector.inspect(action);
    const bad: Finding[] = evidence.findings.filter((finding) => finding.severity !== 'warn');
    const reasons = bad.map((finding) => finding.message);
    for (const { actionType, path, target, asks } of evidence.parts) {
      if (path?.startsWith('/')) reasons.push(`${path} lies outside the workspace`);
      else if (path === '' && actionType === 'delete_file') reasons.push(`${target} is the workspace itself`);
      for (const use of asks ?? []) reasons.push(`a person should see it: ${use}`);
    }
    return reasons.length === 0 ? { safe: true } : { safe: false, reason: reasons.join('; ') };
  }
}
