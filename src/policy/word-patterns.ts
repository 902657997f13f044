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
  /** lowest index of a pattern that goes on below here; -1 for none */
  below: number;
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
 * `deny` lists, those that ask or forbid, know a program by its last name in whatever case: `/bin/RM` is `rm`, where a
 * volume may take it so. THREAT: `git --no-pager push` is `git push`, and which words belong to an option only git
 * knows. So an option where a pattern's next word stands is that word and all that follow.
 */
export function compileWords(patterns: readonly (readonly string[])[], { deny }: { deny: boolean }): WordSet {
  const root = createNode();
  patterns.forEach((words, index) => {
    let node = root;
    words.forEach((given, at) => {
      const word = deny && at === 0 ? programName(given) : given;
      node.below = lowest(node.below, index);
      let next = word === '*' ? node.any : node.words.get(word);
      if (!next) {
        next = createNode();
        if (word === '*') node.any = next;
        else node.words.set(word, next);
      }
      node = next;
    });
    node.end = lowest(node.end, index);
  });
  return {
    match(argv) {
      const program = argv[0];
      if (!deny || program === undefined) return search(root, argv, 0, deny);
      const name = programName(program);
      return search(root, name === program ? argv : [name, ...argv.slice(1)], 0, deny);
    },
  };
}

function programName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1).toLowerCase();
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
  return { words: new Map(), any: undefined, end: -1, below: -1 };
}

/** Each node is visited at most once: `*` and a literal word lead to different ones. */
function search(node: Node, argv: readonly string[], at: number, deny: boolean): number {
  const word = argv[at];
  if (word === undefined) return node.end;
  if (deny && at > 0 && isOption(word)) return lowest(node.end, node.below);
  const exact = node.words.get(word);
  const best = exact ? lowest(node.end, search(exact, argv, at + 1, deny)) : node.end;
  return node.any ? lowest(best, search(node.any, argv, at + 1, deny)) : best;
}

/** `-C`, `--no-pager`, and the `+nightly` that cargo takes before its command. */
function isOption(word: string): boolean {
  const first = word.charCodeAt(0);
  return first === 45 || first === 43;
}
