/** What a sed script does beside changing the text that flows through it. */
export interface SedEffects {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** why it can't be let through, as a clause */
  readonly refused?: string;
}

const ADDRESS = /^(?:\d+|\$|0|first)(?:~\d+)?/;

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
  /** past one `/…/`-like part whose delimiter was read; false where it never ends */
  const skipPart = (delimiter: string): boolean => {
    let inClass = false;
    for (; at < script.length; at += 1) {
      const c = script[at];
      if (c === '\\') at += 1;
      else if (c === '\n') return false;
      else if (c === '[') inClass = true;
      else if (c === ']') inClass = false;
      // A delimiter inside brackets ends the part for some seds and not for others: the earlier end is refused below.
      else if (c === delimiter && !inClass) {
        at += 1;
        return true;
      }
    }
    return false;
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
        if (delimiter === undefined || !skipPart(delimiter)) return refuse('a pattern in it never ends');
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
        const start = at;
        if (!skipPart(delimiter) || !skipPart(delimiter)) return refuse('a substitution in it can not be read');
        if (/\[[^\]]*$/.test(script.slice(start, at).split(delimiter)[0] ?? '')) {
          return refuse('its delimiter stands inside brackets, which seds read differently');
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
          const text = line();
          if (!text.endsWith('\\') || at >= script.length) break;
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
