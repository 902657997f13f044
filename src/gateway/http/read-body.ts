import type { IncomingMessage } from 'node:http';

/** The bytes of a request as they came; `too large` as soon as they are more than `max`, and nothing is kept. */
export async function readBody(request: IncomingMessage, max: number): Promise<Buffer | 'too large'> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > max) return 'too large';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) return 'too large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
