import { canonicalJson } from '../../../kernel/canonical-json.ts';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { Action, ActionPart } from '../../../model/action.ts';
import type { ToolMapping } from '../../../model/configuration.ts';
import { mapToolCall } from '../../mcp/index.ts';

/** What a tool's call would do; or why that can't be said, which denies it. */
export type MappedTool =
  | { readonly ok: true; readonly action: Pick<Action, 'actionType' | 'target' | 'content' | 'parameters' | 'parts'> }
  | { readonly ok: false; readonly problem: string };

export interface ToolPlaces {
  readonly cwd: string;
  readonly home: string;
}

/**
 * Turns a call of one of Claude Code's tools into the action it is. Arguments that don't change what happens (a
 * description for the person, a timeout) are left out, so that the same call made again matches its approval.
 */
export function mapTool(
  tool: string,
  input: JsonObject,
  places: ToolPlaces,
  mappings: readonly ToolMapping[],
): MappedTool {
  switch (tool) {
    case 'Bash':
      return withTarget(
        input,
        'command',
        'execute_shell',
        pick(input, ['run_in_background', 'dangerouslyDisableSandbox']),
      );
    case 'Read':
      return withTarget(input, 'file_path', 'read_file');
    case 'NotebookRead':
      return withTarget(input, 'notebook_path', 'read_file');
    case 'LS':
      return withTarget(input, 'path', 'list_files');
    case 'Write':
      return withContent(withTarget(input, 'file_path', 'write_file'), input.content);
    case 'Edit':
    case 'MultiEdit':
      return withContent(withTarget(input, 'file_path', 'write_file'), canonicalJson(without(input, ['file_path'])));
    case 'NotebookEdit':
      return withContent(
        withTarget(input, 'notebook_path', 'write_file'),
        canonicalJson(without(input, ['notebook_path'])),
      );
    case 'Glob':
      return search(input, 'list_files', places, typeof input.pattern === 'string' ? [input.pattern] : []);
    case 'Grep':
      return search(input, 'search_files', places, typeof input.glob === 'string' ? [input.glob] : []);
    case 'WebFetch':
      return withTarget(input, 'url', 'http_request');
    case 'WebSearch':
      return withTarget(input, 'query', 'web_search');
    default:
      return tool.startsWith('mcp__') ? mcpTool(tool, input, places, mappings) : named(tool, input);
  }
}

function withTarget(input: JsonObject, argument: string, actionType: string, parameters?: JsonObject): MappedTool {
  const target = input[argument];
  if (typeof target !== 'string') return { ok: false, problem: `the argument ${argument} is missing or no text` };
  return {
    ok: true,
    action: { actionType, target, ...(parameters && Object.keys(parameters).length ? { parameters } : {}) },
  };
}

function withContent(mapped: MappedTool, content: Json | undefined): MappedTool {
  if (!mapped.ok) return mapped;
  if (typeof content !== 'string') return { ok: false, problem: 'the content is missing or no text' };
  return { ok: true, action: { ...mapped.action, content } };
}

/** A search begins in `path`, or where the agent stands; a file pattern may lead elsewhere, and is judged too. */
function search(input: JsonObject, actionType: string, places: ToolPlaces, patterns: readonly string[]): MappedTool {
  const start = input.path ?? places.cwd;
  if (typeof start !== 'string') return { ok: false, problem: 'the argument path is no text' };
  const parts: ActionPart[] = [];
  for (const pattern of patterns) {
    if (mayLeadElsewhere(pattern)) {
      return { ok: false, problem: 'the file pattern may lead out of the folder; search in the folder that is meant' };
    }
    // What stands before the first wildcard is a folder that the search really looks into.
    const fixed = pattern.slice(0, pattern.search(/[*?[{]|$/));
    const folder = fixed.slice(0, fixed.lastIndexOf('/') + 1);
    const absolute = pattern.startsWith('/') || pattern.startsWith('~');
    if (absolute) parts.push({ actionType, target: folder || '/' });
    else if (folder !== '') parts.push({ actionType, target: `${start.replace(/\/$/, '')}/${folder}` });
  }
  return {
    ok: true,
    action: { actionType, target: start, parameters: without(input, ['path']), ...(parts.length ? { parts } : {}) },
  };
}

/**
 * THREAT: `{..,src}`, `.{.,x}` and `[.][.]` name the folder above as `..` does. Alternatives and classes may hold no
 * slash and no `~`, and before the last slash no dot either; `*.{ts,tsx}` is what they are for.
 */
function mayLeadElsewhere(pattern: string): boolean {
  const segments = pattern.split(/[/\\]/);
  if (segments.some((segment) => segment.includes('..')) || /[{[][^}\]]*[/\\~]/.test(pattern)) return true;
  return segments.slice(0, -1).some((segment) => /[{[]/.test(segment) && segment.includes('.'));
}

/** `mcp__SERVER__TOOL`, by the same table as the MCP proxy. */
function mcpTool(name: string, input: JsonObject, places: ToolPlaces, mappings: readonly ToolMapping[]): MappedTool {
  const rest = name.slice('mcp__'.length);
  const cut = rest.indexOf('__');
  if (cut <= 0) return named(name, input);
  const mapped = mapToolCall(rest.slice(0, cut), rest.slice(cut + 2), input, mappings, {
    ...places,
    servedFolder: undefined,
  });
  return mapped.ok ? { ok: true, action: mapped.action } : mapped;
}

function named(tool: string, input: JsonObject): MappedTool {
  return { ok: true, action: { actionType: 'call_tool', target: tool, parameters: input } };
}

function pick(input: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => input[key] !== undefined).map((key) => [key, input[key]!]));
}

function without(input: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([key]) => !keys.includes(key)));
}
