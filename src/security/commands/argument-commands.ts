import type { Json } from '../../kernel/json.ts';
import { looseCommands } from './loose-words.ts';
import { baseName, isStarter } from './program-starters.ts';
import { runsProjectCode } from './project-code.ts';

/** More than these in one call are left out; each string is still looked at as a path. */
const MAX_COMMANDS = 10_000;
const COMMAND_KEY = /cmd|command|^args?$|argv|arguments|exec|shell|script|^run|program|code/i;
const CHANGES_FILES: ReadonlySet<string> = new Set(
  (
    'rm rmdir unlink shred mv cp ln install tee dd touch truncate mkdir chmod chown chattr setfacl sed awk gawk sort ' +
    'rsync scp tar unzip zip patch ed ex vi vim nano cat head tail grep rg find curl wget git echo printf mktemp'
  ).split(' '),
);

/** Words among a tool's arguments that it may run as a command. */
export interface ArgumentCommand {
  readonly words: readonly string[];
  /** it looks like a command by its program or its name; otherwise it may be any text */
  readonly likely: boolean;
}

/**
 * What a tool may run out of its arguments: strings as command lines, lists of strings as words, and both joined where
 * they stand in one object (`{command, args}`). Only for looking up what must never be touched.
 */
export function argumentCommands(parameters: Json): ArgumentCommand[] {
  const commands: ArgumentCommand[] = [];
  const ahead: { key: string; value: Json }[] = [{ key: '', value: parameters }];
  const add = (words: readonly string[], key: string): void => {
    if (words.length === 0) return;
    const likely = COMMAND_KEY.test(key) || isProgram(words);
    // A lone word is a name, unless it is said to be a command.
    if (likely || words.length > 1) commands.push({ words, likely });
  };
  while (ahead.length > 0 && commands.length < MAX_COMMANDS) {
    const { key, value } = ahead.pop()!;
    if (typeof value === 'string') {
      for (const words of looseCommands(value)) add(words, key);
    } else if (Array.isArray(value)) {
      const members = (value as readonly Json[]).slice(0, MAX_COMMANDS);
      add(members.filter(isText), key);
      for (const member of members) ahead.push({ key, value: member });
    } else if (value !== null && typeof value === 'object') {
      const members = Object.entries(value as Readonly<Record<string, Json>>);
      const lists = members.filter(([, member]) => Array.isArray(member) && member.some(isText)).slice(0, 10);
      for (const [name, member] of members.filter(([, text]) => isText(text) && text.length <= 4096).slice(0, 100)) {
        for (const [, list] of lists) {
          const words = (list as readonly Json[]).filter(isText).slice(0, MAX_COMMANDS);
          add([...(member as string).split(/\s+/).filter((word) => word !== ''), ...words], name);
        }
      }
      for (const [name, member] of members) ahead.push({ key: name, value: member });
    }
  }
  return commands;
}

function isProgram(words: readonly string[]): boolean {
  return CHANGES_FILES.has(baseName(words[0]!)) || isStarter(words[0]!) || runsProjectCode(words);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}
