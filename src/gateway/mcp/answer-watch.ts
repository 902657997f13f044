import { type RpcId, readId } from './rpc.ts';

/** What the server answered to one request, as far as the record of its outcome needs. */
export interface ServerAnswer {
  readonly id: RpcId;
  readonly failed: boolean;
  /** the JSON-RPC error's message */
  readonly error: string | undefined;
  /** 2026-07-28: the server wants more input before it finishes, and hears it in a new request with this state */
  readonly inputRequired: { readonly requestState: string | undefined } | undefined;
}

export interface AnswerWatch {
  /** Looks at bytes on their way to the client. */
  push(chunk: Buffer): void;
  /** Lets bytes by unseen, while nobody waits for an answer; keeps only whether a line is under way. */
  skip(chunk: Buffer): void;
}

const MAX_TOKEN = 64 * 1024;
const FRAME_KEYS = ['id', 'method', 'result', 'error'];
const INNER_KEYS = ['isError', 'resultType', 'requestState', 'message'];

/**
 * Reads the answers that go by, without holding or building them: a state machine over bytes in constant memory, so
 * that a result of any size streams through. What isn't JSON is let by and forgotten at the line's end.
 */
export function createAnswerWatch(onAnswer: (answer: ServerAnswer) => void): AnswerWatch {
  const token = createTokenBuffer();
  let unseen = false; // the rest of this line began before we looked
  let depth = 0;
  let base = 0; // 1 within a batch
  let inString = false;
  let escaped = false;
  let capturing = false;
  let keyNext = false;
  let key = '';
  let innerKey = '';
  let inner = false; // within the object that is `result` or `error`
  let frame: Record<string, string> = {};

  const resetLine = (): void => {
    unseen = false;
    depth = 0;
    base = 0;
    inString = false;
    escaped = false;
    capturing = false;
    resetFrame();
  };

  const resetFrame = (): void => {
    keyNext = false;
    key = '';
    innerKey = '';
    inner = false;
    frame = {};
  };

  const startToken = (): void => {
    const level = depth - base;
    if (level === 1) capturing = keyNext || key === 'id';
    else capturing = level === 2 && inner && (keyNext || INNER_KEYS.includes(innerKey));
    if (capturing) token.start();
  };

  const endToken = (): void => {
    capturing = false;
    const text = token.end();
    const outer = depth - base === 1;
    if (keyNext) {
      const name = text === undefined ? undefined : readString(text);
      if (outer) key = name !== undefined && FRAME_KEYS.includes(name) ? name : '';
      else innerKey = name !== undefined && INNER_KEYS.includes(name) ? name : '';
      if (outer && key !== '') frame[key] = '';
    } else if (outer) frame.id = text ?? '';
    else if (text !== undefined) frame[`${key}.${innerKey}`] = text;
  };

  const open = (isObject: boolean): void => {
    if (depth === 0 && !isObject) base = 1;
    const level = depth - base;
    depth += 1;
    if (level === 0) {
      resetFrame();
      keyNext = isObject;
    } else if (level === 1) {
      inner = isObject && (key === 'result' || key === 'error');
      keyNext = inner;
    }
  };

  const close = (): void => {
    depth -= 1;
    const level = depth - base;
    if (level === 0) finish();
    else if (level === 1) inner = false;
  };

  const finish = (): void => {
    const answer = readAnswer(frame);
    resetFrame();
    if (answer) onAnswer(answer);
  };

  const structure = (c: number): void => {
    if (c === 0x22) {
      inString = true;
      startToken();
      if (capturing) token.add(c);
    } else if (c === 0x7b || c === 0x5b) open(c === 0x7b);
    else if (c === 0x7d || c === 0x5d) close();
    else if (c === 0x2c) keyNext = depth - base === 1 || (depth - base === 2 && inner);
    else if (c === 0x3a) keyNext = keyNext && depth - base > 2;
    else {
      startToken();
      if (capturing) token.add(c);
    }
  };

  const push = (chunk: Buffer): void => {
    for (let i = 0; i < chunk.length; i += 1) {
      const c = chunk[i]!;
      if (c === 0x0a) {
        if (capturing && !inString) endToken();
        resetLine();
      } else if (unseen) {
        const newline = chunk.indexOf(0x0a, i);
        if (newline === -1) return;
        i = newline - 1;
      } else if (inString) {
        if (capturing) token.add(c);
        if (escaped) escaped = false;
        else if (c === 0x5c) escaped = true;
        else if (c === 0x22) {
          inString = false;
          if (capturing) endToken();
        }
      } else if (capturing) {
        if (isStructural(c)) {
          endToken();
          i -= 1; // read it again as what it is
        } else token.add(c);
      } else if (!isSpace(c)) structure(c);
    }
  };

  const skip = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    resetLine();
    unseen = chunk[chunk.length - 1] !== 0x0a;
  };

  return { push, skip };
}

function readAnswer(frame: Readonly<Record<string, string>>): ServerAnswer | undefined {
  if (frame.method !== undefined || !frame.id) return undefined;
  if (frame.result === undefined && frame.error === undefined) return undefined;
  const id = readToken(frame.id);
  if (!id) return undefined;
  const failed = frame.error !== undefined || frame['result.isError'] === 'true';
  const asksMore = readString(frame['result.resultType']) === 'input_required';
  const state = frame['result.requestState'];
  return {
    id,
    failed,
    error: readString(frame['error.message'])?.slice(0, 500),
    inputRequired: asksMore ? { requestState: readString(state) } : undefined,
  };
}

function readToken(text: string): RpcId | undefined {
  try {
    return readId(text);
  } catch {
    return undefined;
  }
}

function readString(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of one token; undefined at the end where it was longer than is worth keeping. */
function createTokenBuffer(): { start(): void; add(byte: number): void; end(): string | undefined } {
  let bytes = Buffer.allocUnsafe(256);
  let length = 0;
  return {
    start: () => {
      length = 0;
    },
    add: (byte) => {
      if (length === bytes.length && length < MAX_TOKEN) {
        bytes = Buffer.concat([bytes], Math.min(bytes.length * 4, MAX_TOKEN));
      }
      if (length < bytes.length) bytes[length] = byte;
      length += 1;
    },
    end: () => (length > bytes.length ? undefined : bytes.toString('utf8', 0, length)),
  };
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0d || c === 0x09;
}

function isStructural(c: number): boolean {
  return c === 0x2c || c === 0x7d || c === 0x5d || c === 0x3a || c === 0x7b || c === 0x5b || isSpace(c);
}
