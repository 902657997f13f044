import type { Assignment, Command } from 'unbash';
import type { Argument } from './arguments.ts';
import { assign, assignmentAsWord } from './assignments.ts';
import type { Scope } from './scope.ts';
import { judgeVariable } from './variables.ts';
import { ask, assertAssignable, deny, type Walk } from './walk-state.ts';

export interface BuiltinCall {
  readonly name: string;
  readonly node: Command;
  readonly words: readonly (Argument | Assignment)[];
  readonly scope: Scope;
  readonly fed: boolean;
}

/** Builtins that change nothing outside the shell, and nothing in it that matters later. */
const HARMLESS: ReadonlySet<string> = new Set(
  ': true false echo pwd exit return break continue shift type times dirs'.split(' '),
);

/** Builtins whose effect on what follows can't be followed. */
const REFUSED: ReadonlySet<string> = new Set(
  (
    'eval source . trap alias unalias enable hash exec builtin bind complete compgen compopt fc history suspend logout ' +
    'let getopts caller ulimit fg bg disown autoload zmodload zle functions emulate setopt unsetopt print vared sched ' +
    'compctl zstyle zparseopts rehash limit unlimit chdir'
  ).split(' '),
);

/** True where the shell itself may mean something by the name. */
export function isBuiltin(name: string): boolean {
  return name === 'command' || HARMLESS.has(name) || REFUSED.has(name) || Object.hasOwn(RUN, name);
}

/** Runs a builtin of the shell; false where the name is a program's. */
export function runBuiltin(walk: Walk, call: BuiltinCall): boolean {
  const { name, node } = call;
  if (REFUSED.has(name)) {
    deny(walk, node, `"${name}" changes what later commands mean, or runs text as commands`);
    return true;
  }
  const asks = name === 'command' && isLiteral(call.words[0]) && /^-[vV]$/.test(call.words[0].text);
  const run = asks || HARMLESS.has(name) ? harmless : Object.hasOwn(RUN, name) ? RUN[name]! : undefined;
  if (run === undefined) return false;
  run(walk, call);
  return true;
}

type Run = (walk: Walk, call: BuiltinCall) => void;

const RUN: Readonly<Record<string, Run>> = {
  cd: changeFolder,
  pushd: changeFolder,
  popd: (walk, call) => {
    call.scope.cwds = undefined;
    harmless(walk, call);
  },
  export: declare,
  declare,
  typeset: declare,
  local: (walk, call) => deny(walk, call.node, 'it stands outside a function'),
  readonly: declare,
  unset: (walk, call) => {
    for (const word of plain(walk, call)) if (!word.text.startsWith('-')) named(walk, call, word);
  },
  read: readNames,
  mapfile: readNames,
  readarray: readNames,
  set: (walk, call) => {
    const fine = /^(?:[-+][eux]+|[-+][eux]*o|pipefail|errexit|nounset|--)$/;
    for (const word of plain(walk, call))
      if (!fine.test(word.text)) deny(walk, word, 'this option changes what commands mean');
  },
  shopt: (walk, call) => {
    for (const word of plain(walk, call)) {
      if (!/^(?:-[squ]+|nullglob|failglob|globstar)$/.test(word.text))
        deny(walk, word, 'this option changes what commands mean');
      // A pattern without names is dropped from then on, and the words behind it move up.
      else if (word.text === 'nullglob') ask(walk, word, 'patterns may stand for nothing');
    }
  },
  jobs: numbered,
  wait: numbered,
  printf: (walk, call) => {
    refuseSubscripts(walk, call);
    const [first, second] = call.words;
    if (first && !('type' in first) && first.kind !== 'literal' && first.kind !== 'partial') {
      ask(walk, first, 'it may be an option that sets a variable');
    }
    if (first && !('type' in first) && first.text.startsWith('-v')) {
      const target = first.text === '-v' ? second : { ...first, text: first.text.slice(2) };
      if (target === undefined || 'type' in target) deny(walk, first, 'which variable is set can not be known');
      else named(walk, call, target);
    }
    harmless(walk, call);
  },
  test: testWords,
  '[': testWords,
};

function harmless(walk: Walk, { node, words, scope, fed }: BuiltinCall): void {
  const argv: Argument[] = [{ kind: 'literal', text: node.name!.value, pos: node.name!.pos, end: node.name!.end }];
  for (const word of words) {
    if ('type' in word) argv.push(...assignmentAsWord(walk, word, scope));
    else argv.push(word);
  }
  const span = { pos: node.pos + walk.offset, end: node.end + walk.offset };
  walk.commands.push({ argv, cwds: scope.cwds, fed, builtin: true, ...span });
}

function changeFolder(walk: Walk, call: BuiltinCall): void {
  const { scope, words } = call;
  const targets = words.filter(
    (word) => 'type' in word || !(word.kind === 'literal' && /^(?:-[LPe@]+|--)$/.test(word.text)),
  );
  const [target] = targets;
  const known =
    target === undefined ? scope.home : 'type' in target || target.kind !== 'literal' ? undefined : target.text;
  if (
    targets.length > 1 ||
    known === undefined ||
    known === '-' ||
    /^[-+]\d*$/.test(known) ||
    scope.cwds === undefined
  ) {
    scope.cwds = undefined;
  } else {
    const places = scope.cwds.map((cwd) => walk.enter(cwd, known));
    scope.cwds = places.every((place) => place !== undefined) ? [...new Set(places)] : undefined;
  }
  scope.variables.delete('PWD');
  harmless(walk, call);
}

function declare(walk: Walk, call: BuiltinCall): void {
  const option = (letter: RegExp): boolean => call.words.some((word) => !('type' in word) && letter.test(word.text));
  if (call.name === 'readonly' || option(/^-\w*r/)) {
    ask(walk, call.node, 'whether a later assignment counts can not be followed');
  }
  if (option(/^-\w*p/) && call.words.some((word) => 'type' in word)) {
    deny(walk, call.node, 'with this option it sets nothing');
  }
  const reach =
    call.name === 'export'
      ? 'export'
      : call.words.some((word) => !('type' in word) && /^-\w*x/.test(word.text))
        ? 'export'
        : 'shell';
  for (const word of call.words) {
    if ('type' in word) assign(walk, word, call.scope, reach);
    else if (word.kind !== 'literal') deny(walk, word, 'which variable is set can not be known');
    else if (/^[-+]/.test(word.text)) {
      if (!/^-[xrpgaA]+$/.test(word.text)) deny(walk, word, 'this option changes what the variable means');
    } else {
      const [name = ''] = word.text.split('=', 1);
      assertAssignable(walk, word, name);
      if (reach === 'export' && judgeVariable(name, walk.harmless) === 'unknown') {
        ask(walk, word, `what the variable ${name} changes in the programs that get it is not known`);
      }
      call.scope.variables.delete(name);
    }
  }
}

/** Options of `read` and `mapfile` that take a value. */
const READ_VALUE = /^-(?:\w*[ndNtpuOsci])$/;

function readNames(walk: Walk, call: BuiltinCall): void {
  let value = false;
  for (const word of plain(walk, call)) {
    if (value) value = false;
    else if (word.text.startsWith('-')) {
      if (/C/.test(word.text)) deny(walk, word, 'it runs text as commands');
      const takes = READ_VALUE.test(word.text) && !/^-[rse]*[se]$/.test(word.text);
      if (!takes && !/^-[rsea]+$|^-t$/.test(word.text)) ask(walk, word, 'this option is not known');
      value = takes;
    } else named(walk, call, word);
  }
}

function named(walk: Walk, call: BuiltinCall, word: Argument): void {
  assertAssignable(walk, word, word.kind === 'literal' ? word.text : '');
  call.scope.variables.delete(word.text);
}

/** The words, where all of them are known; what isn't is refused. */
function plain(walk: Walk, call: BuiltinCall): Argument[] {
  const words: Argument[] = [];
  for (const word of call.words) {
    if ('type' in word) deny(walk, word, 'an assignment stands where none can be');
    else if (word.kind === 'literal') words.push(word);
    else deny(walk, word, `what "${call.name}" is given can not be known`);
  }
  return words;
}

const BINARY = /^(?:=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef|-a|-o)$/;
const UNARY = /^(?:-[bcdefghknprstuwxzGLNOS]|!)$/;

/** THREAT: `test -v NAME` evaluates a subscript of the name, and runs what stands in it. */
/** THREAT: zsh takes a word for arithmetic where a number is wanted, and runs what stands in its subscript. */
function refuseSubscripts(walk: Walk, call: BuiltinCall): void {
  for (const word of call.words) {
    if (!('type' in word) && /\[[\s\S]*(?:\$\(|`)/.test(word.text))
      deny(walk, word, 'some shells run what stands in the subscript');
  }
}

function testWords(walk: Walk, call: BuiltinCall): void {
  refuseSubscripts(walk, call);
  const words = call.words.filter((word): word is Argument => !('type' in word));
  if (words.length !== call.words.length) deny(walk, call.node, 'an assignment stands where none can be');
  const last = words.at(-1);
  const operands = call.name === '[' && last?.kind === 'literal' && last.text === ']' ? words.slice(0, -1) : words;
  operands.forEach((word, index) => {
    const before = operands[index - 1];
    const after = operands[index + 1];
    if (word.kind === 'literal') {
      if ((before?.text === '-v' || before?.text === '-R') && !/^\w+$/.test(word.text)) {
        deny(walk, word, 'a subscript that is no number can run commands');
      }
      return;
    }
    const alone = operands.length === 1 && !word.many;
    const compared = after?.kind === 'literal' && BINARY.test(after.text);
    const tested = before?.kind === 'literal' && (BINARY.test(before.text) || UNARY.test(before.text));
    if (word.many || !(alone || compared || tested)) ask(walk, word, 'it may be an operator that runs a subscript');
  });
  harmless(walk, call);
}

function isLiteral(word: Argument | Assignment | undefined): word is Argument {
  return word !== undefined && !('type' in word) && word.kind === 'literal';
}

/** THREAT: `jobs -x` runs a command, `wait -p` sets a variable. */
function numbered(walk: Walk, call: BuiltinCall): void {
  for (const word of call.words) {
    const fine =
      isLiteral(word) &&
      /^(?:-[lnprsf]|%?\d+|%[%+-])$/.test(word.text) &&
      !(call.name === 'wait' && word.text === '-p');
    // `$!` is a number.
    if (!fine && !isNumberLike(word)) deny(walk, word, `"${call.name}" may run or set something`);
  }
  harmless(walk, call);
}

function isNumberLike(word: Argument | Assignment): boolean {
  return !('type' in word) && word.number === true;
}
