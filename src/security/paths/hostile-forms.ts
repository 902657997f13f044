import { hasControlCharacter, printable } from '../../kernel/text.ts';
import { decodedForms } from './decoded-forms.ts';
import { countParents } from './lexical.ts';

/**
 * Why a target is spelt in a way that other programs read as another path (on Windows, after decoding, after
 * stripping), as a clause; undefined for an honest spelling. `..` written plainly is honest: where it leads is judged.
 */
export function hostileForm(target: string): string | undefined {
  const plain = windowsForm(target);
  if (plain !== undefined) return plain;
  // Encodings that no decoder here knows, and servers that strip what follows a semicolon.
  if (/(?:^|[/\\])(?:\.\.[%;\\]|\.{3,}\\)/.test(target))
    return 'its ".." is followed by what some programs strip or decode';
  if (target.includes('\\') && becomesWorse(target, target.replaceAll('\\', '/'))) {
    return 'its backslashes make another path where they separate folders';
  }
  const forms = decodedForms(target);
  if (forms === undefined) return 'it is encoded many times over';
  for (const form of forms) {
    const decoded = form.replaceAll('\\', '/');
    if (becomesWorse(target, decoded)) return `decoded, it is another path: "${printable(decoded, 120)}"`;
    // An ellipsis at the end of a name is no three dots to Windows: only what is written as an encoding counts.
    const hidden = /[%\\]/.test(target) ? windowsForm(decoded) : undefined;
    if (hidden !== undefined) return `decoded, ${hidden}`;
  }
  return undefined;
}

const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?::.*| +\..*)?$/i;

/** What Windows, also below a WSL mount, takes for something else than a file of that name. */
function windowsForm(target: string): string | undefined {
  if (/^[A-Za-z](?::|\|(?:[/\\]|$))/.test(target)) return 'it starts with a drive letter';
  if (/^[/\\]{2}[^/\\]/.test(target)) return 'it has the form of a network share';
  if (target.startsWith('\\??\\')) return 'it has the form of a device path';
  if (/:\$[A-Za-z]/.test(target)) return 'it names an alternate stream';
  const parts = target.split(/[/\\]/);
  const loose = parts.find((part) => part !== '.' && part !== '..' && /[. ]$/.test(part));
  if (loose !== undefined) return `the component "${printable(loose, 60)}" ends in a dot or a space`;
  const last = parts.findLast((part) => part !== '');
  // `aux.ts` and a folder called `con` are ordinary names on every system that is supported.
  if (last !== undefined && DEVICE.test(last)) return `"${printable(last, 60)}" is a device on Windows`;
  return undefined;
}

function becomesWorse(text: string, changed: string): boolean {
  return (
    countParents(changed) > countParents(text) ||
    (/^[/~]/.test(changed) && !/^[/~]/.test(text)) ||
    (hasControlCharacter(changed) && !hasControlCharacter(text))
  );
}
