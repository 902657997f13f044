import type { Finding, UrlEvidence } from '../../model/evidence.ts';
import type { Base } from '../paths/inspect-path.ts';
import type { Program } from '../programs/index.ts';
import type { Argument, Span } from '../shell/index.ts';

/** Where a command line is analysed, and what can be looked at there. */
export interface CommandScene {
  readonly workspace: string;
  readonly home: string;
  /** where the line starts */
  readonly base: Base;
  /** variables that the policy calls harmless beside the built-in ones */
  readonly harmless: ReadonlySet<string>;
  program(name: string): Program | undefined;
  /** names in a folder, absolute; undefined where it can't be read */
  list(folder: string): readonly string[] | undefined;
  isFolder(path: string): boolean;
  exists(path: string): boolean;
  /** the file of the workspace that a bare name would start, where the search path leads there first */
  planted(name: string): string | undefined;
  enter(cwd: string, target: string): string | undefined;
}

/** A program that would be started, as policy judges it. */
export interface CommandPart extends Span {
  readonly argv: readonly string[];
  /** as it stands in the line */
  readonly text: string;
  /** a builtin of the shell that does nothing outside it */
  readonly builtin: boolean;
  /** why a person should see it, unless the lists name this very use of the program */
  readonly asks: readonly string[];
  /** words that may be files which it changes: only rule 8 looks at them */
  readonly loose: readonly string[];
  readonly cwds: readonly string[] | undefined;
}

export type TouchKind = 'read' | 'tree' | 'write' | 'delete';

/** A file or folder that a part of the line would touch. */
export interface PathTouch {
  readonly kind: TouchKind;
  readonly path: string;
  readonly cwd: string | undefined;
}

export interface UrlTouch {
  readonly target: string;
  /** where it is no http URL: what it leads to */
  readonly url?: UrlEvidence;
}

/** What a command line would do, as far as that is known before it runs. */
export interface CommandAnalysis {
  readonly parts: CommandPart[];
  readonly touches: PathTouch[];
  readonly urls: UrlTouch[];
  /** of the line as shell: what isn't known of it, or can't be */
  readonly shell: Finding[];
  /** of what its programs would do with their words */
  readonly programs: Finding[];
  /** argv of everything that was found, for the rules that hold in every mode */
  readonly words: (readonly string[])[];
}

export interface Verdicts {
  deny(span: Span | undefined, reason: string): void;
  ask(span: Span | undefined, reason: string): void;
}

/** What is asked about or refused stands here with its place in the line. */
export interface Judge {
  readonly line: string;
  readonly scene: CommandScene;
  readonly result: CommandAnalysis;
  touched: number;
  commands: number;
  readings: number;
  given: number;
  /** what the shell would do with the line */
  readonly shell: Verdicts;
  /** what a program would do with its words */
  deny: Verdicts['deny'];
  ask: Verdicts['ask'];
  warn(reason: string): void;
  /** reads one text as a shell would, and judges all that it would start */
  read(line: string, cwds: readonly string[] | undefined, depth: number, fed: boolean): void;
}

/** A word as policy and messages see it: what isn't known has no text that a list could hold. */
export function wordText({ kind, text }: Argument): string {
  if (kind === 'literal' || kind === 'glob') return text;
  return `${text}\u{fffd}`;
}
