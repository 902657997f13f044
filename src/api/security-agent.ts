import { closeSync, fstatSync, ftruncateSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { configError, findPlaces, type LoadedSnapshot, openInside, type Places, snapshotOf } from '../compose/index.ts';
import { defaultConfig, type Environment, type LoadedConfig, parseConfig } from '../config/index.ts';
import { isGgenError } from '../kernel/errors.ts';
import type { Action } from '../model/action.ts';
import type { AgentConfig } from '../model/configuration.ts';
import type { Finding } from '../model/evidence.ts';
import { addressKind } from '../security/index.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';
import { SecurityConfig } from './security-config.ts';

/** `findings` has what the reason is made of, and warnings of what is safe; absent where there is nothing to say. */
export type ValidationResult =
  | { readonly safe: true; readonly findings?: readonly Finding[] }
  | { readonly safe: false; readonly reason: string; readonly findings: readonly Finding[] };

/** The guide's secure defaults with what is given otherwise; `workspace` default the current folder. */
export interface SecurityAgentOptions extends Partial<SecurityConfig>, SourceOptions {
  /** a governance.toml: its `[policies.security]` and the hosts of its `[policies.network]` instead of the defaults */
  readonly configFile?: string | URL;
}

const REQUESTER = 'security_agent';

interface Installation {
  readonly loaded: LoadedConfig;
  readonly places: Places;
  readonly env: Environment;
  /** true: the hosts of `[policies.network]` are enforced */
  readonly lists: boolean;
  readonly requireTls: boolean;
}

/** Looks at paths, commands and URLs on their own, without rules of who may do what; and opens files that it found safe. */
export class SecurityAgent {
  readonly #snapshot: LoadedSnapshot;
  readonly #installation: Installation;

  constructor(options: SecurityAgentOptions = {}) {
    this.#installation = options.configFile === undefined ? byDefault(options) : byFile(options.configFile, options);
    const { loaded, places, env } = this.#installation;
    const built = snapshotOf(withOwnAgent(loaded), places, env);
    if (!built.ok) throw configError(built.problems);
    this.#snapshot = built.snapshot;
  }

  /** With the configuration of a governance.toml and the files beside it. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromFile(path: string | URL, options: SourceOptions = {}): SecurityAgent {
    return new SecurityAgent({ ...options, configFile: path });
  }

  /** Unsafe where the path leaves the workspace, by `..`, encoding tricks or symbolic links, or can't be resolved. */
  async validatePath(path: string, access: 'read' | 'write' = 'read'): Promise<ValidationResult> {
    return this.#validate({ actionType: `${access}_file`, target: path, requester: REQUESTER });
  }

  /**
   * Unsafe where a part of the line can't be known before it runs, runs other code through a program's options, asks for
   * a person, or reads, writes or deletes outside the workspace. Which programs may run at all is for the policy to say.
   * A list of words is taken as they are: no shell reads them.
   */
  async validateCommand(command: string | readonly string[]): Promise<ValidationResult> {
    if (typeof command === 'string') {
      return this.#validate({ actionType: 'execute_shell', target: command, requester: REQUESTER });
    }
    const target = command.map(quoted).join(' ');
    // The words are held against what the reader makes of the line; it spells a literal "~" otherwise.
    const context = command.some((word) => word.startsWith('~')) ? {} : { argv: command };
    return this.#validate({ actionType: 'execute_shell', target, requester: REQUESTER, context });
  }

  /**
   * Unsafe where programs read the URL differently, it carries a user name or passes for another host, its scheme is not
   * http, https, ws or wss, or it isn't encrypted and leaves this machine. With a configuration its lists of hosts are
   * kept; without one, addresses that only a private network has are unsafe.
   */
  async validateUrl(url: string): Promise<ValidationResult> {
    return this.#validate({ actionType: 'http_request', target: url, requester: REQUESTER });
  }

  /** What a file of the workspace holds. Throws NOT_PERMITTED, NOT_FOUND or CONFLICT; links can't be exchanged meanwhile. */
  async readFile(path: string): Promise<Buffer> {
    const { fd } = this.#open(path, 'read');
    return closing(fd, () => readFileSync(fd));
  }

  /** Writes a file of the workspace in place, or makes it in a folder that is there. Throws as readFile does. */
  async writeFile(path: string, data: string | Uint8Array): Promise<void> {
    let fd: number;
    try {
      ({ fd } = this.#open(path, 'write'));
    } catch (error) {
      if (!isGgenError(error) || error.code !== 'NOT_FOUND') throw error;
      ({ fd } = this.#open(path, 'create'));
    }
    closing(fd, () => {
      if (fstatSync(fd).size > 0) ftruncateSync(fd);
      writeFileSync(fd, data);
    });
  }

  /** The names in a folder of the workspace, sorted. Throws as readFile does. */
  async listFiles(path: string): Promise<string[]> {
    const { fd, path: folder } = this.#open(path, 'list');
    // Linux reads the folder that was verified; elsewhere a descriptor can't be listed, and its path is read again.
    const at = process.platform === 'linux' ? `/proc/self/fd/${fd}` : folder;
    return closing(fd, () => readdirSync(at).sort());
  }

  #open(path: string, access: 'read' | 'write' | 'create' | 'list') {
    return openInside(path, access, this.#installation.places, this.#snapshot.inspector);
  }

  #validate(action: Action): ValidationResult {
    const evidence = this.#snapshot.inspector.inspect(action);
    const findings: Finding[] = [...evidence.findings];
    const add = (kind: Finding['kind'], rule: string, severity: Finding['severity'], message: string): void => {
      findings.push({ kind, rule, severity, message });
    };
    for (const { actionType, path, target, asks, url } of evidence.parts) {
      if (path?.startsWith('/')) {
        const told = findings.some(({ severity, message }) => severity !== 'warn' && message.includes(`"${path}"`));
        if (!told) add('path', 'builtin.outside', 'deny', `${path} lies outside the workspace`);
      }
      if (path === '' && actionType === 'delete_file') {
        add('path', 'builtin.workspace', 'deny', `${target} is the workspace itself`);
      }
      for (const use of asks ?? []) add('command', 'builtin.asks', 'ask', `a person should see it: ${use}`);
      if (url === undefined) continue;
      const { host, scheme } = url;
      if (this.#installation.lists) {
        for (const { rule, message } of this.#networkReasons(`${scheme}://${host}:${url.port}/`)) {
          add('network', rule, 'deny', message);
        }
        continue;
      }
      const kind = addressKind(host);
      if (kind !== 'name' && kind !== 'public' && kind !== 'loopback') {
        add('network', 'builtin.private-address', 'deny', `${host} is a ${kind} address, reached only from inside`);
      }
      if (this.#installation.requireTls && (scheme === 'http' || scheme === 'ws') && kind !== 'loopback') {
        add('network', 'policies.network.require_tls', 'deny', `${scheme}://${host} is not encrypted`);
      }
    }
    const reasons = findings.filter(({ severity }) => severity !== 'warn').map(({ message }) => message);
    if (reasons.length > 0) return { safe: false, reason: reasons.join('; '), findings };
    return findings.length === 0 ? { safe: true } : { safe: true, findings };
  }

  #networkReasons(url: string): readonly { readonly rule: string; readonly message: string }[] {
    const action = { actionType: 'http_request', target: url, requester: REQUESTER };
    const decision = this.#snapshot.set.decide(action, this.#snapshot.inspector.inspect(action));
    if (decision.outcome !== 'denied') return [];
    return decision.reasons.filter(({ rule }) => rule.startsWith('policies.network.'));
  }
}

function byFile(path: string | URL, options: SourceOptions): Installation {
  const { read, env, places } = sourceOf(path, options);
  const parsed = parseConfig(read(), env);
  if (!parsed.ok) throw configError(parsed.problems);
  const { loaded } = parsed;
  return { loaded, places, env, lists: true, requireTls: loaded.config.policies.network.requireTls };
}

function byDefault(config: SecurityAgentOptions): Installation {
  const settings = { ...SecurityConfig.default(), ...config };
  const defaults = defaultConfig();
  const workspace = resolve(config.workspace ?? process.cwd());
  const { policies } = defaults.config;
  const security = {
    ...policies.security,
    inputValidation: settings.inputValidation,
    secretScanning: settings.secretScanning,
    pathTraversalProtection: settings.pathTraversalProtection,
    commandInjectionProtection: settings.commandInjectionProtection,
    maxRequestSizeMb: settings.maxRequestSizeMb,
  };
  return {
    loaded: { ...defaults, config: { ...defaults.config, policies: { ...policies, security } } },
    places: findPlaces({ configDir: resolve(workspace, 'config'), workspace, home: homedir() }),
    env: config.env ?? process.env,
    lists: false,
    requireTls: settings.requireTls,
  };
}

const NO_BOUNDS: AgentConfig = {
  canRead: undefined,
  cannotRead: [],
  canWrite: undefined,
  cannotWrite: [],
  canExecute: undefined,
  cannotExecute: [],
  canCall: undefined,
  cannotCall: [],
};

/** The same rules, enforced, with an agent of our own: only what holds for everybody is asked. */
function withOwnAgent(loaded: LoadedConfig): LoadedConfig {
  const { policies } = loaded.config;
  const agents = { ...policies.agents, [REQUESTER]: NO_BOUNDS };
  return { ...loaded, config: { ...loaded.config, policies: { ...policies, enforcementMode: 'strict', agents } } };
}

const RESERVED = /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|time|coproc|in)$/;

/** A word so that a shell reads it back as it is. */
function quoted(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) && !RESERVED.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function closing<T>(fd: number, work: () => T): T {
  try {
    return work();
  } finally {
    closeSync(fd);
  }
}
