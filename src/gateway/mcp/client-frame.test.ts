import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientFrame, readClientFrame, type ToolCall } from './client-frame.ts';

const read = (text: string): ClientFrame => readClientFrame(Buffer.from(`${text}\n`));
const frame = (value: unknown): ClientFrame => read(JSON.stringify(value));
const callFrame = (params: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, method: 'tools/call', params });

function callOf(text: string): ToolCall {
  const result = read(text);
  if (result.kind !== 'call') throw new Error(`read as ${JSON.stringify(result)}`);
  return result.call;
}

function problemOf(result: ClientFrame): string {
  return result.kind === 'bad' ? result.problems.map((p) => `${p.id} ${p.code} ${p.message}`).join('; ') : result.kind;
}

describe('a line from the client', () => {
  it('passes when it is no tool call, whatever the method', () => {
    for (const value of [
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 'x', result: { a: [{ Path: 1, path: 2 }], lone: '\ud800' } },
      { jsonrpc: '2.0', id: null, error: { code: 1, message: '' } },
      { jsonrpc: '2.0', id: 1, method: 'nobody/knows', params: [1] },
    ]) {
      expect(frame(value).kind).toBe('pass');
    }
    for (const blank of ['', ' ', '\t', '\r']) expect(read(blank).kind).toBe('pass');
  });

  it('is read as a call with everything that judging and answering need', () => {
    const call = callOf(
      JSON.stringify(
        callFrame(
          {
            name: 'echo',
            arguments: { message: 'ü' },
            requestState: 's',
            inputResponses: {},
            task: {},
            _meta: { progressToken: 7, 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
          },
          'id"1',
        ),
      ),
    );
    expect(call).toEqual({
      id: { key: 'sid"1', raw: '"id\\"1"' },
      name: 'echo',
      args: { message: 'ü' },
      progressToken: 7,
      stateless: true,
      asTask: true,
      retry: { requestState: 's' },
    });
    const plain = callOf('{"method":"tools/call","params":{"name":"x"},"id":1.0}');
    expect(plain).toMatchObject({ id: { key: 'n1', raw: '1.0' }, args: {}, stateless: false, retry: undefined });
    expect(callOf('{"method":"tools/call","params":{"name":"x"}}').id).toBeUndefined();
  });

  it('is refused where a member of the envelope or of the call occurs twice', () => {
    const twice = 'null -32700 not usable as JSON-RPC: a key occurs twice in one object';
    const texts = [
      '{"id":1,"method":"ping","method":"tools/call","params":{"name":"x"}}',
      '{"id":1,"method":"ping","m\\u0065thod":"tools/call","params":{"name":"x"}}',
      '{"id":1,"method":"tools/call","params":{"name":"read","name":"write"}}',
      '{"id":1,"method":"tools/call","params":{"name":"read","arguments":{},"arguments":{"path":"/"}}}',
      '{"id":1,"method":"tools/call","params":{"name":"read","arguments":{"path":"a","path":"b"}}}',
    ];
    for (const text of texts) expect(problemOf(read(text))).toContain(twice);
  });

  it('is refused where a reader that minds no case would see another message', () => {
    const texts = [
      '{"id":1,"Method":"tools/call","params":{"name":"x"}}',
      '{"id":1,"method":"ping","METHOD":"tools/call"}',
      '{"id":1,"method":"ping","param\u017f":{}}',
      '{"id":1,"method":"ping","method\\u0000":"tools/call"}',
      '{"id":1,"method":"Tools/Call","params":{"name":"x"}}',
      '{"id":1,"method":"tools/call ","params":{"name":"x"}}',
      '{"id":1,"method":"tools/call\\u0000","params":{"name":"x"}}',
      '[{"id":1,"Method":"tools/call"}]',
    ];
    for (const text of texts) expect([text, problemOf(read(text))]).toEqual([text, expect.stringMatching(/^1 -32600/)]);
    expect(problemOf(read('{"id":1,"method":"tools/call","params":{"name":"x","Name":"y"}}'))).toContain('case only');
    const args = '{"id":1,"method":"tools/call","params":{"name":"x","arguments":{"path":"a","Path":"b"}}}';
    expect(problemOf(read(args))).toContain('case only');
  });

  it('is refused where a server that reads text lines would see several frames', () => {
    const inner = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x"}}';
    expect(problemOf(read(`{"id":1,"method":"ping","params":\r${inner}\r}`))).toContain('carriage return');
    expect(readClientFrame(Buffer.from('{"id":1,"method":"ping"}\r\n')).kind).toBe('pass');
  });

  it('is refused where it is no JSON, no message, or too deep', () => {
    expect(problemOf(read('{"id":1'))).toMatch(/^null -32700/);
    expect(problemOf(read('Content-Length: 12'))).toMatch(/^null -32700/);
    expect(problemOf(readClientFrame(Buffer.from([0x22, 0xff, 0x22])))).toMatch(/^null -32700/);
    expect(problemOf(read('5'))).toMatch(/^null -32600/);
    expect(problemOf(read('{"id":1,"method":7}'))).toMatch(/^1 -32600 method must be a string/);
    expect(problemOf(read(`{"id":1,"method":"tools/call","params":${'['.repeat(10_000)}`))).toContain('nested deeper');
  });

  it('refuses a call whose parts are of the wrong type', () => {
    const refused = (params: string, id = '1') =>
      problemOf(read(`{"id":${id},"method":"tools/call","params":${params}}`));
    expect(refused('[]')).toBe('1 -32602 params must be an object');
    expect(refused('{}')).toBe('1 -32602 params.name must be a string');
    expect(refused('{"name":7}')).toBe('1 -32602 params.name must be a string');
    for (const args of ['null', '[]', '"x"']) {
      expect(refused(`{"name":"x","arguments":${args}}`)).toBe('1 -32602 params.arguments must be an object');
    }
    expect(refused('{"name":"x","arguments":{"a":"\\ud800"}}')).toContain('surrogate');
    expect(refused(`{"name":"x","arguments":{"a":[${'0,'.repeat(1_000_000)}0]}}`)).toContain(
      'more than 1000000 values',
    );
    for (const id of ['null', '{}', 'true', `"${'x'.repeat(2000)}"`]) {
      expect(refused('{"name":"x"}', id)).toBe('null -32600 id must be a string or a number');
    }
  });

  it('keeps numbers apart that a double would make equal', () => {
    const args = (n: string) =>
      callOf(`{"id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":${n}}}}`).args;
    expect(args('9007199254740993')).not.toEqual(args('9007199254740992'));
    expect(args('7')).toEqual({ n: 7 });
    expect(args('1e400')).toEqual({ n: { 'JSON number': '1e400' } });
  });

  it('tells cancellations, and what a client offers of its own folders', () => {
    expect(frame({ method: 'notifications/cancelled', params: { requestId: 7 } })).toEqual({
      kind: 'cancel',
      request: { key: 'n7', raw: '7' },
    });
    expect(frame({ method: 'notifications/cancelled', params: {} }).kind).toBe('pass');
    const init = (capabilities: object) => frame({ id: 1, method: 'initialize', params: { capabilities } });
    expect(init({ roots: {} })).toMatchObject({ kind: 'pass', offersRoots: true });
    expect(init({ sampling: {} })).toMatchObject({ kind: 'pass', offersRoots: false });
    expect(frame({ method: 'notifications/roots/list_changed' })).toMatchObject({ offersRoots: true });
    const meta = { 'io.modelcontextprotocol/clientCapabilities': { roots: {} } };
    expect(frame(callFrame({ name: 'x', _meta: meta }))).toMatchObject({ kind: 'call', offersRoots: true });
  });

  it('lets a batch pass unless it holds a tool call; then every request in it is answered', () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const cancel = { method: 'notifications/cancelled', params: { requestId: 3 } };
    expect(frame([list, cancel])).toEqual({ kind: 'pass', cancels: [{ key: 'n3', raw: '3' }], offersRoots: false });
    expect(frame([]).kind).toBe('pass');
    const call = callFrame({ name: 'x' }, 'a');
    expect(problemOf(frame([list, cancel, call]))).toBe(
      '1 -32600 send tool calls one by one, not in a batch; "a" -32600 send tool calls one by one, not in a batch',
    );
    expect(problemOf(frame([[call]]))).toBe('null -32600 a batch holds messages only');
    expect(problemOf(frame([{ ...call, id: undefined }]))).toBe('');
  });

  it('never takes a frame that a lenient parser reads as a tool call for one that passes', () => {
    const key = fc.constantFrom('method', 'Method', 'm\\u0065thod', 'params', 'id', 'x', 'METHOD', 'jsonrpc');
    const value = fc.constantFrom('"tools/call"', '"ping"', '"Tools/call"', '{"name":"x"}', '1', '"t\\u006fols/call"');
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 5 }), (members) => {
        const text = `{${members.map(([k, v]) => `"${k}":${v}`).join(',')}}`;
        if (read(text).kind !== 'pass') return;
        for (const [k, v] of members) {
          const isMethod = (JSON.parse(`"${k}"`) as string).toLowerCase() === 'method';
          const named = JSON.parse(v) as unknown;
          expect(isMethod && typeof named === 'string' && named.toLowerCase() === 'tools/call').toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
