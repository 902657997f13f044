import type { JsonObject } from '../kernel/json.ts';

/** What an operation's target is, and so how it is judged. */
export type TargetKind = 'path' | 'command' | 'url' | 'name';

/** Which of an agent's bounds the target must lie in. Deleting and moving away count as writing. */
export type Access = 'read' | 'write' | 'execute' | 'connect' | 'call';

export type OperationClass = 'read_only' | 'destructive' | 'external_call' | 'high_risk';

/** The class by which only people may approve of it in the end, and each time; undefined for one of none such. */
export function graveClass({ classes }: Pick<OperationSpec, 'classes'>): 'destructive' | 'high_risk' | undefined {
  return classes.find((one) => one === 'destructive' || one === 'high_risk');
}

/** One line of the catalogue of operations. */
export interface OperationSpec {
  readonly name: string;
  readonly target: TargetKind;
  readonly access: Access;
  readonly classes: readonly OperationClass[];
  /** e.g. `template_generation`, `graph_operations`, `security_sensitive`; approvers are eligible by it */
  readonly domain: string;
  /** true where the operation looks into everything below the target (a search), so that deny lists inside it count */
  readonly recursive?: boolean;
}

/** A named operation with its parameters, as in the guide's `Operation::PublishTemplate { template_id }`. */
export interface Operation {
  readonly name: string;
  readonly parameters?: JsonObject;
}

/** The operations that come with the system; users add their own in `[operations.NAME]`. */
export const BUILTIN_OPERATIONS: readonly OperationSpec[] = [
  { name: 'read_file', target: 'path', access: 'read', classes: ['read_only'], domain: 'files' },
  { name: 'list_files', target: 'path', access: 'read', classes: ['read_only'], domain: 'files' },
  { name: 'search_files', target: 'path', access: 'read', classes: ['read_only'], domain: 'files', recursive: true },
  { name: 'write_file', target: 'path', access: 'write', classes: [], domain: 'files' },
  { name: 'create_directory', target: 'path', access: 'write', classes: [], domain: 'files' },
  { name: 'delete_file', target: 'path', access: 'write', classes: ['destructive'], domain: 'files' },
  { name: 'execute_shell', target: 'command', access: 'execute', classes: ['high_risk'], domain: 'security_sensitive' },
  { name: 'http_request', target: 'url', access: 'connect', classes: ['external_call'], domain: 'network' },
  { name: 'web_search', target: 'name', access: 'call', classes: ['external_call'], domain: 'network' },
  { name: 'call_tool', target: 'name', access: 'call', classes: [], domain: 'tools' },
  { name: 'execute_sparql', target: 'name', access: 'call', classes: ['read_only'], domain: 'graph_operations' },
  { name: 'validate_template', target: 'path', access: 'read', classes: ['read_only'], domain: 'template_generation' },
  { name: 'generate_template', target: 'path', access: 'write', classes: [], domain: 'template_generation' },
  { name: 'generate_graph', target: 'path', access: 'write', classes: [], domain: 'graph_operations' },
  { name: 'modify_graph', target: 'path', access: 'write', classes: [], domain: 'graph_operations' },
  { name: 'erase_audit_entries', target: 'name', access: 'call', classes: ['destructive'], domain: 'audit' },
  { name: 'publish_template', target: 'name', access: 'call', classes: ['high_risk'], domain: 'template_generation' },
];
