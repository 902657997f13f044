import { isAbsolute } from 'node:path';
import type { JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import type { Action, ActionPart } from '../../model/action.ts';
import type { ToolMapping } from '../../model/configuration.ts';
import { BUILTIN_OPERATIONS } from '../../model/operation.ts';
import { selectContent, selectStrings } from './argument-select.ts';
import { type PathReading, READY_MADE_TABLES, type ToolRow } from './tables/index.ts';

/** What the mapping must know of the server's surroundings. */
export interface ServerFacts {
  /** working directory of the server */
  readonly cwd: string;
  /** the folder in which the server starts relative paths; undefined where it has none, several, or may change it */
  readonly servedFolder: string | undefined;
  /** default: by the built-in catalogue */
  readonly isPathOperation?: (operation: string) => boolean;
}

/** What a tool's call would do, without who asks for it; or why that can't be said. */
export type MappedCall =
  | {
      readonly ok: true;
      readonly action: Pick<Action, 'actionType' | 'target' | 'content' | 'parameters' | 'parts'>;
      /** where the action's relative targets start */
      readonly cwd: string;
    }
  | { readonly ok: false; readonly problem: string };

const MAX_TARGETS = 10_000;
const PATH_OPERATIONS = new Set(BUILTIN_OPERATIONS.filter((spec) => spec.target === 'path').map((spec) => spec.name));
const DEFAULT_FACTS: ServerFacts = { cwd: '/', servedFolder: undefined };

/**
 * Turns a call of a server's tool into the action it is: by the first matching line of `[[gateway.tool]]`, else by the
 * ready-made table of that server, else as `call_tool` on `server/tool`.
 * INVARIANT: a target argument that is missing, is not text or can't be read as the server will read it is a problem,
 * never a guess: what can't be judged isn't done.
 */
export function mapToolCall(
  server: string,
  tool: string,
  args: JsonObject,
  mappings: readonly ToolMapping[],
  facts: ServerFacts = DEFAULT_FACTS,
): MappedCall {
  const table = READY_MADE_TABLES.find((candidate) => candidate.server === server);
  const custom = mappings.find((line) => matches(line.server, server) && matches(line.tool, tool));
  const row = custom ? fromConfig(custom, tool) : table?.rows.find((candidate) => candidate.tool === tool);
  const reader = new TargetReader(args, table?.paths, facts);
  const own = `${server}/${tool}`;
  if (!row) return { ok: true, action: { actionType: 'call_tool', target: own, parameters: args }, cwd: facts.cwd };
  for (const name of row.notOptions ?? []) reader.refuseOption(name);
  const targets = row.target?.length ? reader.read(row.operation, row.target) : [own];
  const parts: ActionPart[] = targets.slice(1).map((target) => ({ actionType: row.operation, target }));
  for (const also of row.also ?? []) {
    for (const target of reader.read(also.operation, [also.select], also.under)) {
      parts.push({ actionType: also.operation, target });
    }
  }
  const main: ActionPart = { actionType: row.operation, target: targets[0] ?? own };
  for (const { actionType, target } of [main, ...parts]) parts.push(...reader.otherForms(actionType, target));
  if (parts.length > MAX_TARGETS) reader.problem ??= `more than ${MAX_TARGETS} targets in one call`;
  if (reader.problem !== undefined) return { ok: false, problem: reader.problem };
  const content = row.content === undefined ? undefined : selectContent(args, row.content);
  return {
    ok: true,
    action: {
      ...main,
      ...(content === undefined ? {} : { content }),
      parameters: args,
      ...(parts.length > 0 ? { parts } : {}),
    },
    cwd: facts.cwd,
  };
}

function matches(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name;
}

function fromConfig(line: ToolMapping, tool: string): ToolRow {
  const operation = line.alsoOperation ?? line.operation;
  return {
    tool,
    operation: line.operation,
    target: line.target,
    also: line.also.map((select) => ({ operation, select })),
    ...(line.content === undefined ? {} : { content: line.content }),
  };
}

/** Reads targets as the server will, and keeps the first thing that stands in the way. */
class TargetReader {
  problem: string | undefined;
  private readonly args: JsonObject;
  private readonly paths: PathReading | undefined;
  private readonly facts: ServerFacts;

  constructor(args: JsonObject, paths: PathReading | undefined, facts: ServerFacts) {
    this.args = args;
    this.paths = paths;
    this.facts = facts;
  }

  read(operation: string, selectors: readonly string[], under?: string): string[] {
    const targets: string[] = [];
    for (const selector of selectors) {
      const found = selectStrings(this.args, selector);
      if (!found)
        this.problem ??= `argument ${printable(selector)} must be text (or a list of texts): it says what the call is about`;
      else for (const text of found) targets.push(this.isPath(operation) ? this.path(text, under) : text);
    }
    return targets;
  }

  /** THREAT: a server that hands arguments to a program passes options on, such as `--output=FILE`. */
  refuseOption(selector: string): void {
    const found = selectStrings(this.args, selector) ?? [];
    if (found.some((text) => text.trimStart().startsWith('-'))) {
      this.problem ??= `argument ${selector} begins with a dash, and would be taken for an option`;
    }
  }

  /** THREAT: a path in another Unicode form opens the same file with this server, but matches no rule. */
  otherForms(operation: string, target: string): ActionPart[] {
    if (!this.paths?.unicodeForms || !this.isPath(operation)) return [];
    const forms = new Set([target.normalize('NFC'), target.normalize('NFD')]);
    forms.delete(target);
    return [...forms].map((form) => ({ actionType: operation, target: form }));
  }

  private isPath(operation: string): boolean {
    return this.facts.isPathOperation?.(operation) ?? PATH_OPERATIONS.has(operation);
  }

  private path(text: string, under: string | undefined): string {
    const { paths, facts } = this;
    if (under !== undefined) {
      const folder = this.read('read_file', [under])[0] ?? '';
      return isAbsolute(text) ? text : `${folder}/${text}`;
    }
    if (!paths) return text;
    if (paths.refused?.pattern.test(text))
      this.problem ??= `path ${printable(text)} can't be judged: ${paths.refused.why}`;
    // `..` is left as it is: the inspector judges where it leads. `~` is the home directory to it too.
    if (paths.relativeTo === 'cwd' || isAbsolute(text) || /^~(?:\/|$)/.test(text)) return text;
    if (facts.servedFolder !== undefined) return `${facts.servedFolder}/${text}`;
    this.problem ??= `path ${printable(text)} is relative, and where this server starts it is not known here: give it in full`;
    return text;
  }
}
