import type { Assignment, Command } from 'unbash';
import type { Argument } from './arguments.ts';
import { assign, assignmentAsWord } from './assignments.ts';
import { runBuiltin } from './builtins.ts';
import { visitRedirects } from './redirections.ts';
import type { Scope } from './scope.ts';
import { assertSeparate } from './separate-words.ts';
import { visitWord } from './visit-words.ts';
import { deny, type Walk } from './walk-state.ts';
import { argumentsOf } from './words.ts';

/** Names as programs have them. THREAT: letters of other alphabets look like these. */
const PROGRAM = /^[A-Za-z0-9_./+:[\]-][A-Za-z0-9_./+:@[\]-]*$/;

/** Words that other shells than bash read as grammar where a program's name stands. */
const GRAMMAR_ELSEWHERE: ReadonlySet<string> = new Set('foreach repeat nocorrect noglob always end'.split(' '));

/** One simple command: its assignments and redirections, then the builtin or the program that it runs. */
export function runSimple(walk: Walk, node: Command, scope: Scope, fed: boolean): void {
  const assignments = node.prefix.filter((part) => part.type === 'Assignment');
  for (const assignment of assignments) assign(walk, assignment, scope, node.name === undefined ? 'shell' : 'command');
  const fedHere = visitRedirects(walk, node.redirects, scope) || fed;
  assertSeparate(walk, [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix]);
  if (node.name === undefined) return;
  visitWord(walk, node.name, scope);
  const argv: Argument[] = argumentsOf(node.name, scope);
  const words: (Argument | Assignment)[] = [];
  for (const argument of node.args) {
    if (argument.type === 'Assignment') words.push(argument);
    else {
      visitWord(walk, argument, scope);
      words.push(...argumentsOf(argument, scope));
    }
  }
  const [program] = argv;
  if (program?.kind !== 'literal') {
    deny(walk, node.name, 'which program runs can not be known before it runs');
    return;
  }
  if (!PROGRAM.test(program.text) || GRAMMAR_ELSEWHERE.has(program.text)) {
    deny(walk, node.name, 'the name of the program is not a plain name or path');
    return;
  }
  if (runBuiltin(walk, { name: program.text, node, words: [...argv.slice(1), ...words], scope, fed: fedHere })) return;
  for (const word of words) {
    if ('type' in word) argv.push(...assignmentAsWord(walk, word, scope));
    else argv.push(word);
  }
  walk.commands.push({
    argv,
    cwds: scope.cwds,
    fed: fedHere,
    pos: node.pos + walk.offset,
    end: node.end + walk.offset,
  });
}
