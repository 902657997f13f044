const MAX_ROUNDS = 10;
const BYTES = /(?:%[0-9a-f]{2})+/gi;

// Characters that some system takes for a dot, a slash or a backslash.
const LOOKALIKE: Readonly<Record<string, string>> = {
  '\u2024': '.',
  '\u2025': '..',
  '\u2026': '...',
  '\uff0e': '.',
  '\uff61': '.',
  '\u3002': '.',
  '\ufe52': '.',
  '\u2044': '/',
  '\u2215': '/',
  '\u29f8': '/',
  '\uff0f': '/',
  '\u2216': '\\',
  '\u29f5': '\\',
  '\u29f9': '\\',
  '\ufe68': '\\',
  '\uff3c': '\\',
};
const LOOKALIKES = new RegExp(`[${Object.keys(LOOKALIKE).join('')}]`, 'g');

/**
 * What `text` becomes where somebody decodes it until it changes no more: percent encoding (repeated, overlong UTF-8,
 * `%u002e`), `\x2e` and `\u002e` escapes, look-alike dots and slashes. Only for judging, never to be opened.
 * Bytes are read as lenient UTF-8 and as single bytes, since decoders differ: up to two forms, none where nothing
 * changes. `undefined`: it still changed after ten rounds.
 */
export function decodedForms(text: string): readonly string[] | undefined {
  if (!/[%\\\u0080-\uffff]/.test(text)) return [];
  const forms = new Set<string>();
  for (const bytesToText of [lenientUtf8, singleBytes]) {
    const form = decodeFully(text, bytesToText);
    if (form === undefined) return undefined;
    if (form !== text) forms.add(form);
  }
  return [...forms];
}

/**
 * The paths as which some program may read `target`: decoded, without blanks and quotes around it, with backslashes as
 * slashes, out of a `file:` URL with or without a host.
 */
export function otherReadings(target: string): string[] {
  const readings = new Set<string>();
  for (const form of [target, ...(decodedForms(target) ?? [])]) {
    const bare = withoutEnds(form);
    for (const text of [form, bare]) {
      const path = text.replaceAll('\\', '/');
      readings.add(path.replace(/^file:\/*/i, '/'));
      if (/^file:\/\/[^/]/i.test(path)) readings.add(path.replace(/^file:\/\/[^/]*/i, ''));
    }
  }
  readings.delete(target);
  readings.delete('');
  return [...readings];
}

// A pattern that is anchored at the end would try every blank of a long run in the middle.
function withoutEnds(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && /[\s"'`<]/.test(text[from]!)) from += 1;
  while (to > from && /[\s"'`>]/.test(text[to - 1]!)) to -= 1;
  return text.slice(from, to);
}

function decodeFully(text: string, bytesToText: (bytes: readonly number[]) => string): string | undefined {
  let form = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = form
      .replace(BYTES, (run) => bytesToText(Array.from(run.matchAll(/%(..)/g), (hex) => Number.parseInt(hex[1]!, 16))))
      .replace(/%u([0-9a-f]{4})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_all, a?: string, b?: string, c?: string) =>
        String.fromCharCode(Number.parseInt((a ?? b ?? c)!, 16)),
      )
      .replace(LOOKALIKES, (c) => LOOKALIKE[c]!);
    if (next === form) return form;
    form = next;
  }
  return undefined;
}

/** UTF-8 with overlong forms taken at their value: `c0 ae` is a dot. */
function lenientUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf8 ? 3 : lead < 0xfc ? 4 : 5;
    let value = more === 0 ? lead : lead & (0x3f >> more);
    for (let i = 1; i <= more; i += 1) value = (value << 6) | ((bytes[at + i] ?? 0) & 0x3f);
    text += value >= 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd';
    at += more + 1;
  }
  return text;
}

function singleBytes(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}
