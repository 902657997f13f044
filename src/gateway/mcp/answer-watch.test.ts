import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerWatch, type ServerAnswer } from './answer-watch.ts';

function watched(text: string | Buffer, cuts: readonly number[] = []): ServerAnswer[] {
  const found: ServerAnswer[] = [];
  const watch = createAnswerWatch((answer) => found.push(answer));
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    watch.push(bytes.subarray(from, cut));
    from = cut;
  }
  return found;
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const answer = (id: RpcLike, more: Partial<ServerAnswer> = {}): ServerAnswer => ({
  id: { key: `${typeof id === 'string' ? 's' : 'n'}${id}`, raw: JSON.stringify(id) },
  failed: false,
  error: undefined,
  inputRequired: undefined,
  ...more,
});
type RpcLike = string | number;

describe('the watch over answers', () => {
  it('sees success, a tool error and a protocol error', () => {
    expect(watched(line({ jsonrpc: '2.0', id: 1, result: { content: [] } }))).toEqual([answer(1)]);
    expect(watched(line({ result: { isError: true, content: [] }, id: 'a' }))).toEqual([answer('a', { failed: true })]);
    expect(watched(line({ id: 2, error: { code: -1, message: 'nö "x"' } }))).toEqual([
      answer(2, { failed: true, error: 'nö "x"' }),
    ]);
    expect(watched(line({ id: 3, result: null }))).toEqual([answer(3)]);
    expect(watched(line({ id: 4, result: { isError: false } }))).toEqual([answer(4)]);
  });

  it('sees that more input is asked for', () => {
    expect(watched(line({ id: 1, result: { resultType: 'input_required', requestState: 's"1' } }))).toEqual([
      answer(1, { inputRequired: { requestState: 's"1' } }),
    ]);
    expect(watched(line({ id: 1, result: { resultType: 'input_required', inputRequests: {} } }))).toEqual([
      answer(1, { inputRequired: { requestState: undefined } }),
    ]);
    expect(watched(line({ id: 1, result: { resultType: 'complete' } }))).toEqual([answer(1)]);
  });

  it('takes nothing else for an answer', () => {
    const texts = [
      line({ id: 1, method: 'sampling/createMessage', params: { id: 2, result: {} } }),
      line({ method: 'notifications/message', params: { data: { id: 1, result: {} } } }),
      line({ id: { id: 1 }, result: {} }),
      line({ id: [1], result: {} }),
      line({ id: null, result: {} }),
      line({ params: { id: 1, result: {} } }),
      line([[{ id: 1, result: {} }]]),
      line('{"id":1,"result":{}}'),
      'not "json at {all\n',
      '{"id":1,"result":{}\n',
      '}}}\n',
    ];
    for (const text of texts) expect([text, watched(text)]).toEqual([text, []]);
    // and the next line is read afresh
    for (const text of texts) expect(watched(text + line({ id: 9, result: {} }))).toEqual([answer(9)]);
  });

  it('is not led astray by what is inside a result', () => {
    const inside = { isError: true, resultType: 'input_required', id: 7, error: { message: 'x' }, method: 'm' };
    expect(watched(line({ id: 1, result: { structuredContent: inside, list: [inside], text: '","id":9,"' } }))).toEqual(
      [answer(1)],
    );
  });

  it('sees each answer of a batch', () => {
    expect(watched(line([{ id: 1, result: {} }, { method: 'x' }, { id: 2, error: { message: 'e' } }]))).toEqual([
      answer(1),
      answer(2, { failed: true, error: 'e' }),
    ]);
  });

  it('agrees with JSON.parse on any answer, however it is cut into chunks', () => {
    const id = fc.oneof(fc.string(), fc.integer());
    const result = fc.record(
      {
        isError: fc.boolean(),
        content: fc.jsonValue(),
        resultType: fc.string(),
        requestState: fc.string(),
        x: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const answers = fc.array(fc.record({ id, result }), { maxLength: 4 });
    fc.assert(
      fc.property(answers, fc.array(fc.nat(2000), { maxLength: 8 }), fc.boolean(), (messages, cuts, spaced) => {
        const text = messages
          .map((message) =>
            spaced ? JSON.stringify(message, null, ' ').replaceAll('\n', '\t') : JSON.stringify(message),
          )
          .map((text) => `${text}\n`)
          .join('');
        expect(watched(text, cuts)).toEqual(
          messages.map((m) => expect.objectContaining(answer(m.id, { failed: m.result.isError === true }))),
        );
      }),
    );
  });

  it('lets bytes by unseen, and takes up reading at the next line', () => {
    const found: ServerAnswer[] = [];
    const watch = createAnswerWatch((a) => found.push(a));
    watch.skip(Buffer.from('{"id":1,"resu'));
    watch.skip(Buffer.alloc(0));
    watch.push(Buffer.from('lt":{"id":3,"result":{}}}\n{"id":2,"result":{}}\n'));
    expect(found).toEqual([answer(2)]);
    watch.skip(Buffer.from('{"id":4,"result":{}}\n'));
    watch.push(Buffer.from('{"id":5,"result":{}}\n'));
    expect(found).toEqual([answer(2), answer(5)]);
  });

  it('keeps no token longer than is worth keeping', () => {
    const long = 'x'.repeat(200_000);
    expect(watched(line({ id: long, result: {} }))).toEqual([]);
    const state = watched(line({ id: 1, result: { resultType: 'input_required', requestState: long } }));
    expect(state).toEqual([answer(1, { inputRequired: { requestState: undefined } })]);
    const fits = 'é'.repeat(20_000);
    expect(watched(line({ id: 1, result: { resultType: 'input_required', requestState: fits } }))).toEqual([
      answer(1, { inputRequired: { requestState: fits } }),
    ]);
  });
});
