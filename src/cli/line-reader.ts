export type InputLine = { readonly text: string } | { readonly tooLong: true };

/**
 * The lines of a stream, one at a time. A line over `maxBytes` is reported as such and thrown away as it comes in, so
 * that memory stays bounded whatever is sent.
 */
export async function* readLines(stream: NodeJS.ReadableStream, maxBytes: number): AsyncGenerator<InputLine> {
  let pieces: Buffer[] = [];
  let size = 0;
  let skipping = false;
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size > maxBytes) {
      skipping = true;
      pieces = [];
    } else if (!skipping) {
      pieces.push(piece);
    }
  };
  const finish = (): InputLine => {
    const line: InputLine = skipping ? { tooLong: true } : { text: Buffer.concat(pieces).toString('utf8') };
    pieces = [];
    size = 0;
    skipping = false;
    return line;
  };
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      take(bytes.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    if (start < bytes.length) take(bytes.subarray(start));
  }
  if (size > 0) yield finish();
}
