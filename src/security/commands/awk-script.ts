/**
 * Why an awk program can't be let through, as a clause; undefined where it only works on the text that it reads.
 * THREAT: `system()`, `|` and `getline` run commands, `>` writes files, `@load` and `@include` bring code. The program is
 * read as a row of tokens: what may be one of these is refused, wherever it stands.
 */
export function refusedInAwk(program: string): string | undefined {
  const code = withoutTexts(program);
  // THREAT: whether a slash divides or starts a pattern only awk's grammar knows: these are looked for everywhere.
  if (/\bsystem\s*\(|\bsystem\\\n/.test(program)) return '"system" runs commands';
  if (/\bgetline\b/.test(program)) return '"getline" reads other files and commands';
  if (code === undefined) return 'a text or a pattern in it never ends, or may end elsewhere';
  if (/\bsystem\b/.test(code)) return '"system" runs commands';
  if (/\bgetline\b/.test(code)) return '"getline" reads other files and commands';
  if (/@/.test(code)) return '"@" brings code or calls what is not known';
  if (/(?<!\|)\|(?!\|)/.test(code)) return '"|" runs commands';
  if (/\b(?:ENVIRON|PROCINFO|ARGV|ARGC|SYMTAB|FUNCTAB)\b/.test(code))
    return 'it looks at or changes what it was started with';
  // A `>` after print is a file; elsewhere it compares.
  const joined = code.replace(/(?:\\|,|&&|\|\||[?:])\s*\n/g, ' ');
  for (const statement of joined.split(/[;}\n]/)) {
    const print = statement.search(/\bprintf?\b/);
    if (print >= 0 && statement.includes('>', print)) return '">" after print writes a file';
  }
  return undefined;
}

/** The program with its strings and patterns taken out; undefined where one never ends. */
function withoutTexts(program: string): string | undefined {
  let code = '';
  let operand = false;
  let word = '';
  for (let at = 0; at < program.length; at += 1) {
    const c = program[at]!;
    if (c === '#') {
      while (at < program.length && program[at] !== '\n') at += 1;
      code += '\n';
      operand = false;
      continue;
    }
    if (c === '\n') operand = false;
    if (c === '\\' && program[at + 1] === '\n') {
      code += '\\\n';
      at += 1;
      continue;
    }
    if (c === '/' && mayBeEither(code.slice(-64), operand, program, at + 1)) return undefined;
    // A slash divides behind a value, and starts a pattern elsewhere.
    if (c === '"' || (c === '/' && !operand)) {
      if (c === '/' && hasOpenBracket(program, at + 1)) return undefined;
      for (at += 1; at < program.length; at += 1) {
        const inner = program[at];
        if (inner === '\\') at += 1;
        else if (inner === '\n') return undefined;
        else if (inner === c) break;
      }
      if (at >= program.length) return undefined;
      code += '""';
      operand = true;
      continue;
    }
    code += c;
    if (/[\w)\].]/.test(c)) operand = true;
    else if (!/\s/.test(c)) operand = false;
    word = /\w/.test(c) ? (word + c).slice(-8) : '';
    // Behind these words a slash starts a pattern.
    if (/[A-Za-z]/.test(c) && /^(?:print|printf|return|exit|in|case|if|while|else|do)$/.test(word)) {
      operand = false;
    }
  }
  return code;
}

/**
 * Whether the slash could as well be the other: behind `)` and `++` it divides or starts a pattern, and where texts would
 * begin and end depends on it.
 */
function mayBeEither(code: string, operand: boolean, program: string, from: number): boolean {
  const before = code.trimEnd();
  // Some awks take a slash behind `length` without brackets for the start of a pattern.
  if (/(?<!\w)length$/.test(before)) return true;
  if (before.endsWith('++') || before.endsWith('--')) return true;
  if (!operand) return before.endsWith('/');
  if (!before.endsWith(')')) return false;
  let texts = false;
  for (let at = from; at < program.length && program[at] !== '\n'; at += 1) {
    if (program[at] === '/') return texts;
    if (program[at] === '\\') at += 1;
    else if (program[at] === '"' || program[at] === '#') texts = true;
  }
  return false;
}

/**
 * Whether a pattern's first slash may stand between brackets. THREAT: awks differ in whether the pattern ends there, and
 * in which `]` closes them.
 */
function hasOpenBracket(program: string, from: number): boolean {
  const pattern = /^(?:[^\\/\n]|\\[\s\S])*/.exec(program.slice(from))![0].replace(/\\[\s\S]/g, 'x');
  return pattern
    .replace(/\[(?:\^|(?!\^))(?:\[[:.=][^\]]*[:.=]\]|\]|[^\][])(?:\[[:.=][^\]]*[:.=]\]|[^\][])*\]/g, '')
    .includes('[');
}
