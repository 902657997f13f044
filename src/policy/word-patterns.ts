import { lowest } from './globs/trie.ts';

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

/**
 * `deny` lists know a program by whatever path and case it is written: `/bin/RM` is `rm`, where a volume may take it so.
 */
export function compileWords(patterns: readonly (readonly string[])[], { deny }: { deny: boolean }): WordSet {
  const root = createNode();
  patterns.forEach((words, index) => {
    let node = root;
    words.forEach((given, at) => {
      const word = deny && at === 0 ? given.toLowerCase() : given;
      let next = word === '*' ? node.any : node.words.get(word);
      if (!next) {
        next = createNode();
        if (word === '*') node.any = next;
        else node.words.set(word, next);
      }
      node = next;
    });
    if (node.end < 0) node.end = index;
  });
  return {
    match(argv) {
      const program = argv[0];
      if (!deny || program === undefined) return search(root, argv, 0);
      const folded = program.toLowerCase();
      const found = search(root, folded === program ? argv : [folded, ...argv.slice(1)], 0);
      const slash = folded.lastIndexOf('/');
      return slash < 0 ? found : lowest(found, search(root, [folded.slice(slash + 1), ...argv.slice(1)], 0));
    },
  };
}

/** Whether every command that begins with `inner` also begins with `outer`. */
export function coversWords(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.length <= inner.length && outer.every((word, at) => word === '*' || word === inner[at]);
}

/** Whether some command begins with both. */
export function meetsWords(a: readonly string[], b: readonly string[]): boolean {
  return a.every((word, at) => at >= b.length || word === '*' || b[at] === '*' || word === b[at]);
}

function createNode(): Node {
  return { words: new Map(), any: undefined, end: -1 };
}

/** Each node is visited at most once: `*` and a literal word lead to different ones. */
function search(node: Node, argv: readonly string[], at: number): number {
  const word = argv[at];
  if (word === undefined) return node.end;
  const exact = node.words.get(word);
  const best = exact ? lowest(node.end, search(exact, argv, at + 1)) : node.end;
  return node.any ? lowest(best, search(node.any, argv, at + 1)) : best;
}
