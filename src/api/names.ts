import type { Json, JsonObject } from '../kernel/json.ts';
import type { Operation as OperationRecord } from '../model/operation.ts';

/** The operations that come with the system, under the guide's names. */
export const ActionType = {
  ReadFile: 'read_file',
  ListFiles: 'list_files',
  SearchFiles: 'search_files',
  WriteFile: 'write_file',
  CreateDirectory: 'create_directory',
  DeleteFile: 'delete_file',
  ExecuteShell: 'execute_shell',
  HttpRequest: 'http_request',
  WebSearch: 'web_search',
  CallTool: 'call_tool',
  ExecuteSparql: 'execute_sparql',
  ValidateTemplate: 'validate_template',
  GenerateTemplate: 'generate_template',
  GenerateGraph: 'generate_graph',
  ModifyGraph: 'modify_graph',
  PublishTemplate: 'publish_template',
} as const;
export type ActionType = (typeof ActionType)[keyof typeof ActionType];

export const EventType = {
  TemplateGeneration: 'template_generation',
  GraphOperation: 'graph_operation',
  ApprovalRequest: 'approval_request',
  ApprovalDecision: 'approval_decision',
  PolicyViolation: 'policy_violation',
  SecurityIncident: 'security_incident',
  AgentAction: 'agent_action',
  SystemEvent: 'system_event',
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export const ActorType = { User: 'user', Agent: 'agent', System: 'system' } as const;
export type ActorType = (typeof ActorType)[keyof typeof ActorType];

export const OperationResult = {
  Success: 'success',
  Failure: 'failure',
  Denied: 'denied',
  Pending: 'pending',
  Unknown: 'unknown',
} as const;
export type OperationResult = (typeof OperationResult)[keyof typeof OperationResult];

type Parameters = Readonly<Record<string, Json>>;

/** `templateId` → `template_id`: parameters are snake_case wherever they are stored. */
function operation(name: string, parameters?: Parameters): OperationRecord {
  if (parameters === undefined) return { name };
  const stored: Record<string, Json> = {};
  for (const [key, value] of Object.entries(parameters)) {
    stored[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
  }
  return { name, parameters: stored as JsonObject };
}

const named =
  (name: string) =>
  (parameters?: Parameters): OperationRecord =>
    operation(name, parameters);

/** One function per operation, as in the guide's `Operation::PublishTemplate { template_id }`. */
export const Operation = {
  readFile: named('read_file'),
  listFiles: named('list_files'),
  searchFiles: named('search_files'),
  writeFile: named('write_file'),
  createDirectory: named('create_directory'),
  deleteFile: named('delete_file'),
  executeShell: named('execute_shell'),
  httpRequest: named('http_request'),
  webSearch: named('web_search'),
  callTool: named('call_tool'),
  executeSparql: named('execute_sparql'),
  validateTemplate: named('validate_template'),
  generateTemplate: (parameters?: { description: string; format: string }) =>
    operation('generate_template', parameters),
  generateGraph: named('generate_graph'),
  modifyGraph: named('modify_graph'),
  publishTemplate: (parameters: { templateId: string }) => operation('publish_template', parameters),
  /** an operation of your own, declared in `[operations.NAME]` */
  custom: operation,
};
export type Operation = OperationRecord;
