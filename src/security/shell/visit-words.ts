import type {
  ArithmeticExpression,
  DoubleQuotedChild,
  ParameterOperation,
  TestExpression,
  Word,
  WordPart,
} from 'unbash';
import { A_NUMBER, copyScope, type Scope } from './scope.ts';
import { ask, assertAssignable, deny, MAX_DEPTH, spend, type Walk } from './walk-state.ts';
import { argumentOf } from './words.ts';

/**
 * What the shell would never leave in a plain word, and what looks like it to a person: wide forms, curly quotes. THREAT: the parser may take for text what bash takes for grammar
 * (`1>(rm x)` once); whatever holds one of these unquoted is refused, whatever the tree says.
 */
const METACHARACTER = /[<>()|&;`]|[\u0000-\u001f\u007f]|[\u2018-\u201f\uff00-\uffef]/;
/** THREAT: before an escaped line break a descriptor (`5`, `<f`) or a quote's dollar may stand: bash reads them as one. */
const JOINED = /\$\\\n|^(?:\d|\\\n)*\\\n$|^\{(?:\w|\\\n)+\}(?:\\\n)+$/;
const ESCAPED = /\\[\s\S]/g;

/** Looks into a word for what it would run, and holds its plain text against the characters that can't be in it. */
export function visitWord(walk: Walk, word: Word, scope: Scope, metacharacter = METACHARACTER): void {
  if (!spend(walk, word)) return;
  if (word.parts === undefined) plainText(walk, word, word.text, metacharacter);
  else visitParts(walk, word.parts, scope, metacharacter);
}

/** The parts of a word, of a text in quotes or of a here-document, each and where they meet. */
export function visitParts(
  walk: Walk,
  parts: readonly (WordPart | DoubleQuotedChild)[],
  scope: Scope,
  metacharacter?: RegExp,
): void {
  for (const [index, part] of parts.entries()) {
    visitPart(walk, part, scope, metacharacter);
    if (part.type !== 'Literal') continue;
    // THREAT: bash takes an escaped line break out before it looks for the name behind a dollar.
    const joins = parts[index - 1]?.type === 'SimpleExpansion' && /^(?:\\\n)+\w/.test(part.text);
    if (joins || /\$\\\n/.test(part.text)) deny(walk, part, 'an escaped line break joins what the parser keeps apart');
  }
}

function plainText(walk: Walk, span: { pos: number; end: number }, text: string, metacharacter: RegExp): void {
  if (metacharacter.test(text.replace(ESCAPED, '')))
    deny(walk, span, 'a word holds a character of the shell’s grammar');
  if (JOINED.test(text)) deny(walk, span, 'an escaped line break joins what the parser keeps apart');
}

export function visitPart(walk: Walk, part: WordPart | DoubleQuotedChild, scope: Scope, metacharacter?: RegExp): void {
  if (!spend(walk, part)) return;
  switch (part.type) {
    case 'Literal':
      if (metacharacter) plainText(walk, part, part.text, metacharacter);
      return;
    case 'SingleQuoted':
      return;
    case 'AnsiCQuoted':
      if (/[\u0000-\u001f\u007f]/.test(part.value.replace(/[\n\t]/g, '')))
        deny(walk, part, 'it spells a control character');
      // Bash keeps both, the parser drops them.
      if (/^(?:[^\\]|\\[^\n])*\\\n/.test(part.text)) deny(walk, part, 'a line break is escaped where it can not be');
      return;
    case 'Glob':
      if (metacharacter) plainText(walk, part, part.text, metacharacter);
      visitParts(walk, part.parts ?? [], scope);
      return;
    case 'BraceExpansion':
      // Its inside is read by whoever expands it; here it may hold nothing that runs.
      if (/[$`<>()|&;\\]/.test(part.text)) deny(walk, part, 'the braces hold more than plain words');
      for (const inner of part.parts ?? []) visitPart(walk, inner, scope, metacharacter);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      visitParts(walk, part.parts, scope);
      return;
    case 'SimpleExpansion':
      return;
    case 'ParameterExpansion':
      if (part.prefix === '!') deny(walk, part, 'it takes the name of a variable from a variable');
      if (part.index) visitIndex(walk, part.index, scope);
      if (part.operation) visitOperation(walk, part.operation, part.parameter, scope);
      return;
    case 'CommandExpansion':
      // Newer shells run it, older ones look for the name of a variable, and end it elsewhere.
      if (part.text.startsWith('${')) deny(walk, part, 'shells differ in what "${ …; }" means');
      if (part.script === undefined) deny(walk, part, 'what it would run can not be read');
      else walk.script(walk, part.script, copyScope(scope));
      return;
    case 'ProcessSubstitution':
      if (part.script === undefined) deny(walk, part, 'what it would run can not be read');
      else walk.script(walk, part.script, copyScope(scope));
      return;
    case 'ArithmeticExpansion':
      // As a substitution, it is parsed again out of what stands around it.
      walk.depth += 1;
      if (walk.depth > MAX_DEPTH) deny(walk, part, 'it is nested too deeply');
      else if (part.expression === undefined) deny(walk, part, 'the arithmetic can not be read');
      else visitArithmetic(walk, part.expression, scope);
      walk.depth -= 1;
      return;
    default:
      deny(walk, part, `"${part.type}" is not known here`);
  }
}

/** `${x[…]}`: numbers, `@` and `*`; anything else may be arithmetic, which runs what stands in a subscript. */
export function visitIndex(walk: Walk, index: Word, scope: Scope): void {
  visitWord(walk, index, scope);
  if (!/^(?:\d{1,9}|@|\*)$/.test(index.text)) deny(walk, index, 'a subscript that is no number can run commands');
}

function visitOperation(walk: Walk, operation: ParameterOperation, parameter: string, scope: Scope): void {
  switch (operation.type) {
    case 'Default':
      visitWord(walk, operation.operand, scope);
      if (operation.operator.endsWith('=')) {
        assertAssignable(walk, operation, parameter);
        scope.variables.delete(parameter);
      }
      return;
    case 'Remove':
      visitWord(walk, operation.operand, scope);
      return;
    case 'Replace':
      visitWord(walk, operation.pattern, scope);
      visitWord(walk, operation.replacement, scope);
      return;
    case 'Slice':
      for (const part of [operation.offset, ...(operation.length ? [operation.length] : [])]) {
        visitWord(walk, part, scope);
        if (!/^\s*-?\s*\d{1,9}\s*$/.test(part.text)) notANumber(walk, part, part.value, scope);
      }
      return;
    case 'CaseModification':
      if (operation.operand) visitWord(walk, operation.operand, scope);
      return;
    default:
      deny(walk, operation, 'this expansion of a variable is not known here');
  }
}

/**
 * THREAT: bash evaluates the value of a variable as an expression again, and runs what stands in a subscript there
 * (`a[$(rm x)]`). So only what is known to be a number may stand in arithmetic.
 */
export function visitArithmetic(walk: Walk, node: ArithmeticExpression, scope: Scope): void {
  if (!spend(walk, node)) return;
  switch (node.type) {
    case 'ArithmeticBinary':
      if (/^[^=!<>]?=$|^(?:<<|>>|\*\*)=$/.test(node.operator)) {
        visitArithmetic(walk, node.right, scope);
        setsNumber(walk, node.left, scope, node.operator !== '=');
        return;
      }
      visitArithmetic(walk, node.left, scope);
      visitArithmetic(walk, node.right, scope);
      return;
    case 'ArithmeticUnary':
      if (node.operator === '++' || node.operator === '--') {
        setsNumber(walk, node.operand, scope, true);
        return;
      }
      visitArithmetic(walk, node.operand, scope);
      return;
    case 'ArithmeticTernary':
      for (const part of [node.test, node.consequent, node.alternate]) visitArithmetic(walk, part, scope);
      return;
    case 'ArithmeticGroup':
      visitArithmetic(walk, node.expression, scope);
      return;
    case 'ArithmeticWord':
      for (const part of node.parts ?? []) visitPart(walk, part, scope);
      if (!isNumber(node.value, scope)) notANumber(walk, node, node.value, scope);
      return;
    case 'ArithmeticCommandExpansion':
      if (node.script === undefined) deny(walk, node, 'what it would run can not be read');
      else walk.script(walk, node.script, copyScope(scope));
      ask(walk, node, 'arithmetic on what a command prints can run commands');
      return;
    default:
      deny(walk, node, 'this arithmetic is not known here');
  }
}

function setsNumber(walk: Walk, target: ArithmeticExpression, scope: Scope, reads: boolean): void {
  if (target.type !== 'ArithmeticWord' || !/^[A-Za-z_]\w*$/.test(target.value)) {
    deny(walk, target, 'which variable is set can not be known');
    return;
  }
  assertAssignable(walk, target, target.value);
  if (reads && scope.variables.has(target.value) && !isNumber(target.value, scope)) {
    ask(walk, target, 'arithmetic on what is not known can run commands');
  } else if (reads && !scope.variables.has(target.value)) {
    ask(walk, target, 'arithmetic on what is not known can run commands');
  }
  scope.variables.set(target.value, A_NUMBER);
}

/** THREAT: a subscript that stands there, or in a variable named there, is arithmetic again, and runs what it holds. */
function notANumber(walk: Walk, span: { pos: number; end: number }, text: string, scope: Scope): void {
  const names = text.match(/[A-Za-z_]\w*/g) ?? [];
  const runs = [text, ...names.map((name) => scope.variables.get(name)?.text ?? '')].some((one) =>
    /\[.*[$`]/s.test(one),
  );
  if (runs) deny(walk, span, 'a subscript that is no number can run commands');
  else ask(walk, span, 'arithmetic on what is not known can run commands');
}

function isNumber(text: string, scope: Scope): boolean {
  if (/^(?:\d+|0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z@_]+)$/.test(text)) return true;
  const name = /^\$?\{?([A-Za-z_]\w*|[#?$!])\}?$/.exec(text)?.[1];
  if (name === undefined) return false;
  if (/^[#?$!]$/.test(name)) return true;
  const value = scope.variables.get(name);
  return value !== undefined && (value === A_NUMBER || (!value.glob && /^-?\d+$/.test(value.text)));
}

const ARITHMETIC_TEST: ReadonlySet<string> = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);
/** `-v` and `-R` take the name of a variable, whose subscript runs. */
const NAME_TEST: ReadonlySet<string> = new Set(['-v', '-R']);
/** A pattern on the right of `=~` has groups and alternatives of its own. */
const PATTERN_METACHARACTER = /[<>&;`]|[\u0000-\u001f\u007f]/;

export function visitTest(walk: Walk, node: TestExpression, scope: Scope): void {
  if (!spend(walk, node)) return;
  switch (node.type) {
    case 'TestUnary':
      visitWord(walk, node.operand, scope);
      if (NAME_TEST.has(node.operator) && !/^\w+$/.test(node.operand.text)) {
        deny(walk, node, 'the name of the variable can not be known');
      }
      return;
    case 'TestBinary':
      visitWord(walk, node.left, scope);
      visitWord(walk, node.right, scope, node.operator === '=~' ? PATTERN_METACHARACTER : undefined);
      if (ARITHMETIC_TEST.has(node.operator)) {
        for (const side of [node.left, node.right]) {
          const value = argumentOf(side, scope);
          const number = isNumber(value.text, scope) || value.number === true;
          if (value.kind === 'partial' || value.kind === 'unknown' || !number) {
            if (!isNumber(side.value, scope)) notANumber(walk, side, value.text, scope);
          }
        }
      }
      return;
    case 'TestLogical':
      for (const operand of node.operands) visitTest(walk, operand, scope);
      return;
    case 'TestNot':
      visitTest(walk, node.operand, scope);
      return;
    case 'TestGroup':
      visitTest(walk, node.expression, scope);
      return;
    default:
      deny(walk, node, 'this test is not known here');
  }
}
