/**
 * One line of a ready-made tool table. Selectors name arguments: `path`, `options.url`, `edits[].newText` (of every
 * element). Without a target the call is judged by its name, `server/tool`.
 */
export interface ToolRow {
  readonly tool: string;
  readonly operation: string;
  /** selectors of the targets: a string or a list of strings each; the first is the main target */
  readonly target?: readonly string[];
  /** what else the call touches */
  readonly also?: readonly AlsoTouched[];
  /** selector of what is written: it is searched for secrets and shown to approvers */
  readonly content?: string;
  /** arguments that would be taken for options if they began with a dash */
  readonly notOptions?: readonly string[];
}

export interface AlsoTouched {
  readonly operation: string;
  readonly select: string;
  /** selector of the folder in which relative ones start */
  readonly under?: string;
}

/** How a server reads the paths it is given, so that what is judged is what it will touch. */
export interface PathReading {
  /** where relative paths start: the working directory, or the one folder on the server's command line */
  readonly relativeTo: 'cwd' | 'served_folder';
  /** a name on disk that is the same text in another Unicode form is taken for the one asked for */
  readonly unicodeForms: boolean;
  /** paths that it would read in a way that can't be judged, with what to say of them */
  readonly refused?: { readonly pattern: RegExp; readonly why: string };
}

/** The ready-made table of one server, by its short name. */
export interface ServerTable {
  readonly server: string;
  readonly rows: readonly ToolRow[];
  readonly paths?: PathReading;
}
