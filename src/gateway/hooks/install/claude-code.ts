import { join } from 'node:path';
import { GgenError } from '../../../kernel/errors.ts';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { readSettings, removeSettings, writeSettings } from './settings-file.ts';

export interface InstallPlace {
  /** true: this project's .claude/settings.json; false: the user's own */
  readonly project: boolean;
  readonly workspace: string;
  readonly home: string;
}

export interface InstallOptions extends InstallPlace {
  readonly configDir: string;
  readonly agent: string;
  /** default `anthropic` */
  readonly provider?: string;
  /** absolute path of the Node that runs the hook */
  readonly node: string;
  /** absolute path of bin/ggen-mcp */
  readonly launcher: string;
}

const EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'] as const;
/** Seconds; longer than the hook's own deadline, so that it denies before the client gives up on it. */
const TIMEOUT = 30;
/** How we know our own entries again: the words every command of ours holds. */
const MARK = /\bhook claude-code\b/;

export function settingsPath({ project, workspace, home }: InstallPlace): string {
  return join(project ? workspace : home, '.claude', 'settings.json');
}

/** Adds our hooks to the client's settings, in the place of older ones of ours; false where they stood there already. */
export function installClaudeCode(options: InstallOptions): boolean {
  const path = settingsPath(options);
  const before = readSettings(path);
  const cleared = withoutOurs(before.value, path);
  const hooks: Record<string, Json> = { ...asObject(cleared.hooks, path, 'hooks') };
  for (const event of EVENTS) hooks[event] = [...asList(hooks[event], path, event), entry(options, event)];
  return writeSettings(path, before, { ...cleared, hooks });
}

/** Takes exactly our hooks out again; a file that holds nothing else then is removed. False where there were none. */
export function uninstallClaudeCode(place: InstallPlace): boolean {
  const path = settingsPath(place);
  const before = readSettings(path);
  if (before.text === undefined) return false;
  const cleared = withoutOurs(before.value, path);
  if (JSON.stringify(cleared) === JSON.stringify(before.value)) return false;
  if (Object.keys(cleared).length === 0) removeSettings(path);
  else writeSettings(path, before, cleared);
  return true;
}

function entry(options: InstallOptions, event: (typeof EVENTS)[number]): JsonObject {
  const words = [
    options.node,
    options.launcher,
    'hook',
    'claude-code',
    '--agent',
    options.agent,
    '--config',
    options.configDir,
  ];
  if (options.provider !== undefined) words.push('--provider', options.provider);
  if (options.project) words.push('--workspace', options.workspace);
  const command = words.map(shellQuote).join(' ');
  // The client runs the tool when a hook crashes, is missing or times out, unless told to block; one that is too old
  // to know onFailure still takes exit 2.
  const hook: JsonObject =
    event === 'PreToolUse'
      ? { type: 'command', command: `${command} || exit 2`, timeout: TIMEOUT, onFailure: 'block' }
      : { type: 'command', command, timeout: TIMEOUT };
  return { matcher: '*', hooks: [hook] };
}

/** The settings without any hook of ours, and without what is empty only since ours are gone. */
function withoutOurs(settings: JsonObject, path: string): JsonObject {
  if (settings.hooks === undefined) return settings;
  const hooks: Record<string, Json> = {};
  let found = false;
  for (const [event, groups] of Object.entries(asObject(settings.hooks, path, 'hooks'))) {
    const list = asList(groups, path, event);
    const kept = list.map((group) => withoutOurHooks(group)).filter((group) => group !== undefined);
    if (JSON.stringify(kept) === JSON.stringify(list)) {
      hooks[event] = groups;
      continue;
    }
    found = true;
    if (kept.length) hooks[event] = kept;
  }
  if (!found) return settings;
  const { hooks: _ours, ...others } = settings;
  if (Object.keys(hooks).length === 0) return others;
  // keep the key where it stood
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, key === 'hooks' ? hooks : value]));
}

function withoutOurHooks(group: Json): Json | undefined {
  if (group === null || typeof group !== 'object' || Array.isArray(group)) return group;
  const { hooks } = group as JsonObject;
  if (!Array.isArray(hooks)) return group;
  const kept = hooks.filter((hook: Json) => !isOurs(hook));
  if (kept.length === hooks.length) return group;
  return kept.length ? { ...(group as JsonObject), hooks: kept } : undefined;
}

function isOurs(hook: Json): boolean {
  if (hook === null || typeof hook !== 'object' || Array.isArray(hook)) return false;
  const { command } = hook as JsonObject;
  return typeof command === 'string' && command.includes('ggen-mcp') && MARK.test(command);
}

function asObject(value: Json | undefined, path: string, what: string): JsonObject {
  if (value === undefined) return {};
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
  throw new GgenError('CONFIG_INVALID', `${what} is not a table in ${path}`, { hint: 'nothing was changed' });
}

function asList(value: Json | undefined, path: string, what: string): readonly Json[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new GgenError('CONFIG_INVALID', `hooks.${what} is not a list in ${path}`, { hint: 'nothing was changed' });
}

function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
