/** What a sed script does beside changing the text that flows through it. */
export interface SedEffects {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** why it can't be let through, as a clause */
  readonly refused?: string;
}

const ADDRESS = /^(?:\d+|\$|0|first)(?:~\d+)?/;

/** Where a part ends, behind its delimiter, to a sed that knows no brackets (GNU, and every one in a replacement). */
function endOfPart(script: string, from: number, delimiter: string): number | undefined {
  for (let at = from; at < script.length; at += 1) {
    const c = script[at];
    if (c === '\\') at += 1;
    else if (c === '\n') return undefined;
    else if (c === delimiter) return at + 1;
  }
  return undefined;
}

/** The same to a sed that looks for no delimiter between brackets (BSD), where a backslash is a plain character. */
function endOfPattern(script: string, from: number, delimiter: string): number | undefined {
  for (let at = from; at < script.length; at += 1) {
    const c = script[at];
    if (c === '\\') at += 1;
    else if (c === '\n') return undefined;
    else if (c === delimiter) return at + 1;
    else if (c === '[') {
      const set = /^\[\^?\]?(?:\[[:.=][^\]]*\]|[^\]])*\]/.exec(script.slice(at));
      if (set === null) return undefined;
      at += set[0].length - 1;
    }
  }
  return undefined;
}

/**
 * Reads a sed script (GNU and BSD). THREAT: `e` runs commands, and so does `s///e`; `w` and `s///w` write files, `r`
 * and `R` read them. What can't be read is refused.
 */
export function readSedScript(script: string): SedEffects {
  const reads: string[] = [];
  const writes: string[] = [];
  let at = 0;
  const refuse = (refused: string): SedEffects => ({ reads, writes, refused });
  const line = (): string => {
    const end = script.indexOf('\n', at);
    const text = script.slice(at, end < 0 ? undefined : end);
    at = end < 0 ? script.length : end;
    return text.trim();
  };
  /** past one `/…/`-like part whose delimiter was read; false where it never ends or seds end it in different places */
  const skipPart = (delimiter: string, pattern: boolean): boolean => {
    const end = endOfPart(script, at, delimiter);
    if (end === undefined || (pattern && endOfPattern(script, at, delimiter) !== end)) return false;
    at = end;
    return true;
  };
  while (at < script.length) {
    const c = script[at]!;
    if (/[\s;{}]/.test(c)) {
      at += 1;
      continue;
    }
    if (c === '#') {
      line();
      continue;
    }
    // addresses
    for (let count = 0; count < 2; count += 1) {
      const number = ADDRESS.exec(script.slice(at));
      if (number) at += number[0].length;
      else if (script[at] === '/' || script[at] === '\\') {
        const delimiter = script[at] === '/' ? '/' : script[at + 1];
        at += script[at] === '/' ? 1 : 2;
        if (delimiter === undefined || !skipPart(delimiter, true)) {
          return refuse('a pattern in it never ends, or seds differ in where');
        }
        while (/[IM]/.test(script[at] ?? '')) at += 1;
      } else if (count === 1 && /[+~]/.test(script[at] ?? '')) {
        at += 1;
        while (/\d/.test(script[at] ?? '')) at += 1;
      }
      while (script[at] === ' ') at += 1;
      if (script[at] !== ',') break;
      at += 1;
      while (script[at] === ' ') at += 1;
    }
    while (/[\s!]/.test(script[at] ?? '')) at += 1;
    const command = script[at];
    if (command === undefined) break;
    at += 1;
    switch (command) {
      case '{':
      case '}':
        break;
      case 's':
      case 'y': {
        const delimiter = script[at];
        at += 1;
        if (delimiter === undefined || /[\\\n]/.test(delimiter)) return refuse('a substitution in it can not be read');
        if (!skipPart(delimiter, command === 's') || !skipPart(delimiter, false)) {
          return refuse('a substitution in it never ends, or seds differ in where');
        }
        const flags = /^[gpiImM0-9]*/.exec(script.slice(at))![0];
        at += flags.length;
        if (command === 's' && script[at] === 'w') {
          at += 1;
          writes.push(line());
        } else if (script[at] === 'e') return refuse('"s///e" runs the text as a command');
        else if (!/^(?:[\s;}#]|$)/.test(script.slice(at, at + 1)))
          return refuse('a flag of a substitution is not known');
        break;
      }
      case 'w':
      case 'W':
        writes.push(line());
        break;
      case 'r':
      case 'R':
        reads.push(line());
        break;
      case 'e':
        return refuse('"e" runs commands');
      case 'a':
      case 'i':
      case 'c': {
        // Text goes on while lines end with a backslash.
        for (;;) {
          const start = at;
          line();
          // A backslash before the very end goes on, unless it is escaped itself.
          let escapes = 0;
          while (at - escapes > start && script[at - escapes - 1] === '\\') escapes += 1;
          if (escapes % 2 === 0 || at >= script.length) break;
          at += 1;
        }
        break;
      }
      case ':':
      case 'b':
      case 't':
      case 'T': {
        const label = /^[ \t]*[A-Za-z0-9_.-]*/.exec(script.slice(at))![0];
        at += label.length;
        break;
      }
      case 'l':
      case 'q':
      case 'Q':
      case 'L': {
        const code = /^[ \t]*\d*/.exec(script.slice(at))![0];
        at += code.length;
        break;
      }
      case 'd':
      case 'D':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'n':
      case 'N':
      case 'p':
      case 'P':
      case 'x':
      case 'z':
      case 'F':
      case '=':
        if (!/^(?:[\s;}#]|$)/.test(script.slice(at, at + 1))) return refuse('a command in it is not known');
        break;
      default:
        return refuse('a command in it is not known');
    }
  }
  return { reads, writes };
}
