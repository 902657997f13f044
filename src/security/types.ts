import type { Action } from '../model/action.ts';
import type { SecurityPolicyConfig } from '../model/configuration.ts';
import type { Evidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { FileSystemPort } from './ports.ts';
import type { ProtectedPaths } from './protected/places.ts';

export interface InspectorInput {
  readonly security: SecurityPolicyConfig;
  /** the catalogue's entry, built in or the user's own */
  operation(name: string): OperationSpec | undefined;
  /** absolute, symlinks resolved */
  readonly workspace: string;
  /** absolute, symlinks resolved */
  readonly home: string;
  readonly protectedPaths: ProtectedPaths;
  readonly files: FileSystemPort;
  /** the folders of PATH, in order; what can't be looked up there counts as the system's */
  readonly searchPath?: readonly string[];
  /** `[policies.network] allowed_domains`: hosts that only look like one of them are refused; default none */
  readonly knownDomains?: readonly string[];
}

/** Looks at actions before they are judged. Synchronous; never throws for what an agent wrote. */
export interface ActionInspector {
  inspect(action: Action): Evidence;
  /** `text` with every match of a secret pattern replaced by `[secret:<rule>]`, whether scanning is on or off */
  maskSecrets(text: string): string;
  /** false only where nothing in `text`, nor in any stretch of it taken by itself, would be masked */
  mayHoldSecret(text: string): boolean;
}
