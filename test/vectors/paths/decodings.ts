// An oracle of its own: everything that some program may make of a target, and where that leads. Slow and plain.
import { posix } from 'node:path';

const LOOKALIKES: readonly (readonly [RegExp, string])[] = [
  [/[\u2024\uff0e\ufe52]/g, '.'],
  [/[\u2044\u2215\uff0f]/g, '/'],
  [/[\u2216\uff3c]/g, '\\'],
];

const STEPS: readonly ((text: string) => string)[] = [
  // one round of percent decoding, strict UTF-8 where it is that, else byte by byte
  (text) =>
    text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
      const utf8 = bytes.toString('utf8');
      return utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8;
    }),
  // overlong UTF-8 taken at its value
  (text) =>
    text.replace(/%c0%(?:ae|af)|%c1%9c|%e0%80%(?:ae|af)|%f0%80%80%(?:ae|af)|%f8%80%80%80%(?:ae|af)/gi, (bytes) =>
      /9c$/i.test(bytes) ? '\\' : /ae$/i.test(bytes) ? '.' : '/',
    ),
  (text) => text.replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (text) =>
    text.replace(/\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})/gi, (_, u?: string, x?: string) =>
      String.fromCharCode(Number.parseInt((u ?? x)!, 16)),
    ),
  (text) => LOOKALIKES.reduce((so, [from, to]) => so.replace(from, to), text),
  (text) => text.replaceAll('\\', '/'),
  (text) => text.replace(/^file:\/\/\/?/i, '/'),
  (text) => text.replace(/\0[^]*$/, ''),
];

/** Every text that up to five steps make of `target`, itself among them. */
export function decodings(target: string): Set<string> {
  const seen = new Set([target]);
  let last = [target];
  for (let round = 0; round < 5 && last.length > 0; round += 1) {
    const next: string[] = [];
    for (const text of last) {
      for (const step of STEPS) {
        const made = step(text);
        if (seen.has(made)) continue;
        seen.add(made);
        next.push(made);
      }
    }
    last = next;
  }
  return seen;
}

/** True where one of these texts, taken as a path from `workspace` in `home`, lies outside of it. */
export function leadsOutside(texts: Iterable<string>, workspace: string): boolean {
  for (const text of texts) {
    const path = posix.resolve(workspace, text);
    if (path !== workspace && !path.startsWith(`${workspace}/`)) return true;
    if (/^~/.test(text)) return true;
  }
  return false;
}
