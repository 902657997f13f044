import { parse } from 'unbash';
import { splitLiteralCommand } from '../../kernel/shell-words.ts';
import { literal } from './arguments.ts';
import { isBuiltin } from './builtins.ts';
import type { Scope, Value } from './scope.ts';
import { walkScript } from './walk.ts';
import type { FoundCommand, FoundRedirect, Problem, Walk } from './walk-state.ts';

const MAX_LENGTH = 65_536;
/** No line that a person wrote has nearly as many. */
const MAX_NODES = 5000;

// Control characters but newline and tab, line separators, bidi and zero-width characters, tags, lone surrogates, and
// spaces that are no spaces to a shell.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

/** Everything that a line would start and open, and why parts of it can't be let through. */
export interface ShellReading {
  readonly commands: readonly FoundCommand[];
  readonly redirects: readonly FoundRedirect[];
  readonly problems: readonly Problem[];
}

export interface ShellScene {
  /** absolute */
  readonly home: string;
  /** where the line starts, absolute; undefined: nobody knows */
  readonly cwd: string | undefined;
  /** names of variables that the policy calls harmless */
  readonly harmless: ReadonlySet<string>;
  /** every word with its own place in the line, which costs more for the simplest lines */
  readonly placed?: boolean;
  /** standard input is fed by somebody */
  readonly fed?: boolean;
  /** the folder that `cd target` leads to from `cwd`; undefined where nobody knows */
  enter(cwd: string, target: string): string | undefined;
}

/**
 * Reads a line as bash and zsh would. Never throws. What it doesn't know is a problem: a line without problems starts
 * exactly `commands` and opens exactly `redirects`. Linear in the length of the line, and bounded.
 */
export function readShell(line: string, scene: ShellScene): ShellReading {
  const cwds = scene.cwd === undefined ? undefined : [scene.cwd];
  const refuse = (reason: string, pos: number, end: number): ShellReading => ({
    commands: [],
    redirects: [],
    problems: [{ verdict: 'deny', reason, pos, end }],
  });
  if (line.length > MAX_LENGTH) return refuse(`it is longer than ${MAX_LENGTH} characters`, MAX_LENGTH, line.length);
  const hidden = HIDDEN.exec(line);
  if (hidden) {
    const hex = hidden[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return refuse(`it holds the hidden character U+${hex}`, hidden.index, hidden.index + hidden[0].length);
  }
  // The common case, without the grammar: one program with literal words.
  const simple = scene.placed ? undefined : splitLiteralCommand(line);
  if (simple?.ok && !isBuiltin(simple.argv[0]!)) {
    const span = { pos: 0, end: line.length };
    const argv = simple.argv.map((word, index) =>
      literal(index > 0 && word.startsWith('~') ? `./${word}` : word, span),
    );
    return { commands: [{ argv, cwds, fed: scene.fed ?? false, ...span }], redirects: [], problems: [] };
  }
  const variables = new Map<string, Value>([['HOME', { text: scene.home, glob: false }]]);
  if (scene.cwd !== undefined) variables.set('PWD', { text: scene.cwd, glob: false });
  const scope: Scope = { home: scene.home, cwds, variables };
  const walk: Walk = {
    commands: [],
    redirects: [],
    problems: [],
    budget: MAX_NODES,
    enter: scene.enter,
    harmless: scene.harmless,
    script: walkScript,
    depth: 0,
    offset: 0,
  };
  try {
    const script = parse(line);
    if (script.commands.length === 0 && !script.errors?.length) return refuse('it is empty', 0, 0);
    walkScript(walk, script, scope, scene.fed);
  } catch (error) {
    // Too deep for the stack, here or in the parser.
    if (!(error instanceof RangeError)) throw error;
    return refuse('it is nested too deeply', 0, line.length);
  }
  return walk;
}
