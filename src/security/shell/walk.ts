import { forEachChild, type Statement, type SyntaxNode } from 'unbash';
import { visitRedirects } from './redirections.ts';
import { A_NUMBER, copyScope, mergeInto, type Scope } from './scope.ts';
import { assertSeparate } from './separate-words.ts';
import { runSimple } from './simple-command.ts';
import { visitArithmetic, visitTest, visitWord } from './visit-words.ts';
import { assertAssignable, deny, MAX_DEPTH, type ReadScript, spend, type Walk } from './walk-state.ts';
import { argumentsOf } from './words.ts';

/** More values than these of a loop's variable aren't followed one by one. */
const MAX_LOOP_VALUES = 16;

/** All that a script would start and open. THREAT: a kind of node that isn't named here is refused. */
export function walkScript(walk: Walk, script: ReadScript, scope: Scope, fed = false): void {
  // Each level is parsed again out of the one around it: what is deep costs its depth times its length.
  if (walk.depth > MAX_DEPTH || walk.budget <= 0) {
    deny(walk, script, 'it is nested too deeply');
    return;
  }

  for (const error of script.errors ?? []) {
    deny(walk, { pos: error.pos, end: error.pos + 1 }, `it isn't a shell command line: ${error.message}`);
  }
  // Escaped backticks hold a text of their own, with positions of its own.
  const inner = { ...walk, depth: walk.depth + 1, offset: script.source === undefined ? walk.offset : 0 };
  walkList(inner, script.commands, scope, fed);
  walk.budget = inner.budget;
}

function walkList(walk: Walk, statements: readonly Statement[], scope: Scope, fed: boolean): void {
  for (const statement of statements) {
    if (walk.budget <= 0) return;
    const own = statement.background ? copyScope(scope) : scope;
    const before = own.cwds;
    walkNode(walk, statement.command, own, fed);
    // A `cd` may fail, and what follows then runs where it was.
    if (own.cwds !== before) mergeInto(own, { ...copyScope(own), cwds: before });
  }
}

function walkNode(walk: Walk, node: SyntaxNode, scope: Scope, fed: boolean): void {
  if (!spend(walk, node)) return;
  switch (node.type) {
    case 'Command':
      runSimple(walk, node, scope, fed);
      return;
    case 'AndOr': {
      const start = copyScope(scope);
      const own = copyScope(scope);
      node.commands.forEach((command, index) => {
        if (index > 0 && node.operators[index - 1] === '||') mergeInto(own, start);
        walkNode(walk, command, own, fed);
      });
      scope.cwds = own.cwds;
      scope.variables.clear();
      for (const [name, value] of own.variables) scope.variables.set(name, value);
      mergeInto(scope, start);
      return;
    }
    case 'Pipeline':
      node.commands.forEach((command, index) => {
        walkNode(walk, command, node.commands.length > 1 ? copyScope(scope) : scope, fed || index > 0);
      });
      return;
    case 'If': {
      walkList(walk, node.clause.commands, scope, fed);
      const branches = [
        node.then,
        ...node.elif.flatMap(({ clause, then }) => [clause, then]),
        ...(node.else ? [node.else] : []),
      ];
      walkBranches(
        walk,
        branches.map((branch) => branch.commands),
        scope,
        fed,
      );
      return;
    }
    case 'While':
      forgetAssigned(node, scope);
      walkAgain(walk, [...node.clause.commands, ...node.body.commands], scope, fed);
      return;
    case 'For':
    case 'Select':
      walkLoop(walk, node, scope, fed);
      return;
    case 'ArithmeticFor':
      forgetAssigned(node, scope);
      for (const part of [node.initialize, node.test, node.update]) if (part) visitArithmetic(walk, part, scope);
      walkAgain(walk, node.body.commands, scope, fed);
      return;
    case 'Case':
      visitWord(walk, node.word, scope);
      for (const item of node.items) for (const pattern of item.pattern) visitWord(walk, pattern, scope);
      walkBranches(
        walk,
        node.items.map((item) => item.body.commands),
        scope,
        fed,
      );
      return;
    case 'Subshell':
      walkList(walk, node.body.commands, copyScope(scope), fed);
      return;
    case 'BraceGroup':
      walkList(walk, node.body.commands, scope, fed);
      return;
    case 'Redirected':
      walkNode(walk, node.command, scope, visitRedirects(walk, node.redirects, scope) || fed);
      return;
    case 'Coproc':
      walkNode(walk, node.body, copyScope(scope), true);
      return;
    case 'CompoundList':
      walkList(walk, node.commands, scope, fed);
      return;
    case 'TestCommand':
      visitTest(walk, node.expression, scope);
      return;
    case 'ArithmeticCommand':
      if (node.expression) visitArithmetic(walk, node.expression, scope);
      else deny(walk, node, 'the arithmetic can not be read');
      return;
    case 'Function':
      deny(walk, node, 'it defines a function: what its name runs later can not be judged');
      return;
    default:
      deny(walk, node, `"${node.type}" is not known here`);
  }
}

/** Each branch may run or not. */
function walkBranches(walk: Walk, branches: readonly (readonly Statement[])[], scope: Scope, fed: boolean): void {
  const start = copyScope(scope);
  for (const branch of branches) {
    const own = copyScope(start);
    walkList(walk, branch, own, fed);
    mergeInto(scope, own);
  }
}

/** A loop's body may run any number of times: once where it stands, and again where that left it. */
function walkAgain(walk: Walk, body: readonly Statement[], scope: Scope, fed: boolean): void {
  const start = scope.cwds;
  walkBranches(walk, [body], scope, fed);
  if (scope.cwds?.join('\n') === start?.join('\n')) return;
  scope.cwds = undefined;
  walkBranches(walk, [body], scope, fed);
}

function walkLoop(walk: Walk, node: SyntaxNode & { type: 'For' | 'Select' }, scope: Scope, fed: boolean): void {
  for (const word of node.wordlist ?? []) visitWord(walk, word, scope);
  assertSeparate(walk, node.wordlist ?? []);
  const name = node.name.value;
  assertAssignable(walk, node.name, name);
  const values = (node.wordlist ?? []).flatMap((word) => argumentsOf(word, scope));
  const followed = node.wordlist !== undefined && values.length <= MAX_LOOP_VALUES && node.type === 'For';
  forgetAssigned(node, scope);
  for (const value of followed ? values : [undefined]) {
    scope.variables.delete(name);
    if (value?.kind === 'literal' || value?.kind === 'glob') {
      scope.variables.set(name, { text: value.text, glob: value.kind === 'glob' });
    }
    walkAgain(walk, node.body.commands, scope, fed);
  }
  scope.variables.delete(name);
}

const SETTING = /^(?:read|mapfile|readarray|printf|getopts|let|export|declare|local|typeset|readonly|unset)$/;

/** What a loop assigns has another value when it comes round again. */
function forgetAssigned(node: SyntaxNode, scope: Scope): void {
  const forget = (name: string, counts: boolean): void => {
    // A number that is counted up stays one.
    const value = scope.variables.get(name);
    const number = value === A_NUMBER || (value !== undefined && !value.glob && /^-?\d+$/.test(value.text));
    if (number && counts) scope.variables.set(name, A_NUMBER);
    else scope.variables.delete(name);
  };
  const look = (child: SyntaxNode): void => {
    if (child.type === 'Assignment') forget(child.name, isCount(child));
    else if (child.type === 'Command' && SETTING.test(child.name?.value ?? '')) scope.variables.clear();
    else if (child.type === 'For' || child.type === 'Select') scope.variables.delete(child.name.value);
    else if (child.type === 'ArithmeticBinary' || child.type === 'ArithmeticUnary') {
      const side = child.type === 'ArithmeticUnary' ? child.operand : child.left;
      if (side.type === 'ArithmeticWord') forget(side.value, true);
    }
    forEachChild(child, look);
  };
  forEachChild(node, look);
}

/** `i=$((…))` or `i=3` */
function isCount({ value, append }: SyntaxNode & { type: 'Assignment' }): boolean {
  if (append || value.type !== 'Word') return false;
  const [only] = value.parts ?? [];
  return value.parts === undefined
    ? /^\d+$/.test(value.text)
    : value.parts.length === 1 && only?.type === 'ArithmeticExpansion';
}
