import type { Readable, Writable } from 'node:stream';

/** What a command works with; nothing in src/cli reaches for process.* except main.ts and terminal.ts. */
export interface CommandContext {
  /** folder of the configuration files, from --config */
  readonly configDir: string;
  /** from --workspace */
  readonly workspace: string;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  /** what stood behind `--`; undefined where there was no `--` */
  readonly rest: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  print(line: string): void;
}

/** One option: a flag, or one that takes a value. */
export type CommandOption =
  | { readonly type: 'boolean'; readonly about: string }
  | {
      readonly type: 'string';
      /** what its value is called in the help: `DIR` */
      readonly value: string;
      readonly about: string;
    };

/** One command of the command line. */
export interface Command {
  /** as typed: `audit tail` */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** longer help, printed by --help */
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** what its exit codes mean, for the help */
  readonly exits: string;
  /** names of the words it takes, as in `usage`; the last may end in `…`: any number of them */
  readonly positionals: readonly string[];
  run(context: CommandContext): Promise<number>;
}

/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  /** the command ran and its answer is no: a failed policy test, a rejected wait */
  no: 1,
  /** bad usage, a configuration that can't be used, a fault */
  error: 2,
  requiresApproval: 3,
  denied: 4,
} as const;
