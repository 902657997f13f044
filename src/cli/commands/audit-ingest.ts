import { auditEntryFromJson, INGESTED } from '../../audit/index.ts';
import { createIntake, findPlaces, newId, openStore, type Taken } from '../../compose/index.ts';
import type { GovernanceStore } from '../../governor/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { type InputLine, readLines } from '../line-reader.ts';
import { loadPolicies } from './load-policies.ts';

const MAX_LINE_BYTES = 1024 * 1024;
/** Lines that may wait for their commit: more are read only when these are answered. */
const MAX_IN_FLIGHT = 2000;

type Answer = { readonly id: string; readonly taken: Taken } | { readonly line: number; readonly error: GgenError };

/** `ggen-mcp audit ingest`: entries of writers in any language, a JSON object a line. */
export const auditIngest: Command = {
  name: 'audit ingest',
  usage: 'audit ingest',
  summary: 'record entries from standard input, one JSON object a line',
  details:
    'Each line is an entry as `ggen-mcp audit query --json` prints it, without seq; id and timestamp may be missing.\n' +
    'Each is answered by a line, in their order, once it is durable: {"id":…,"seq":…}, {"id":…,"left_out":…} where\n' +
    'filters kept it out, or {"line":…,"error":…}. Secrets are masked. metadata.source is set to "ingest": what comes\n' +
    'this way can be told from what the governor itself recorded.',
  options: {},
  exits: '0 every line was taken; 1 at least one was not; 2 the trail can not be written',
  positionals: [],
  async run(context) {
    const snapshot = loadPolicies(context);
    const intake = createIntake(snapshot, INGESTED);
    const store = await openStore(snapshot.loaded.config.audit, findPlaces(context));
    try {
      return await ingest(context, (entry) => intake(store, entry), store);
    } finally {
      await store.close();
    }
  },
};

async function ingest(
  context: CommandContext,
  take: (entry: ReturnType<typeof auditEntryFromJson>) => Promise<Taken>,
  store: GovernanceStore,
): Promise<number> {
  const waiting: Promise<Answer>[] = [];
  let bad = 0;
  let ended = false;
  let failed: unknown;
  let more: (() => void) | undefined;
  let room: (() => void) | undefined;
  const answerFirst = async (): Promise<void> => {
    const answer = await waiting[0]!;
    waiting.shift();
    room?.();
    if ('error' in answer) {
      // A store that can't be written ends it: nothing more would be kept.
      if (answer.error.code === 'STORE_UNAVAILABLE') throw answer.error;
      bad += 1;
    }
    const text = `${JSON.stringify(jsonOf(answer))}\n`;
    if (!context.stdout.write(text)) await new Promise((resolve) => context.stdout.once('drain', resolve));
  };
  /** Beside the reading: whoever waits for an answer before the next line gets it. */
  const answering = async (): Promise<void> => {
    try {
      while (!ended || waiting.length > 0) {
        if (waiting.length > 0) await answerFirst();
        else await new Promise<void>((resolve) => (more = resolve));
      }
    } catch (error) {
      failed = error;
      room?.();
      context.stdin.destroy();
    }
  };
  const answered = answering();
  let number = 0;
  try {
    for await (const line of readLines(context.stdin, MAX_LINE_BYTES)) {
      number += 1;
      if (!('tooLong' in line) && line.text.trim() === '') continue;
      waiting.push(takeLine(line, number, take));
      more?.();
      while (waiting.length >= MAX_IN_FLIGHT && failed === undefined) {
        await new Promise<void>((resolve) => (room = resolve));
      }
      if (failed !== undefined) break;
    }
  } catch (error) {
    if (failed === undefined) throw error;
  } finally {
    ended = true;
    more?.();
  }
  await store.flush();
  await answered;
  if (failed !== undefined) throw failed;
  return bad > 0 ? EXIT.no : EXIT.ok;
}

async function takeLine(
  line: InputLine,
  number: number,
  take: (entry: ReturnType<typeof auditEntryFromJson>) => Promise<Taken>,
): Promise<Answer> {
  try {
    if ('tooLong' in line) throw new GgenError('INPUT_INVALID', `longer than ${MAX_LINE_BYTES} bytes`);
    if (line.text.includes('\ufffd')) throw new GgenError('INPUT_INVALID', 'not valid UTF-8');
    const entry = auditEntryFromJson(completed(parseJson(line.text)));
    return { id: entry.id, taken: await take(entry) };
  } catch (error) {
    if (!isGgenError(error)) throw error;
    return { line: number, error };
  }
}

/** THREAT: whoever writes lines here must not pass them off as the governor's own: where they came from is set last. */
function completed(json: Json): Json {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json;
  const object = json as JsonObject;
  const metadata = object.metadata ?? {};
  if (typeof metadata !== 'object' || Array.isArray(metadata)) return json;
  return {
    ...object,
    id: object.id ?? newId(),
    timestamp: object.timestamp ?? new Date().toISOString(),
    metadata: { ...metadata, source: INGESTED },
  };
}

function jsonOf(answer: Answer): JsonObject {
  if ('error' in answer) {
    const { message, hint } = answer.error;
    return {
      line: answer.line,
      error: printable(message, 500),
      ...(hint === undefined ? {} : { hint: printable(hint, 500) }),
    };
  }
  const { id, taken } = answer;
  if ('leftOut' in taken) return { id, left_out: taken.leftOut };
  return { id, ...(taken.seq === undefined ? {} : { seq: taken.seq }) };
}
