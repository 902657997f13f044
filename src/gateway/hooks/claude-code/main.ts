import { readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { openSystem } from '../../../compose/index.ts';
import { GgenError, renderError } from '../../../kernel/errors.ts';
import { printable } from '../../../kernel/text.ts';
import { answerHook, type HookAnswer } from './answer.ts';

const MAX_BYTES = 64 * 1024 * 1024;
/** Shorter than the time-out that `install` writes, so that we deny before the client gives up on us. */
const DEADLINE_MS = 25_000;

/**
 * The hook as a process of its own, started for every call. THREAT: the client runs the tool when a hook crashes or
 * leaves with another code than 2, so 2 is the code until a permit has been given and recorded.
 */
function run(argv: readonly string[]): void {
  process.exitCode = 2;
  let answered = false;
  const leave = (answer: HookAnswer): void => {
    if (answered) return;
    answered = true;
    if (answer.stdout) writeSync(1, answer.stdout);
    if (answer.stderr) writeSync(2, answer.stderr);
    process.exit(answer.exitCode);
  };
  const fail = (error: unknown): void => {
    const why = printable(renderError(error), 2000);
    leave({ exitCode: 2, stdout: '', stderr: `ggen-mcp hook: denied, since this call can't be judged: ${why}\n` });
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('exit', () => {
    if (!answered) writeSync(2, 'ggen-mcp hook: denied, since it ended without a decision\n');
  });
  setTimeout(() => fail(new Error(`no decision within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  answer(argv).then(leave, fail);
}

async function answer(argv: readonly string[]): Promise<HookAnswer> {
  const flags = readFlags(argv);
  return answerHook({
    text: readInput(),
    agent: flags.agent ?? 'claude-code',
    provider: flags.provider ?? 'anthropic',
    open: () => {
      const workspace = resolve(flags.workspace ?? process.env.CLAUDE_PROJECT_DIR ?? '.');
      const configDir = resolve(workspace, flags.config ?? process.env.GGEN_CONFIG_DIR ?? 'config');
      return openSystem({ configDir, workspace });
    },
  });
}

const FLAGS = ['config', 'workspace', 'agent', 'provider'] as const;

function readFlags(argv: readonly string[]): Partial<Record<(typeof FLAGS)[number], string>> {
  const flags: Partial<Record<(typeof FLAGS)[number], string>> = {};
  for (let at = 0; at < argv.length; at += 2) {
    const name = FLAGS.find((one) => `--${one}` === argv[at]);
    const value = argv[at + 1];
    if (!name || value === undefined) throw new GgenError('USAGE', `unknown option ${printable(argv[at] ?? '', 60)}`);
    flags[name] = value;
  }
  return flags;
}

/** All of standard input, up to 64 MiB. */
function readInput(): string {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    let read: number;
    try {
      read = readSync(0, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EOF') break;
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > DEADLINE_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2); // a non-blocking pipe with nothing in it yet
      continue;
    }
    if (read === 0) break;
    size += read;
    if (size > MAX_BYTES) throw new GgenError('INPUT_INVALID', 'the message is larger than 64 MiB');
    chunks.push(chunk.subarray(0, read));
  }
  return Buffer.concat(chunks).toString('utf8');
}

run(process.argv.slice(4));
