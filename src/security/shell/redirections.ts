import type { Redirection } from 'unbash';
import type { Scope } from './scope.ts';
import { visitParts, visitWord } from './visit-words.ts';
import { ask, deny, spend, type Walk } from './walk-state.ts';
import { argumentOf } from './words.ts';

/** Files that a redirection may open whatever the lists say: nothing is kept there, nothing comes from there. */
const FREE: ReadonlySet<string> = new Set([
  '/dev/null',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/stdin',
  '/dev/tty',
  '/dev/zero',
]);

/** The files that redirections open. Gives true where standard input is fed by the line itself. */
export function visitRedirects(walk: Walk, redirects: readonly Redirection[], scope: Scope): boolean {
  let fed = false;
  for (const redirect of redirects) {
    if (!spend(walk, redirect)) return fed;
    if (redirect.type === 'HereDoc') {
      visitParts(walk, redirect.body.parts ?? [], scope);
      fed = true;
      continue;
    }
    if (redirect.descriptor?.type === 'FileDescriptorVariable') {
      deny(walk, redirect, 'a descriptor that is kept in a variable is not followed');
    }
    const { target } = redirect;
    if (target === undefined) {
      deny(walk, redirect, 'the redirection has no target');
      continue;
    }
    visitWord(walk, target, scope);
    if (redirect.type === 'HereString') {
      fed = true;
      continue;
    }
    const argument = argumentOf(target, scope);
    const access = redirect.operator === '<' ? 'read' : 'write';
    if (redirect.operator === '<' || redirect.operator === '<&' || redirect.operator === '<>') fed = true;
    if (redirect.operator === '>&' || redirect.operator === '<&') {
      if (argument.kind === 'literal' && /^(?:\d+-?|-)$/.test(argument.text)) continue;
      // Bash closes the descriptor, and the rest is a word.
      if (target.text.startsWith('-')) deny(walk, redirect, 'shells differ in what ">&-" means with more behind it');
      // THREAT: bash expands this target a second time, and runs what was quoted: `>&'$(rm x)'`.
      if (argument.kind !== 'literal' || !/^[\w./+:@%,=-]+$/.test(argument.text)) {
        deny(walk, redirect, 'bash expands this file name twice');
      }
      if (redirect.operator === '<&') {
        deny(walk, redirect, 'which descriptor is read can not be known');
        continue;
      }
    }
    // zsh overwrites through `>!`; bash writes a file of that name.
    if (/^[!]/.test(target.text)) deny(walk, redirect, 'shells differ in what "!" means here');
    if (argument.kind === 'literal') {
      if (FREE.has(argument.text)) continue;
      if (/^\/dev\/(?:tcp|udp)\//.test(argument.text)) {
        deny(walk, redirect, 'the shell would open a connection');
        continue;
      }
      // A pattern of a later command would find it, and a program take it for an option.
      if (/^(?:\.\/)?-/.test(argument.text)) ask(walk, redirect, 'the name of a file looks like an option');
      walk.redirects.push({ access, target: argument, cwds: scope.cwds });
    } else {
      ask(walk, redirect, `which file is ${access === 'read' ? 'read' : 'written'} can not be known`);
    }
  }
  return fed;
}
