import { type Argument, PIPE } from '../shell/index.ts';
import type { Judge, TouchKind } from './analysis.ts';
import { expandGlob } from './glob-names.ts';

/** More files and folders than these in one line, and it is refused: nobody reads that many either. */
export const MAX_TOUCHES = 1000;

/** Records that a word is a file which the line reads, writes or deletes. */
export function touch(judge: Judge, kind: TouchKind, argument: Argument, cwds: readonly string[] | undefined): void {
  if (argument.kind === 'literal' && argument.text === PIPE) return;
  const verb = { read: 'read', tree: 'read', write: 'written', delete: 'deleted' }[kind];
  // A path that begins at the root or at home is the same wherever the command runs.
  const anchored = /^[/~]/.test(argument.text) && argument.kind !== 'unknown';
  if (argument.kind === 'unknown') {
    judge.ask(argument, `which file is ${verb} can not be known before it runs`);
    return;
  }
  if (cwds === undefined && !anchored) {
    judge.ask(argument, `where a file is ${verb} can not be known: the folder is not known`);
    return;
  }
  for (const cwd of cwds ?? [undefined]) {
    if (argument.kind === 'partial') {
      judge.ask(argument, `which file is ${verb} can not be known before it runs`);
      // What is known of it may be reason enough to refuse.
      record(judge, kind, argument.text, cwd);
    } else if (argument.kind === 'glob') {
      const names = expandGlob(argument, cwd ?? '/', judge.scene.list);
      if (names === undefined) {
        const start = argument.text.split('/').slice(
          0,
          argument.text.split('/').findIndex((part) => /[*?[]/.test(part)),
        );
        record(
          judge,
          kind === 'read' ? 'tree' : kind,
          start.join('/') || (argument.text.startsWith('/') ? '/' : '.'),
          cwd,
        );
      } else for (const name of names) record(judge, kind, name.text, cwd);
    } else record(judge, kind, argument.text, cwd);
  }
}

function record(judge: Judge, kind: TouchKind, path: string, cwd: string | undefined): void {
  judge.touched += 1;
  if (judge.touched === MAX_TOUCHES + 1) judge.shell.deny(undefined, `it touches more than ${MAX_TOUCHES} files`);
  if (judge.touched > MAX_TOUCHES) return;
  if (judge.result.touches.some((known) => known.kind === kind && known.path === path && known.cwd === cwd)) return;
  judge.result.touches.push({ kind, path, cwd });
}
