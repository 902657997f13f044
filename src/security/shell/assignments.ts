import type { Assignment } from 'unbash';
import type { Argument } from './arguments.ts';
import { A_NUMBER, type Scope } from './scope.ts';
import { judgeVariable } from './variables.ts';
import { visitIndex, visitWord } from './visit-words.ts';
import { ask, deny, spend, type Walk } from './walk-state.ts';
import { argumentOf } from './words.ts';

/** `NAME=VALUE` behind a program that isn't a builtin of the shell is an argument like any other. */
export function assignmentAsWord(walk: Walk, node: Assignment, scope: Scope): Argument[] {
  const span = { pos: node.pos, end: node.end };
  if (node.index !== undefined || node.value.type === 'ArrayValue') {
    deny(walk, node, 'an array stands where no array can be');
    return [];
  }
  visitWord(walk, node.value, scope);
  const value = argumentOf(node.value, scope);
  const start = `${node.name}${node.append ? '+' : ''}=`;
  if (value.kind === 'literal') return [{ kind: 'literal', text: start + value.text, ...span }];
  return [{ kind: 'partial', text: start, ...(value.many ? { many: true } : {}), ...span }];
}

/** Who gets the variable: the shell alone, one command, or all that it starts from here on. */
export type AssignmentReach = 'shell' | 'command' | 'export';

/** Judges one assignment, and remembers what the variable holds where the shell keeps it. */
export function assign(walk: Walk, node: Assignment, scope: Scope, reach: AssignmentReach): void {
  if (!spend(walk, node)) return;
  if (node.index) visitIndex(walk, node.index, scope);
  if (node.value.type === 'ArrayValue') for (const element of node.value.elements) visitWord(walk, element, scope);
  else visitWord(walk, node.value, scope);
  const verdict = judgeVariable(node.name, walk.harmless);
  if (verdict === 'leading') deny(walk, node, `the variable ${node.name} can change what runs`);
  else if (verdict === 'unknown' && reach !== 'shell') {
    ask(walk, node, `what the variable ${node.name} changes in the programs that get it is not known`);
  }
  if (reach === 'command') return;
  scope.variables.delete(node.name);
  if (node.value.type === 'ArrayValue' || node.index || node.append) return;
  const value = argumentOf(node.value, scope);
  // A pattern stays one in a variable, and its names come where it is used: not followed. Nor is `~` behind a colon.
  if (value.number) scope.variables.set(node.name, A_NUMBER);
  else if (value.kind === 'literal' && !/:~/.test(node.value.text)) {
    scope.variables.set(node.name, { text: value.text, glob: false });
  }
}
