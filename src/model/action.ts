import type { JsonObject } from '../kernel/json.ts';

/** The door an action came through. Doors translate; they never decide. */
export type Door = 'mcp_proxy' | 'claude_code' | 'library' | 'cli';

/**
 * One attempt at an operation by a requester. JSON spelling is snake_case (`action_type`, `correlation_id`).
 * The requester is named by the door (its command line, its session), never by the message it carries.
 */
export interface Action {
  /** the operation's name in the catalogue, e.g. `write_file` */
  readonly actionType: string;
  /** path, command line, URL or name, as the agent gave it */
  readonly target: string;
  /** what would be written or sent; never recorded, only its digest */
  readonly content?: string;
  readonly requester: string;
  /** the operation's further parameters (a tool's arguments, a template id) */
  readonly parameters?: JsonObject;
  /** further things that the same attempt touches (the other end of a move); the strictest verdict wins */
  readonly parts?: readonly ActionPart[];
  readonly context?: ActionContext;
}

export interface ActionPart {
  readonly actionType: string;
  readonly target: string;
}

export interface ActionContext {
  /** where relative targets start; default the workspace */
  readonly cwd?: string;
  readonly session?: string;
  /** model provider whose rate limit counts, e.g. `anthropic` */
  readonly provider?: string;
  /** the words of a command, where the caller has them */
  readonly argv?: readonly string[];
  /** environment that the command is given on top of the agent's own */
  readonly env?: Readonly<Record<string, string>>;
  /** quality measures, e.g. `{test_coverage: 0.8}` */
  readonly measures?: Readonly<Record<string, number>>;
  readonly correlationId?: string;
  readonly justification?: string;
  readonly door?: Door;
}
