import type { Json } from '../../kernel/json.ts';

/** Longer lines than this go by unread: whoever reads a file of that size through a tool sees it as it is. */
const MAX_LINE = 64 * 1024 * 1024;

/** Members whose text is the protocol's own: a mask in them would break the conversation. */
const OPAQUE: ReadonlySet<string> = new Set(
  'jsonrpc id method nextCursor cursor progressToken taskId sessionId requestState resultType mimeType uri'.split(' '),
);
/** Members that hold bytes as text, beside a type that says so. */
const BYTES: ReadonlySet<string> = new Set(['data', 'blob']);

export interface AnswerRedactor {
  push(chunk: Buffer): void;
  /** Hands on what the server left unfinished, as it is. */
  end(): void;
}

/**
 * Masks secrets in what a server says before the client reads it: results, errors, notifications. Lines without a secret
 * are handed on byte for byte. While `isOn` says no, bytes go by as they come.
 */
export function createAnswerRedactor(parts: {
  readonly isOn: () => boolean;
  readonly mask: (text: string) => string;
  readonly forward: (bytes: Buffer) => void;
  readonly report: (line: string) => void;
  /** bytes; default 64 MiB */
  readonly maxLine?: number;
}): AnswerRedactor {
  const { isOn, mask, forward, report, maxLine = MAX_LINE } = parts;
  let state: 'start' | 'hold' | 'pass' = 'start';
  let held: Buffer[] = [];
  let size = 0;

  const release = (): Buffer => {
    const line = held.length === 1 ? held[0]! : Buffer.concat(held, size);
    held = [];
    size = 0;
    return line;
  };

  /** one piece of one line; `ends` where its newline is in it */
  const take = (piece: Buffer, ends: boolean): void => {
    // Whether a line is read is settled where it begins.
    if (state === 'start') state = isOn() ? 'hold' : 'pass';
    if (state === 'pass') forward(piece);
    else {
      held.push(piece);
      size += piece.length;
      if (size > maxLine) {
        report(`an answer of more than ${maxLine} bytes was not looked through for secrets`);
        forward(release());
        state = 'pass';
      } else if (ends) {
        const line = release();
        forward(redactLine(line, mask) ?? line);
      }
    }
    if (ends) state = 'start';
  };

  return {
    push(chunk) {
      for (let start = 0; start < chunk.length; ) {
        const newline = chunk.indexOf(0x0a, start);
        const end = newline < 0 ? chunk.length : newline + 1;
        take(chunk.subarray(start, end), newline >= 0);
        start = end;
      }
    },
    end() {
      if (size > 0) forward(release());
      state = 'start';
    },
  };
}

/** The line with its secrets masked; undefined where there is none, or where it is no JSON. */
export function redactLine(line: Buffer, mask: (text: string) => string): Buffer | undefined {
  let message: Json;
  try {
    message = JSON.parse(line.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
  const texts: string[] = [];
  visit(message, (text) => {
    texts.push(text);
    return text;
  });
  const all = texts.join('\n');
  if (mask(all) === all) return undefined;
  let changed = false;
  const masked = visit(message, (text) => {
    const safe = mask(text);
    changed ||= safe !== text;
    return safe;
  });
  if (!changed) return undefined;
  try {
    return Buffer.from(`${JSON.stringify(masked)}\n`);
  } catch {
    // Too deep to be written again, and it holds a secret: the answer is that it can't be shown.
    const id = (message as { id?: Json }).id;
    const error = { code: -32603, message: 'the answer holds a secret and can not be masked' };
    return Buffer.from(
      `${JSON.stringify({ jsonrpc: '2.0', id: typeof id === 'object' ? null : (id ?? null), error })}\n`,
    );
  }
}

/** The same value with every text that isn't the protocol's own as `change` gives it. Not recursive: depth is the server's. */
function visit(value: Json, change: (text: string) => string): Json {
  const root: { value: Json } = { value };
  const ahead: { holder: Record<string, Json> | Json[]; key: string | number }[] = [
    { holder: root as unknown as Record<string, Json>, key: 'value' },
  ];
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const { holder, key } = next;
    const one = (holder as Record<string | number, Json>)[key]!;
    if (typeof one === 'string') {
      const bytes = BYTES.has(String(key)) && !Array.isArray(holder) && typeof holder.mimeType === 'string';
      if (!OPAQUE.has(String(key)) && !bytes) (holder as Record<string | number, Json>)[key] = change(one);
    } else if (Array.isArray(one)) {
      const copy = [...one] as Json[];
      (holder as Record<string | number, Json>)[key] = copy;
      for (let index = copy.length - 1; index >= 0; index -= 1) ahead.push({ holder: copy, key: index });
    } else if (one !== null && typeof one === 'object') {
      const copy = Object.assign(Object.create(null) as Record<string, Json>, one);
      (holder as Record<string | number, Json>)[key] = copy;
      for (const name of Object.keys(copy).reverse()) ahead.push({ holder: copy, key: name });
    }
  }
  return root.value;
}
