import { hasControlCharacter, printable } from '../../kernel/text.ts';
import { decodedForms } from './decoded-forms.ts';
import { countParents } from './lexical.ts';

/**
 * Why a target is spelt in a way that other programs read as another path (on Windows, after decoding, after
 * stripping), as a clause; undefined for an honest spelling. `..` written plainly is honest: where it leads is judged.
 */
export function hostileForm(target: string): string | undefined {
  if (/^[A-Za-z]:/.test(target)) return 'it starts with a drive letter';
  if (/^\/\/[^/]/.test(target)) return 'it has the form of a network share';
  if (/:\$[A-Za-z]/.test(target)) return 'it names an alternate stream';
  const loose = target.split('/').find((part) => part !== '.' && part !== '..' && /[. ]$/.test(part));
  if (loose !== undefined) return `the component "${printable(loose, 60)}" ends in a dot or a space`;
  // Encodings that no decoder here knows, and servers that strip what follows a semicolon.
  if (/(?:^|[/\\])(?:\.\.[%;\\]|\.{3,}\\)/.test(target))
    return 'its ".." is followed by what some programs strip or decode';
  if (target.includes('\\') && becomesWorse(target, target.replaceAll('\\', '/'))) {
    return 'its backslashes make another path where they separate folders';
  }
  const forms = decodedForms(target);
  if (forms === undefined) return 'it is encoded many times over';
  for (const form of forms) {
    if (becomesWorse(target, form.replaceAll('\\', '/'))) return 'decoded, it is another path';
  }
  return undefined;
}

function becomesWorse(text: string, changed: string): boolean {
  return (
    countParents(changed) > countParents(text) ||
    (changed.startsWith('/') && !text.startsWith('/')) ||
    (hasControlCharacter(changed) && !hasControlCharacter(text))
  );
}
