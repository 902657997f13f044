/** Command patterns compiled together: each is the words that a command begins with; `*` is any one word. */
export interface WordSet {
  /** Index of the first pattern that the words begin with, or -1. */
  match(argv: readonly string[]): number;
}

interface Node {
  readonly words: Map<string, Node>;
  any: Node | undefined;
  end: number;
}

export type WordsResult =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** `git push *` → its words. Plain words only: quoting, globs inside a word and operators have no meaning here. */
export function parseWords(text: string): WordsResult {
  const words = text.trim().split(/\s+/);
  if (words[0] === '') return { ok: false, why: 'is empty' };
  const bad = words.find((word) => word !== '*' && !/^[A-Za-z0-9_@%+=:,./-]+$/.test(word));
  if (bad !== undefined)
    return { ok: false, why: `holds ${JSON.stringify(bad)}, which is no plain word; * stands for any one word` };
  if (words[0] === '*' && words.length > 1) return { ok: false, why: 'has * for the program and more words behind' };
  return { ok: true, words };
}

export function compileWords(patterns: readonly (readonly string[])[]): WordSet {
  const root: Node = { words: new Map(), any: undefined, end: -1 };
  patterns.forEach((words, index) => {
    let node = root;
    for (const word of words) {
      let next = word === '*' ? node.any : node.words.get(word);
      if (!next) {
        next = { words: new Map(), any: undefined, end: -1 };
        if (word === '*') node.any = next;
        else node.words.set(word, next);
      }
      node = next;
    }
    if (node.end < 0) node.end = index;
  });
  return { match: (argv) => search(root, argv, 0) };
}

function search(node: Node, argv: readonly string[], at: number): number {
  let best = node.end;
  const word = argv[at];
  if (word === undefined) return best;
  const exact = node.words.get(word);
  if (exact) best = lower(best, search(exact, argv, at + 1));
  return node.any ? lower(best, search(node.any, argv, at + 1)) : best;
}

function lower(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 || a < b ? a : b;
}
