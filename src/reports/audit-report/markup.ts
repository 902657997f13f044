import { printable } from '../../kernel/text.ts';

/** The longest text of one value; the rest is cut off, with its length said. */
const MAX_TEXT = 500;

// What printable leaves and a reader still doesn't see: soft hyphen, the Arabic letter mark (a bidi control),
// Mongolian vowel separator, Hangul fillers, interlinear marks; and noncharacters, which HTML doesn't allow.
const UNSEEN = /[\u00ad\u061c\u115f\u1160\u180e\u3164\uffa0\ufff9-\ufffb]|\p{Noncharacter_Code_Point}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** HTML or SVG that only `html` makes: text that an agent wrote can't become it. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  static of(strings: TemplateStringsArray, values: readonly Insert[]): Markup {
    return new Markup(strings.reduce((text, part, i) => text + render(values[i - 1]) + part));
  }

  /** Text of the program's own that is markup already: never anything out of a report. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

/** What may stand in a template: text and numbers are escaped, nothing at all is an empty text. */
export type Insert = string | number | undefined | Markup | readonly Markup[];

/**
 * A template of HTML or SVG. THREAT: agents write targets, names and metadata. Every value is escaped for text and for
 * quoted attributes, control and bidi characters are spelt out; templates put values nowhere else, attributes are
 * always in double quotes, and none holds an address or a script.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Insert[]): Markup {
  return Markup.of(strings, values);
}

function render(value: Insert): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeText(visible(String(value)));
  return value.map((one) => render(one instanceof Markup ? one : String(one))).join('');
}

/** A longer text than a value has, escaped like any other: a signature fills thousands of characters. */
export function long(text: string): Markup {
  return Markup.trusted(escapeText(visible(text, 50_000)));
}

/** `text` with what can't be seen spelt out, cut after `max` characters. */
export function visible(text: string, max = MAX_TEXT): string {
  return printable(text, max).replace(UNSEEN, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (c) => ENTITIES[c]!);
}
